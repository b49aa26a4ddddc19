"""How far probabilities may be off, as the outcomes of rows that were not learnt from tell."""

import numpy as np
from scipy.special import expit
from scipy.stats import norm
from sklearn.isotonic import isotonic_regression

from hearth.risk_model import Calibration, Uncertainty
from training.figures.metrics import log_odds
from training.figures.ranking import Floats, Ints
from training.probabilities.calibration import moves
from training.probabilities.held_out import HeldOut

LEVEL = 0.95
_METHOD = "outcomes of those who score alike"
_SCORES = 200
"""Scores in the table: more would only repeat windows that overlap."""

_LEAST_NEAR = 100
"""Rows near a score whose outcomes are counted, at least; with fewer, one outcome moves a point."""

_SHARE_NEAR = 0.05


def uncertainty(held_out: HeldOut, calibration: Calibration) -> Uncertainty:
    """Interval around the probability at each of at most 200 raw scores.

    At each score the outcomes of the rows that score nearest are counted, a twentieth of all. The
    Wilson interval of their share says how far, in log-odds, the probability may be off there.
    Rows of one entity count as fewer, and so do dates whose base rates moved: the interval is for
    a date to come, whose base rate may move as far as those before did.

    Parameters
    ----------
    held_out
        Rows that the scorer had not learnt from.
    calibration
        What gives the probability.

    References
    ----------
    Wilson (1927), "Probable inference, the law of succession, and statistical inference", Journal
    of the American Statistical Association 22: 209-212; Kish (1965), Survey Sampling, ch. 8, for
    rows that count as fewer; DerSimonian & Laird (1986), Controlled Clinical Trials 7: 177-188, for
    what dates add beyond chance.
    """
    order = np.argsort(held_out.raw, kind="stable")
    raw = held_out.raw[order]
    probability = calibration.probability(raw)
    scores = _spread_out(raw)
    start, end = _near(raw, scores)
    rows = end - start
    expected = _sums(probability, start, end) / rows
    found = _sums(held_out.positive[order].astype(float), start, end) / rows
    spread = _sums(probability * (1 - probability), start, end) / rows
    weight = _design_effect(held_out, calibration)
    worth = rows / (weight + rows * _date_variance(held_out, calibration, weight) * spread)
    middle = log_odds(calibration.probability(scores))
    low, high = (
        isotonic_regression(expit(middle + side(0.0, log_odds(end) - log_odds(expected))))
        for side, end in zip((np.minimum, np.maximum), _wilson(found, worth), strict=True)
    )
    ends = {"low": tuple(low.tolist()), "high": tuple(high.tolist())}
    return Uncertainty(LEVEL, _METHOD, tuple(scores.tolist()), **ends)


def _spread_out(raw: Floats) -> Floats:
    """Distinct scores at even ranks, the lowest and the highest among them."""
    return np.unique(raw[np.linspace(0, len(raw) - 1, min(_SCORES, len(raw))).round().astype(int)])


def _near(raw: Floats, scores: Floats) -> tuple[Ints, Ints]:
    """First row near each score and the first beyond, in sorted rows; rows that tie stay together."""
    wanted = min(len(raw), max(_LEAST_NEAR, round(_SHARE_NEAR * len(raw))))
    middle = (np.searchsorted(raw, scores) + np.searchsorted(raw, scores, side="right")) // 2
    start = np.clip(middle - wanted // 2, 0, len(raw) - wanted)
    first = np.searchsorted(raw, raw[start])
    return first, np.searchsorted(raw, raw[start + wanted - 1], side="right")


def _sums(values: Floats, start: Ints, end: Ints) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(total[end] - total[start])


def _wilson(share: Floats, rows: Floats) -> tuple[Floats, Floats]:
    """Ends of the interval of shares seen in so many rows, each in [0, 1]."""
    z = float(norm.ppf((1 + LEVEL) / 2))
    centre = (share + z**2 / (2 * rows)) / (1 + z**2 / rows)
    half = z / (1 + z**2 / rows) * np.sqrt(share * (1 - share) / rows + z**2 / (4 * rows**2))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def _design_effect(held_out: HeldOut, calibration: Calibration) -> float:
    """Rows that count as one because they are of the same entities, at least 1."""
    off = held_out.positive - calibration.probability(held_out.raw)
    together = np.bincount(held_out.entity, off)
    return max(1.0, float((together**2).sum() / (off**2).sum()))


def _date_variance(held_out: HeldOut, calibration: Calibration, weight: float) -> float:
    """Variance, in squared log-odds, that the next date's base rate adds beyond chance."""
    probability = calibration.probability(held_out.raw)
    told = np.bincount(held_out.date, probability * (1 - probability))
    moved = moves(held_out, calibration)
    beyond = float((moved**2 - weight / told).mean())
    return max(0.0, beyond) * (1 + 1 / len(moved))
