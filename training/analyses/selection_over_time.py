"""What each rule of choice would have come to, had it chosen before it saw each test date."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.figure import Figure

from hearth.definition import ChoiceRule
from training.choosing.choice import RULES, Past, choose
from training.choosing.selection import past_of
from training.experiment import Experiment
from training.figures.evaluation import Estimate
from training.figures.ranking import Floats
from training.findings import Finding, Training
from training.logged.plots import over_time


@dataclass(frozen=True)
class Pick:
    """What a rule picked for one test date, and by how much the best of that date was ahead."""

    date: str
    candidate: str
    figure: float
    regret: float


def selection_over_time(training: Training) -> Finding:
    """Regret of every rule of choice walking forward, and each candidate's distance from the best.

    For each test date a rule chooses by the earlier ones whose outcomes were known by then. The
    regret is what the best candidate of the date did more, in hindsight, than the one picked.

    References
    ----------
    Ackermann et al. (2018), "Deploying machine learning models for public policy", KDD.
    """
    experiment = training.experiment
    rule = experiment.selection.rule
    past = past_of(
        list(experiment.candidates.values()),
        [result.figures for result in experiment.splits],
        experiment.selection.metric,
        [result.gaps for result in experiment.splits],
    )
    names = [name for name in RULES if name != "least_fairness_gap" or np.isfinite(past.gaps).any()]
    picks = {name: _picks(name, experiment, past) for name in names}
    distances = past.figures.max(axis=1, keepdims=True) - past.figures
    figures = {
        "rule": rule,
        "metric": experiment.selection.metric,
        "rules": {name: _summary(made) for name, made in picks.items()},
        "distance_from_best": {
            name: {
                "mean": _mean(distances[:, place]),
                "by_date": [_or_none(value) for value in distances[:, place]],
            }
            for place, name in enumerate(past.names)
        },
    }
    dates = [result.name for result in experiment.splits]
    plots = [("distance_from_best", _plot_distances(dates, past.names, distances))]
    if any(picks.values()):
        plots.append(("regret_of_selection_rules", _plot_regret(picks)))
    return Finding("selection_over_time", figures, plots, [_sentence(rule, picks)])


def _picks(rule: ChoiceRule, experiment: Experiment, past: Past) -> list[Pick]:
    """Picks for the test dates that had an earlier one whose outcomes were known by then."""
    made = []
    for place, result in enumerate(experiment.splits):
        as_of = result.split.test.as_of
        known = [
            earlier
            for earlier, other in enumerate(experiment.splits)
            if other.split.test.known_on <= as_of
        ]
        figures = past.figures[place]
        if not len(past.on(known).known().figures) or not np.isfinite(figures).all():
            continue
        picked = choose(rule, past.on(known))
        figure = float(figures[past.names.index(picked)])
        made.append(Pick(result.name, picked, figure, float(figures.max()) - figure))
    return made


def _summary(picks: list[Pick]) -> dict[str, object]:
    return {
        "mean_regret": _mean(np.array([pick.regret for pick in picks])),
        "worst_regret": max((pick.regret for pick in picks), default=None),
        "mean_figure": _mean(np.array([pick.figure for pick in picks])),
        "picks": [vars(pick) for pick in picks],
    }


def _mean(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else None


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _sentence(rule: ChoiceRule, picks: dict[ChoiceRule, list[Pick]]) -> str:
    own = picks.get(rule, [])
    if not own:
        return (
            "No test date has an earlier one whose outcomes were known by then, so what the rule "
            "of choice is worth cannot be told."
        )
    regret = float(np.mean([pick.regret for pick in own]))
    least = min(
        (float(np.mean([pick.regret for pick in made])), name) for name, made in picks.items()
    )
    reached = float(np.mean([pick.figure for pick in own]))
    told = (
        f"Chosen by {rule} before each of {len(own)} test dates was seen, the candidates picked "
        f"reached {reached:.0%} on average, {100 * regret:.1f} percentage points behind the best "
        "of each date"
    )
    if least[0] < regret:
        return f"{told}; picked by {least[1]} they would have been {100 * least[0]:.1f} behind."
    return f"{told}; no other rule was nearer."


def _plot_regret(picks: Mapping[ChoiceRule, Sequence[Pick]]) -> Figure:
    means = {rule: 100 * float(np.mean([p.regret for p in made])) for rule, made in picks.items()}
    return _plot(
        "Regret of selection rules, walking forward",
        [pick.date for pick in next(iter(picks.values()))],
        {
            f"{rule} (mean {means[rule]:.1f})": [pick.regret for pick in made]
            for rule, made in picks.items()
        },
    )


def _plot_distances(dates: list[str], names: tuple[str, ...], distances: Floats) -> Figure:
    title = "Distance of each candidate from the best of the date"
    return _plot(title, dates, dict(zip(names, distances.T.tolist(), strict=True)))


def _plot(title: str, dates: list[str], behind: Mapping[str, Sequence[float]]) -> Figure:
    points = {name: [Estimate(100 * each) for each in own] for name, own in behind.items()}
    return over_time(title, "Behind the best of the date, percentage points", dates, points)
