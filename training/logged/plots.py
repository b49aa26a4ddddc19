"""Plots of an experiment: the list at every length, calibration by bin, and figures over time."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from governance.fairness.intervals import wilson
from training.experiment import Experiment, SplitResult
from training.figures.calibration_figures import bins_of_equal_mass
from training.figures.evaluation import CandidateFigures, Estimate
from training.figures.ranking import Bools, Floats

_ASIDE = 1.06  # how far intervals stand apart on the log scale of lengths
_LEAST_SEEN = 20  # a share of fewer looked-at rows jumps about and says nothing

_DASHES: tuple[Any, ...] = ("-", (0, (5, 2)), (3, (4, 2, 1, 2)), (1, (1, 1.5)), (6, (8, 4)))
_MARKERS = "osD^vPX*"
_DAYS_EARLIER = "Days earlier"

_OVER_TIME: dict[str, Callable[[CandidateFigures], Estimate]] = {
    "Precision at capacity": lambda figures: figures.precision_at_capacity,
    "Recall at capacity": lambda figures: figures.recall_at_capacity,
    "AUC": lambda figures: figures.auc,
    _DAYS_EARLIER: lambda figures: figures.days_earlier,
}


def experiment_figures(experiment: Experiment) -> Iterator[tuple[str, Figure]]:
    """Plots of every test date, and of all of them in their order.

    Yields
    ------
    (str, Figure)
        File name without its ending, and the plot.
    """
    chosen = experiment.chosen.name
    for result in experiment.splits:
        yield f"precision_down_the_list_{result.name}", _precision(result, chosen)
        yield f"recall_down_the_list_{result.name}", _recall(result, chosen)
        yield f"calibration_{result.name}", _calibration(result, chosen)
    for title, estimate_of in _OVER_TIME.items():
        by_candidate = {
            name: [estimate_of(result.figures[name]) for result in experiment.splits]
            for name in experiment.splits[0].figures
        }
        if any(each.value is not None for own in by_candidate.values() for each in own):
            dates = [result.name for result in experiment.splits]
            name = f"{title.lower().replace(' ', '_')}_over_time"
            figure = over_time(
                f"{title} by test date",
                f"{title}, with 95 % interval",
                dates,
                by_candidate,
                chosen=chosen,
            )
            if title == _DAYS_EARLIER:
                figure.axes[0].axhline(0, color="black", linewidth=0.8)
            yield name, figure


def over_time(
    title: str,
    label: str,
    dates: list[str],
    estimates_by_name: Mapping[str, list[Estimate]],
    *,
    chosen: str | None = None,
) -> Figure:
    """A figure of each by its name, with its interval, side by side at each test date."""
    figure, axes = canvas(title)
    for number, (name, estimates) in enumerate(estimates_by_name.items()):
        aside = 0.6 * ((number + 0.5) / len(estimates_by_name) - 0.5)
        places = np.arange(len(dates)) + aside
        values = [np.nan if each.value is None else each.value for each in estimates]
        marker = _MARKERS[number % len(_MARKERS)]
        axes.plot(places, values, marker=marker, **line(number, name, chosen))
        for place, each in zip(places, estimates, strict=True):
            if each.low is not None and each.high is not None:
                axes.vlines(place, each.low, each.high, color=f"C{number}")
    axes.set_xticks(range(len(dates)), dates)
    axes.set_xlabel("Tested on")
    axes.set_ylabel(label)
    legend_below(axes)
    return figure


def line(number: int, name: str, chosen: str | None = None) -> dict[str, Any]:
    """How one line of several is drawn: where lines coincide, each is seen through the others.

    The one put forward is a broad band under the rest, which are thin, each with its own dashes.
    """
    own: dict[str, Any] = {"color": f"C{number}", "label": name}
    if name == chosen:
        band = {"linewidth": 4.5, "alpha": 0.5, "zorder": 1.5}
        return own | band | {"label": f"{name} (put forward)"}
    return own | {"linewidth": 1.4, "linestyle": _DASHES[number % len(_DASHES)]}


def legend_below(axes: Axes) -> None:
    """Name what is drawn beneath the plot, where it covers nothing."""
    axes.figure.legend(loc="outside lower center", ncols=2, fontsize="small")


def _precision(result: SplitResult, chosen: str) -> Figure:
    figure, axes = canvas(f"Precision down the list, tested on {result.name}")
    outcomes = result.test.outcomes
    for number, (name, scores) in enumerate(result.scores.items()):
        order = result.cohort.order(scores.raw)
        seen = np.cumsum(outcomes.observed[order])
        found = np.cumsum(outcomes.positive[order])
        length = np.arange(1, len(order) + 1)
        enough = seen >= _LEAST_SEEN
        axes.plot(length[enough], found[enough] / seen[enough], **line(number, name, chosen))
        estimate = result.figures[name].precision_at_capacity
        _at_capacity(axes, result, number, estimate)
    axes.axhline(outcomes.base_rate, color="grey", linewidth=0.8, label="base rate")
    _length_of_list(axes, result)
    axes.set_ylabel("Share with the outcome, of those looked at")
    return figure


def _recall(result: SplitResult, chosen: str) -> Figure:
    figure, axes = canvas(f"Recall down the list, tested on {result.name}")
    outcomes = result.test.outcomes
    for number, (name, scores) in enumerate(result.scores.items()):
        found = np.cumsum(outcomes.positive[result.cohort.order(scores.raw)])
        length = np.arange(1, len(found) + 1)
        axes.plot(length, found / max(1, found[-1]), **line(number, name, chosen))
        estimate = result.figures[name].recall_at_capacity
        _at_capacity(axes, result, number, estimate)
    _length_of_list(axes, result)
    axes.set_ylabel("Share listed, of those known to have the outcome")
    return figure


def _at_capacity(axes: Axes, result: SplitResult, number: int, estimate: Estimate) -> None:
    """The interval at capacity of one candidate of several, set side by side where the list ends."""
    if estimate.low is not None and estimate.high is not None:
        place = result.cohort.capacity * _ASIDE ** (number - (len(result.scores) - 1) / 2)
        axes.vlines(place, estimate.low, estimate.high, color=f"C{number}", linewidth=3)


def _length_of_list(axes: Axes, result: SplitResult) -> None:
    axes.axvline(result.cohort.capacity, color="black", linestyle=":", label="capacity")
    axes.set_xscale("log")
    axes.set_xlabel("Length of the list (bars: 95 % interval at capacity)")
    legend_below(axes)


def _calibration(result: SplitResult, chosen: str) -> Figure:
    """Reliability by bins of equal mass, with Wilson's intervals, and how many rows each holds."""
    figure, axes = canvas(f"Calibration of {chosen}, tested on {result.name}")
    outcomes = result.test.outcomes
    probability = result.scores[chosen].probability
    if probability is not None and outcomes.observed.any():
        seen = probability[outcomes.observed]
        positive = outcomes.positive[outcomes.observed]
        expected, actual = calibration_bins(seen, positive)
        counts = np.unique(bins_of_equal_mass(seen), return_counts=True)[1]
        axes.plot(expected, actual, marker="o", label="share with the outcome")
        for at, share, count in zip(expected, actual, counts, strict=True):
            within = wilson(share * count, count)
            axes.vlines(at, within.low, within.high)
            axes.annotate(f"{count:,}", (at, within.high), ha="center", va="bottom", fontsize=7)
    top = axes.get_ylim()[1]
    axes.plot([0, top], [0, top], color="grey", linestyle=":", label="as it should be")
    axes.set_xlabel("Probability given, in bins of about as many rows each")
    axes.set_ylabel("Share with the outcome (95 % interval; rows above)")
    legend_below(axes)
    return figure


def calibration_bins(probability: Floats, positive: Bools) -> tuple[Floats, Floats]:
    """Mean probability and share with the outcome, in bins of about as many rows each."""
    _, bins, counts = np.unique(
        bins_of_equal_mass(probability), return_inverse=True, return_counts=True
    )
    expected = np.bincount(bins, weights=probability) / counts
    return expected, np.bincount(bins, weights=positive) / counts


def canvas(title: str) -> tuple[Figure, Axes]:
    """A plot with a title, to be drawn without a screen."""
    figure = Figure(figsize=(7, 5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes
