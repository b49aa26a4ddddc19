"""A plot of figures one below the other, each with its interval."""

from collections.abc import Mapping

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.figures.evaluation import Estimate


def intervals_by_name(
    title: str, axis: str, estimates: Mapping[str, Estimate], *, none_at: float
) -> Figure:
    """Plot of estimates by name, the first on top; those that the data cannot tell are left out.

    Parameters
    ----------
    title, axis
        Words above and below.
    estimates
        With 95 % intervals.
    none_at
        Where nothing would be: a dotted line.
    """
    figure = Figure(figsize=(7, 0.35 * len(estimates) + 1.4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for name, each in estimates.items():
        if each.low is not None and each.high is not None:
            axes.plot([each.low, each.high], [name, name], color="grey")
        if each.value is not None:
            axes.plot([each.value], [name], "o", color="black")
    axes.axvline(none_at, linestyle=":", color="black")
    axes.invert_yaxis()
    axes.set_title(title)
    axes.set_xlabel(f"{axis}, with 95 % interval")
    return figure
