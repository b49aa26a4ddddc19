"""Whether acting on probabilities is worth more than visiting everybody, or nobody."""

from matplotlib.figure import Figure

from training.experiment import SplitResult
from training.figures.decision_curve import DecisionCurve, decision_curve
from training.findings import Finding, Training
from training.logged.plots import canvas, legend_below, line

Curves = dict[str, DecisionCurve]
"""By candidate name."""


def decision_curves(training: Training) -> Finding | None:
    """Net benefit of every candidate that gives probabilities, on every test date.

    Only rows that were looked at count. None where no candidate gives probabilities.
    """
    experiment = training.experiment
    chosen = experiment.chosen.name
    curves = {result.name: _curves(result) for result in experiment.splits}
    own = [found[chosen] for found in curves.values() if chosen in found]
    if not own:
        return None
    figures = {
        "thresholds": own[0].thresholds.tolist(),
        "splits": {split: _figures(found, chosen) for split, found in curves.items() if found},
    }
    plots = [
        (f"decision_curve_{split}", _plot(split, found, chosen))
        for split, found in curves.items()
        if chosen in found
    ]
    return Finding("decision_curves", figures, plots, [_sentence(chosen, own)])


def _curves(result: SplitResult) -> Curves:
    found = {
        name: decision_curve(scores.probability, result.cohort.outcomes)
        for name, scores in result.scores.items()
        if scores.probability is not None
    }
    return {name: curve for name, curve in found.items() if curve is not None}


def _figures(curves: Curves, chosen: str) -> dict[str, object]:
    return {
        "treat_all": next(iter(curves.values())).treat_all.tolist(),
        "net_benefit": {name: curve.benefit.tolist() for name, curve in curves.items()},
        "chosen": {
            "low": curves[chosen].low.tolist(),
            "high": curves[chosen].high.tolist(),
            "is_useful": curves[chosen].is_useful.tolist(),
        },
    }


def _sentence(chosen: str, curves: list[DecisionCurve]) -> str:
    useful = [
        threshold
        for place, threshold in enumerate(curves[0].thresholds)
        if all(curve.is_useful[place] for curve in curves)
    ]
    worth = (
        f"Acting on the probabilities of {chosen} is worth more than visiting everybody or nobody"
    )
    if not useful:
        return f"{worth} at no threshold on every test date, so far as the data can tell."
    return f"{worth} at thresholds from {min(useful):.0%} to {max(useful):.0%} on every test date."


def _plot(split: str, curves: Curves, chosen: str) -> Figure:
    figure, axes = canvas(f"Decision curve, tested on {split}")
    for number, (name, curve) in enumerate(curves.items()):
        axes.plot(curve.thresholds, curve.benefit, **line(number, name, chosen))
    own = curves[chosen]
    axes.fill_between(own.thresholds, own.low, own.high, alpha=0.15, label=f"95 % of {chosen}")
    axes.plot(own.thresholds, own.treat_all, color="grey", label="visit everybody")
    axes.axhline(0, color="black", linestyle=":", label="visit nobody")
    top = max(float(curve.benefit.max()) for curve in curves.values())
    axes.set_ylim(-0.25 * max(top, 0.01), 1.2 * max(top, 0.01))
    axes.set_xlabel("Probability from which to visit")
    axes.set_ylabel("Net benefit, in cases found per entity")
    legend_below(axes)
    return figure
