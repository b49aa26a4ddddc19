"""What a list is worth at each trade of visits for cases found, beside visiting all or nobody."""

from dataclasses import dataclass

import numpy as np

from training.figures.metrics import Outcomes
from training.figures.ranking import Bools, Floats

THRESHOLDS = np.r_[np.arange(1, 20), np.arange(20, 100, 5)] / 100
"""Probabilities at which to act, finer where base rates lie."""

_Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit at each threshold, of visiting everybody whose probability reaches it.

    Arrays are of shape (thresholds,). Net benefit is in cases found per row looked at, less the
    visits in vain at the price the threshold puts on them; visiting nobody is worth 0.

    Attributes
    ----------
    benefit, low, high
        Of the probabilities, with the 95 % interval.
    treat_all
        Of visiting everybody.
    low_over_all
        Lower end of the 95 % interval of the paired difference from visiting everybody.
    """

    thresholds: Floats
    benefit: Floats
    low: Floats
    high: Floats
    treat_all: Floats
    low_over_all: Floats

    @property
    def is_useful(self) -> Bools:
        """Where the whole interval lies above visiting nobody and above visiting everybody."""
        useful: Bools = (self.low > 0) & (self.low_over_all > 0)
        return useful


def decision_curve(
    probabilities: Floats, outcomes: Outcomes, thresholds: Floats = THRESHOLDS
) -> DecisionCurve | None:
    """Decision curve over the rows looked at; None where nobody was.

    To act at probability t is to hold that a case found is worth (1 - t) / t visits in vain. The
    net benefit is a mean over rows that each entity enters once, so its interval has a closed
    form and needs no bootstrap.

    Parameters
    ----------
    probabilities
        Shape (n,), in [0, 1].
    outcomes
        Of the same rows.
    thresholds
        Each in (0, 1), ascending.

    References
    ----------
    Vickers & Elkin (2006), Medical Decision Making 26: 565-574; Marsh, Janes & Pepe (2020),
    Biometrics 76: 843-852, for the interval.
    """
    rows = int(outcomes.observed.sum())
    if not rows:
        return None
    price = thresholds / (1 - thresholds)
    hits = _reaching(probabilities[outcomes.positive], thresholds)
    in_vain = _reaching(probabilities[outcomes.negative], thresholds)
    positives, negatives = int(outcomes.positive.sum()), int(outcomes.negative.sum())
    benefit = (hits - price * in_vain) / rows
    half = _half_width(hits + price**2 * in_vain, benefit, rows)
    missed, spared = positives - hits, negatives - in_vain
    gained = (price * spared - missed) / rows
    return DecisionCurve(
        thresholds,
        benefit,
        benefit - half,
        benefit + half,
        treat_all=(positives - price * negatives) / rows,
        low_over_all=gained - _half_width(missed + price**2 * spared, gained, rows),
    )


def _reaching(probabilities: Floats, thresholds: Floats) -> Floats:
    """Number of probabilities at or above each threshold."""
    below = np.searchsorted(np.sort(probabilities), thresholds, side="left")
    return (len(probabilities) - below).astype(np.float64)


def _half_width(squares: Floats, mean: Floats, rows: int) -> Floats:
    variance = np.maximum(squares / rows - mean**2, 0.0)
    return np.asarray(_Z * np.sqrt(variance / rows), dtype=np.float64)
