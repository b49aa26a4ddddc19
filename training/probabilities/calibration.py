"""From scores to probabilities, judged always on rows that were not learnt from."""

from dataclasses import replace

import numpy as np
from sklearn.isotonic import IsotonicRegression

from hearth.risk_model import Calibration
from training.figures.metrics import fit_log_odds, log_odds
from training.figures.ranking import Bools, Floats
from training.probabilities.held_out import HeldOut

_FAR, _HALVINGS = 20.0, 50

_ROWS_FOR_ISOTONIC = 1_000
"""Rows of the rarer class above which isotonic beats Platt (Niculescu-Mizil & Caruana 2005)."""


def calibrate(held_out: HeldOut, *, is_log_odds: bool) -> Calibration:
    """Calibration fitted on held-out rows: isotonic where there are many, else Platt.

    A score that is no log-odds, as a rule's, is always calibrated by isotonic regression: only
    its order means something. No probability is 0 or 1: both ends are drawn in as Laplace's
    rule of succession does.

    What was learnt from earlier dates is first calibrated as if base rates had stayed; by how
    much they moved is added as far as the dates agree on it.

    Parameters
    ----------
    held_out
        Scores and outcomes of rows the scorer had not learnt from.
    is_log_odds
        Whether raw scores are log-odds.

    Raises
    ------
    ValueError
        If there are no rows.

    References
    ----------
    Platt (1999), in Advances in Large Margin Classifiers; Zadrozny & Elkan (2002), KDD.
    """
    if not len(held_out.raw):
        raise ValueError("there are no held-out rows to calibrate on")
    positives = int(held_out.positive.sum())
    rarer = min(positives, len(held_out.positive) - positives)
    fit = _platt if is_log_odds and rarer < _ROWS_FOR_ISOTONIC else _isotonic
    still = fit(held_out.raw, held_out.positive, held_out.weight)
    return _moved(still, agreed_move(moves(held_out, still)))


def moves(held_out: HeldOut, calibration: Calibration) -> Floats:
    """By how much, in log-odds, each date's outcomes lay above their probabilities, shape (dates,)."""
    odds = log_odds(calibration.probability(held_out.raw))
    return np.array(
        [
            _shift(odds[held_out.date == date], held_out.positive[held_out.date == date])
            for date in np.unique(held_out.date)
        ]
    )


def agreed_move(by_date: Floats) -> float:
    """Mean move of the dates, drawn towards none as they disagree; none from one date.

    One date cannot tell a trend from a year unlike others, so it is not followed.

    References
    ----------
    Thompson (1968), "Some shrinkage techniques for estimating the mean", Journal of the American
    Statistical Association 63: 113-122.
    """
    if len(by_date) < 2:  # noqa: PLR2004 - a spread takes two
        return 0.0
    mean = float(by_date.mean())
    doubt = float(by_date.var(ddof=1)) / len(by_date)
    return mean**3 / (mean**2 + doubt) if mean else 0.0


def _shift(odds: Floats, positive: Bools) -> float:
    """Log-odds to add so that as many are expected as there were, both counts drawn in by one half."""
    target = (positive.sum() + 0.5) / (len(positive) + 1)
    low, high = -_FAR, _FAR
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        expected = (1 / (1 + np.exp(-(odds + middle)))).mean()
        low, high = (middle, high) if expected < target else (low, middle)
    return (low + high) / 2


def _moved(calibration: Calibration, move: float) -> Calibration:
    """Calibration with so much log-odds added."""
    if calibration.method == "platt":
        return replace(calibration, intercept=calibration.intercept + move)
    xs, ys = np.array(calibration.knots).T
    moved = 1 / (1 + np.exp(-(log_odds(ys) + move)))
    return replace(calibration, knots=tuple(zip(xs.tolist(), moved.tolist(), strict=True)))


def _platt(raw: Floats, positive: Bools, weight: Floats) -> Calibration:
    """Logistic regression on the score, its targets drawn in from 0 and 1 as Platt advises."""
    positives, negatives = float(weight[positive].sum()), float(weight[~positive].sum())
    target = np.where(positive, (positives + 1) / (positives + 2), 1 / (negatives + 2))
    centre, scale = float(raw.mean()), float(raw.std()) or 1.0
    design = np.column_stack([np.ones(len(raw)), (raw - centre) / scale])
    intercept, slope = fit_log_odds(design, target, weight=weight)
    slope = max(float(slope), 0.0) / scale  # a score that ranks backwards gets the base rate
    if slope == 0:
        share = float(np.average(target, weights=weight))
        return Calibration("platt", slope=0.0, intercept=float(np.log(share / (1 - share))))
    return Calibration("platt", slope=slope, intercept=float(intercept) - slope * centre)


def _isotonic(raw: Floats, positive: Bools, weight: Floats) -> Calibration:
    rows = len(raw)
    bounds = 1 / (rows + 2), (rows + 1) / (rows + 2)
    fitted = IsotonicRegression(y_min=bounds[0], y_max=bounds[1]).fit(
        raw, positive.astype(float), sample_weight=weight
    )
    knots = zip(fitted.X_thresholds_, fitted.y_thresholds_, strict=True)
    return Calibration("isotonic", knots=tuple((float(x), float(y)) for x, y in knots))
