"""What each source and feature group buys: LightGBM fitted without it, and with it alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hearth.progress import Progress, silent
from training.data.examples import Examples
from training.data.prepared import Prepared
from training.experiment import splits_of, trees_of
from training.figures.comparison import Difference, compare
from training.figures.evaluation import Cohort, Scores
from training.findings import Finding
from training.learners.estimator import LightGBM

Kind = Literal["source", "group"]
Fits = Mapping[frozenset[str], str]
"""Sets of features to fit with, each with the name it is compared under."""

_ALL = "all features"
_COMPARED = ("precision_at_capacity", "recall_at_capacity", "auc")


@dataclass(frozen=True)
class Part:
    """A source or a feature group, and the names of the features it gives."""

    kind: Kind
    name: str
    features: frozenset[str]

    @property
    def title(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Change:
    """How far others are ahead of the trees with all features by one metric, as a mean over test dates.

    `without` are trees without the part, whose interval is at 95 %; `alone` trees with nothing
    else. Below nought where they rank worse; None where the data cannot say, or the part is all
    there is.
    """

    metric: str
    without: float | None
    low: float | None
    high: float | None
    alone: float | None


@dataclass(frozen=True)
class Bought:
    """What one part buys, by metric."""

    part: Part
    changes: tuple[Change, ...]

    @property
    def measured_by(self) -> tuple[str, ...] | None:
        """Metrics by which leaving the part out cost something; None where none can say."""
        known = [(each.metric, each.high) for each in self.changes if each.high is not None]
        return tuple(metric for metric, high in known if high < 0) if known else None

    def as_json(self) -> dict[str, object]:
        """One record, as a table shows it."""
        changes = {
            f"{each.metric}_change_without_it": {
                "value": each.without,
                "low": each.low,
                "high": each.high,
            }
            for each in self.changes
        }
        by = self.measured_by
        told = None if by is None else _in_words(by) or "none"
        return {"part": self.part.title, **changes, "loss_measurable_by": told}


def ablation(prepared: Prepared, progress: Progress = silent) -> Finding:
    """What each source and group adds to LightGBM over the others, and what it is worth alone.

    References
    ----------
    Models are fitted anew, not read with a column shuffled, because shuffling asks trees about
    people who do not exist: Hooker, Mentch & Zhou (2021), "Unrestricted permutation forces
    extrapolation", Statistics and Computing 31: 82.
    """
    parts = parts_of(prepared.examples)
    fits = _fits(prepared.examples, parts)
    cohorts, scores = _judged(prepared, fits, progress)
    pairs = [(_ALL, name) for name in fits.values() if name != _ALL]
    found = compare(cohorts, scores, pairs, seed=prepared.definition.learner.seed)
    by_pair = {(each.against, each.metric): each for each in found}
    everything = next(iter(fits))
    bought = [
        Bought(
            part,
            tuple(
                _change(
                    metric,
                    by_pair.get((fits.get(everything - part.features, ""), metric)),
                    by_pair.get((fits[part.features], metric)),
                )
                for metric in _COMPARED
            ),
        )
        for part in parts
    ]
    return Finding(
        "ablation",
        {
            "learner": LightGBM.name,
            "test_dates": len(cohorts),
            "parts": [each.as_json() for each in bought],
            "change_with_it_alone": {
                each.part.title: {change.metric: change.alone for change in each.changes}
                for each in bought
            },
        },
        [(f"ablation_{metric}", _plot(bought, place)) for place, metric in enumerate(_COMPARED)],
        list(_sentences(bought)),
    )


def nothing_to_leave_out(prepared: Prepared) -> str | None:
    """Why nothing can be left out, where one feature group is all there is."""
    if len({feature.group for feature in prepared.examples.features}) > 1:
        return None
    return f"{prepared.definition.model} has one feature group, and nothing is left without it"


def parts_of(examples: Examples) -> list[Part]:
    """Sources and then feature groups, each with its features; what two name alike is told once."""
    found: dict[tuple[Kind, str], set[str]] = {}
    for kind in get_args(Kind):
        for feature in examples.features:
            found.setdefault((kind, getattr(feature, kind)), set()).add(feature.name)
    return [Part(kind, name, frozenset(names)) for (kind, name), names in found.items()]


def _fits(examples: Examples, parts: Sequence[Part]) -> Fits:
    """Every set of features that has to be fitted, once: first all of them."""
    everything = frozenset(feature.name for feature in examples.features)
    fits = {everything: _ALL}
    for part in parts:
        if part.features != everything:
            fits.setdefault(everything - part.features, f"without {part.title}")
            fits.setdefault(part.features, f"{part.title} alone")
    return fits


def _judged(
    prepared: Prepared, fits: Fits, progress: Progress
) -> tuple[list[Cohort], list[dict[str, Scores]]]:
    """Test cohorts, and how trees of each set of features rank them."""
    definition, examples = prepared.definition, prepared.examples
    cohorts, scores = [], []
    splits = splits_of(definition, examples, prepared.periods)
    for number, split in enumerate(splits):
        learnt_from = examples.on(split.training_dates).observed()
        test = examples.on([split.test.as_of])
        size, seed = definition.capacity.of(len(test)), definition.learner.seed
        cohorts.append(Cohort(test.entities.tolist(), test.outcomes, size, seed=seed))
        ranked = {}
        for done, (kept, name) in enumerate(fits.items(), start=number * len(fits)):
            progress(f"Ablation: {split.test.as_of}, {name}", done, len(splits) * len(fits))
            seen = learnt_from.select(kept)
            scorer = trees_of(definition, seen.features).fit(seen)
            ranked[name] = Scores(test.select(kept).raw_scores(scorer))
        scores.append(ranked)
    return cohorts, scores


def _change(metric: str, without: Difference | None, alone: Difference | None) -> Change:
    """Change by one metric, of differences that say how far all features are ahead."""
    by_itself = None if alone is None else _turned(alone.difference)
    if without is None:
        return Change(metric, None, None, None, by_itself)
    ends = (_turned(without.high), _turned(without.low))
    return Change(metric, _turned(without.difference), *ends, by_itself)


def _turned(ahead: float | None) -> float | None:
    return None if ahead is None else 0.0 - ahead


def _sentences(bought: Sequence[Bought]) -> Iterator[str]:
    """What each source buys, and which groups do harm."""
    sources = [each for each in bought if each.part.kind == "source"]
    for each in sources:
        found, by = each.changes[0], each.measured_by
        if found.without is None or found.low is None or found.high is None or by is None:
            continue
        said = (
            f"Without {each.part.name} precision at capacity changes by {_points(found.without)} points "
            f"(95 % interval {_points(found.low)} to {_points(found.high)})"
        )
        yield (
            f"{said}; its loss is measurable by {_in_words(by)}."
            if by
            else (
                f"{said}: no measurable loss, so it could be left out unless people need it to check a score."
            )
        )
    if len(sources) > 1:
        yield (
            "Each is left out with all others kept: of two sources that say the same, each may look "
            "needless. Leave out one, and run this again."
        )
    harmful = [e.part.name for e in bought if e.part.kind == "group" and _does_harm(e.changes[0])]
    if harmful:
        yield f"LightGBM ranked better on these test dates without: {', '.join(harmful)}."


def _does_harm(found: Change) -> bool:
    return found.low is not None and found.low > 0


def _in_words(metrics: Sequence[str]) -> str:
    """Metrics in a sentence: `precision, recall and AUC`; empty where there are none."""
    words = ["AUC" if metric == "auc" else metric.partition("_")[0] for metric in metrics]
    return " and ".join(part for part in (", ".join(words[:-1]), *words[-1:]) if part)


def _plot(bought: Sequence[Bought], metric: int) -> Figure:
    shown = [each for each in bought if each.changes[metric].without is not None]
    shown.sort(key=lambda each: -(each.changes[metric].without or 0.0))
    names = [each.part.title for each in shown]
    changes = [each.changes[metric] for each in shown]
    middle = np.array([each.without for each in changes], dtype=float)
    low, high = (
        np.array([getattr(c, end) for c in changes], dtype=float) for end in ("low", "high")
    )
    figure = Figure(figsize=(7, 0.4 * len(shown) + 1.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.barh(names, middle, color=["C0" if e.part.kind == "source" else "C7" for e in shown])
    axes.errorbar(middle, names, xerr=[middle - low, high - middle], fmt="none", ecolor="black")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel(f"Change without it: {_COMPARED[metric].replace('_', ' ')}, 95 % interval")
    return figure


def _points(change: float) -> str:
    return f"{100 * change:+.1f}"
