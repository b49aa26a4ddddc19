"""How the chosen candidate's probabilities agreed with what happened, from test date to test date."""

from collections.abc import Mapping

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from training.figures.evaluation import Estimate
from training.findings import Finding, Training

_FIGURES = {
    "predicted_over_actual": ("Predicted over actual", 1.0),
    "calibration_in_the_large": ("Predicted less actual share", 0.0),
    "calibration_slope": ("Slope in log-odds", 1.0),
}
"""What is followed, how a plot calls it, and what is right."""

Followed = Mapping[str, Mapping[str, Estimate]]
"""By figure, then by test date, the estimate."""


def calibration_over_time(training: Training) -> Finding:
    """Predicted over actual, calibration in the large and slope by test date, with 95 % intervals.

    References
    ----------
    Davis, Lasko, Chen, Siew & Matheny (2017), "Calibration drift in regression and machine
    learning models for acute kidney injury", Journal of the American Medical Informatics
    Association 24: 1052-1061, for why one date's calibration is no other's.
    """
    chosen = training.experiment.chosen.name
    followed = {
        name: {
            result.name: getattr(result.figures[chosen], name)
            for result in training.experiment.splits
        }
        for name in _FIGURES
    }
    return Finding(
        "calibration_over_time",
        {
            "candidate": chosen,
            "dates": [
                {"test_as_of": day, **{name: vars(followed[name][day]) for name in _FIGURES}}
                for day in followed["predicted_over_actual"]
            ],
        },
        [("calibration_over_time", _plot(followed))],
        _sentences(chosen, followed["predicted_over_actual"]),
    )


def _sentences(chosen: str, ratios: Mapping[str, Estimate]) -> list[str]:
    known = {day: each for day, each in ratios.items() if each.value is not None}
    if not known:
        return [
            f"Whether the probabilities of {chosen} hold cannot be told: too few known outcomes."
        ]
    by_date = ", ".join(f"{each.value:.2f} on {day}" for day, each in known.items())
    off = [
        day
        for day, each in known.items()
        if each.low is not None and each.high is not None and not each.low <= 1 <= each.high
    ]
    verdict = (
        f"beyond chance on {len(off)} of {len(known)}, so read a probability as an order of size"
        if off
        else "on no date beyond chance"
    )
    return [f"{chosen} promised, over what happened: {by_date}; off {verdict}."]


def _plot(followed: Followed) -> Figure:
    figure = Figure(figsize=(7, 7), layout="constrained")
    FigureCanvasAgg(figure)
    for axes, (name, (title, right)) in zip(
        figure.subplots(len(_FIGURES), sharex=True), _FIGURES.items(), strict=True
    ):
        by_date = followed[name]
        middle, low, high = (
            np.array([getattr(each, part) for each in by_date.values()], dtype=float)
            for part in ("value", "low", "high")
        )
        axes.errorbar(
            list(by_date), middle, yerr=[middle - low, high - middle], fmt="o-", capsize=3
        )
        axes.axhline(right, color="grey", linestyle=":")
        axes.set_ylabel(title)
    axes.set_xlabel("Tested on")
    return figure
