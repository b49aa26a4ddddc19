"""Plots of an experiment: precision down the list, and calibration, by test date."""

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.experiment import Experiment, SplitResult
from training.ranking import Bools, Floats

_BINS = 10
_LEAST_SEEN = 20  # a share of fewer looked-at rows jumps about and says nothing


def experiment_figures(experiment: Experiment) -> Iterator[tuple[str, Figure]]:
    """Plots of every test date.

    Yields
    ------
    (str, Figure)
        File name without its ending, and the plot.
    """
    for result in experiment.splits:
        yield f"precision_down_the_list_{result.name}", _precision(result)
        yield f"calibration_{result.name}", _calibration(result, experiment.chosen.name)


def _precision(result: SplitResult) -> Figure:
    figure, axes = canvas(f"Precision down the list, tested on {result.name}")
    outcomes = result.test.outcomes
    for name, scores in result.scores.items():
        order = result.cohort.order(scores.raw)
        seen = np.cumsum(outcomes.observed[order])
        found = np.cumsum(outcomes.positive[order])
        length = np.arange(1, len(order) + 1)
        enough = seen >= _LEAST_SEEN
        axes.plot(length[enough], found[enough] / seen[enough], label=name, linewidth=1.4)
    axes.axvline(result.cohort.capacity, color="black", linestyle=":", label="capacity")
    axes.axhline(outcomes.base_rate, color="grey", linewidth=0.8, label="base rate")
    axes.set_xscale("log")
    axes.set_xlabel("Length of the list")
    axes.set_ylabel("Share with the outcome, of those looked at")
    axes.legend(fontsize="small")
    return figure


def _calibration(result: SplitResult, chosen: str) -> Figure:
    figure, axes = canvas(f"Calibration of {chosen}, tested on {result.name}")
    outcomes = result.test.outcomes
    probability = result.scores[chosen].probability
    if probability is not None:
        seen = outcomes.observed
        expected, actual = calibration_bins(probability[seen], outcomes.positive[seen])
        axes.plot(expected, actual, marker="o")
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    axes.set_xlabel("Probability given")
    axes.set_ylabel("Share with the outcome")
    return figure


def calibration_bins(probability: Floats, positive: Bools) -> tuple[Floats, Floats]:
    """Mean probability and share with the outcome, in tenths of the rows by probability."""
    parts = [p for p in np.array_split(np.argsort(probability, kind="stable"), _BINS) if len(p)]
    expected = np.array([probability[part].mean() for part in parts])
    return expected, np.array([positive[part].mean() for part in parts])


def canvas(title: str) -> tuple[Figure, Axes]:
    """An empty plot under its title."""
    figure = Figure(figsize=(7, 4.5), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title)
    return figure, axes
