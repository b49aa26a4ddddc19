"""What is said of a search: a finding with its plots, and the tag by which MLflow finds it again."""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hearth.definition import Search
from training.findings import Finding
from training.logged.plots import legend_below
from training.logged.tracking import Run
from training.search import Searched

TAG = "hearth.search"


def log_search(run: Run, search: Searched | None) -> None:
    """Tag a run with the search whose parameters it uses, or passed over."""
    if search is not None:
        run.tags({TAG: tag_of(search)})


def tag_of(search: Searched) -> str:
    """Study, trials, best figure and what was decided."""
    used = "used" if search.is_adopted else "not used"
    return (
        f"{search.study}, {len(search.tried)} trials, best {search.metric} "
        f"{search.best.figure:.4f}, {used}"
    )


def search_findings(search: Searched | None) -> list[Finding]:
    """The finding of a search; none where there was none."""
    if search is None:
        return []
    figures = {
        "study": search.study,
        "metric": search.metric,
        "dates": [day.isoformat() for day in search.folds],
        "best": search.best.number,
        "parameters": dict(search.parameters),
        "is_used": search.is_adopted,
        "difference": search.difference.as_json(),
        "importances": dict(search.importances),
        "trials": [each.as_json() for each in search.tried],
    }
    return [Finding("search", figures, list(_plots(search)), list(_sentences(search)))]


def _sentences(search: Searched) -> Iterator[str]:
    if search.set_aside:
        yield f"{search.set_aside[0].upper()}{search.set_aside[1:]}."
    metric, found = search.metric.replace("_", " "), search.difference
    yield (
        f"{len(search.tried)} settings were tried on {_dates(search)}; the best, trial {search.best.number}, has "
        f"{metric} {search.best.figure:.3f}."
    )
    if found.difference is None or found.low is None or found.high is None:
        yield "Whether it beats the house settings cannot be told, so these stay."
        return
    said = (
        f"It is {100 * found.difference:+.1f} points from the house settings "
        f"(95 % interval of the difference: {100 * found.low:+.1f} to {100 * found.high:+.1f})."
    )
    if not search.is_ahead:
        yield f"{said} That may be chance: the house settings stay."
        return
    yield (
        f"{said} The interval is for one comparison; the best of {len(search.tried)} tries is flattered, so "
        "expect less."
    )
    if search.is_adopted:
        yield "Its parameters are used in every fit of a training."
    else:
        yield (
            f"No training uses its parameters as things are: write `search: {_in_yaml(search.budget)}` under "
            f"`learner` in models/{search.model}/model.yaml, and hearth train will, without trying anew."
        )


def _in_yaml(budget: Search) -> str:
    given = budget.model_dump(exclude_none=True).items()
    return f"{{{', '.join(f'{name}: {value:g}' for name, value in given)}}}"


def _dates(search: Searched) -> str:
    first, last = search.folds[0], search.folds[-1]
    if first == last:
        return f"the one date before the first test that can be judged on, {first}"
    return f"{len(search.folds)} dates before the first test, {first} to {last}"


def _plots(search: Searched) -> Iterator[tuple[str, Figure]]:
    yield "search_history", _history(search)
    if search.importances:
        yield "search_importance", _importance(search)


def _history(search: Searched) -> Figure:
    figure, axes = _canvas("What was tried, judged before the first test date")
    whole = [each for each in search.tried if not each.was_given_up]
    given_up = [each for each in search.tried if each.was_given_up]
    numbers, figures = [each.number for each in whole], [each.figure for each in whole]
    axes.scatter(numbers, figures, label="judged on every date", s=18)
    axes.scatter(
        [each.number for each in given_up],
        [each.figure for each in given_up],
        label="given up early",
        marker="x",
        color="grey",
        s=18,
    )
    axes.step(numbers, np.maximum.accumulate(figures), where="post", label="best so far")
    axes.axhline(
        figures[0], color="black", linestyle=":", label="house settings, trees as they do best"
    )
    axes.set_xlabel("Trial")
    axes.set_ylabel(f"{search.metric.replace('_', ' ')}, mean over dates")
    legend_below(axes)
    return figure


def _importance(search: Searched) -> Figure:
    figure, axes = _canvas("What had to do with the better trials")
    names = list(search.importances)[::-1]
    axes.barh(names, [search.importances[name] for name in names])
    axes.set_xlabel("Share")
    return figure


def _canvas(title: str) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes
