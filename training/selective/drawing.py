"""Plots of selective labels: who was likely to be looked at, and what is left open."""

from collections.abc import Iterator, Mapping

import numpy as np
from matplotlib.figure import Figure

from training.logged.plots import canvas, legend_below
from training.selective.bounds import Bounds
from training.selective.corrected import Figures, Judged

_BINS = np.linspace(0, 1, 41).tolist()
_DOTS = (
    ("plain", "C7o", "those looked at"),
    ("weighted", "C0s", "weighted"),
    ("doubly_robust", "C1D", "doubly robust"),
    ("drawn", "C2^", "lot"),
)


def drawings(
    judged: Judged, bounds: Mapping[str, Bounds], figures: Figures
) -> Iterator[tuple[str, Figure]]:
    """Plots by file name without its ending."""
    yield "inspection_propensity", _propensity(judged)
    yield "selective_labels_bounds", _bounds(bounds, figures)


def _propensity(judged: Judged) -> Figure:
    figure, axes = canvas("Chance of being looked at, by what is recorded")
    observed = judged.outcomes.observed
    for rows, name in ((observed, "looked at"), (~observed, "not looked at")):
        axes.hist(judged.propensity[rows], _BINS, histtype="step", label=name)
    if observed.any() and not observed.all():
        axes.set_yscale("log")
    axes.set_xlabel("Chance")
    axes.set_ylabel("Rows of all test dates")
    legend_below(axes)
    return figure


def _bounds(bounds: Mapping[str, Bounds], figures: Figures) -> Figure:
    figure, axes = canvas("Of everybody: bounds, and estimates")
    shown = [
        (n, b.low, b.high) for n, b in bounds.items() if b.low is not None and b.high is not None
    ]
    names = [name.replace("_", " ") for name, _, _ in shown]
    low = np.array([each for _, each, _ in shown])
    high = np.array([each for _, _, each in shown])
    axes.barh(names, high - low, left=low, color="lightgrey", label="bounds")
    for way, drawn, told in _DOTS:
        found = [(n, figures[n][way].value) for n, _, _ in shown if way in figures.get(n, {})]
        dots = [(name.replace("_", " "), value) for name, value in found if value is not None]
        if dots:
            values, places = [value for _, value in dots], [name for name, _ in dots]
            axes.plot(values, places, drawn, fillstyle="none", label=told)
    axes.set_xlim(0, 1)
    axes.set_xlabel("Value, were everybody looked at")
    axes.set_ylabel("Figure of the one put forward")
    axes.invert_yaxis()
    legend_below(axes)
    return figure
