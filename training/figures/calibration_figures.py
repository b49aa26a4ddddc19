"""How far stated probabilities agree with what happened: over all, in the odds, and by bin."""

import numpy as np

from training.figures.bootstrap import Statistic, Weights, grouped_sums_over, sums_over
from training.figures.metrics import Outcomes, divide, fit_log_odds, log_odds, quotient
from training.figures.ranking import Bools, Floats, Ints

BINS = 10
"""Bins of equal mass, as a reliability diagram has."""


def in_the_large(probabilities: Floats, outcomes: Outcomes) -> Statistic:
    """Mean probability less the share with the outcome, in [-1, 1]; above 0 promises too many."""
    seen = np.flatnonzero(outcomes.observed)
    excess = probabilities[seen] - outcomes.positive[seen]
    return sums_over(seen, np.column_stack([excess, np.ones(len(seen))]), quotient)


def slope(probabilities: Floats, outcomes: Outcomes) -> Statistic:
    """Slope of the outcome on the log odds of its probability; below 1 is overconfident.

    NaN where the rows looked at show one class only, or one probability only. A replicate takes
    one Newton step from the estimate, which is as near as the fit itself to first order and
    costs five sums.

    References
    ----------
    Cox (1958), Biometrika 45: 562-565; van der Vaart (1998), Asymptotic Statistics, section 5.7,
    for the single step.
    """
    seen = np.flatnonzero(outcomes.observed)
    target, odds = outcomes.positive[seen].astype(float), log_odds(probabilities[seen])
    if not _has_both(outcomes.positive[seen]) or np.ptp(odds) == 0:
        return _undefined
    fit = fit_log_odds(np.column_stack([np.ones(len(seen)), odds]), target)
    level, estimate = float(fit[0]), float(fit[1])
    fitted = _expit(level + estimate * odds)
    missed, spread = target - fitted, fitted * (1 - fitted)
    columns = np.column_stack([missed, missed * odds, spread, spread * odds, spread * odds**2])

    def of_sums(sums: Floats) -> Floats:
        rise, tilt, ones, first, second = sums
        return estimate + divide(ones * tilt - first * rise, ones * second - first**2)

    return sums_over(seen, columns, of_sums)


def intercept(probabilities: Floats, outcomes: Outcomes) -> Statistic:
    """What must be added to the log odds of every probability to foresee the right number.

    0 is right; below 0 too many were promised. The slope is held at 1. Replicates as in `slope`.

    References
    ----------
    Van Calster et al. (2019), "Calibration: the Achilles heel of predictive analytics",
    BMC Medicine 17: 230.
    """
    seen = np.flatnonzero(outcomes.observed)
    target, odds = outcomes.positive[seen].astype(float), log_odds(probabilities[seen])
    if not _has_both(outcomes.positive[seen]):
        return _undefined
    estimate = _shift(odds, target)
    fitted = _expit(estimate + odds)
    columns = np.column_stack([target - fitted, fitted * (1 - fitted)])
    return sums_over(seen, columns, lambda sums: estimate + quotient(sums))


def expected_error(probabilities: Floats, outcomes: Outcomes) -> Statistic:
    """Expected calibration error: distance of probability from share, averaged over bins, in [0, 1].

    Bins hold about as many rows each, those of one probability together. Chance keeps it above
    0 even where every probability is right; `error_by_chance` says how far.

    References
    ----------
    Naeini, Cooper & Hauskrecht (2015), AAAI; Kumar, Liang & Ma (2019), "Verified uncertainty
    calibration", NeurIPS, for its bias.
    """
    seen = np.flatnonzero(outcomes.observed)
    bins = bins_of_equal_mass(probabilities[seen]).astype(np.int8)
    excess = probabilities[seen] - outcomes.positive[seen]
    by_bin = grouped_sums_over(seen, np.column_stack([excess, np.ones(len(seen))]), bins, BINS)

    def statistic(weights: Weights) -> Floats:
        distance, rows = by_bin(weights).swapaxes(0, 1)
        return divide(np.abs(distance).sum(axis=0), rows.sum(axis=0))

    return statistic


def error_by_chance(probabilities: Floats, outcomes: Outcomes) -> float:
    """Expected calibration error of these rows if every probability were right; NaN without rows.

    In each bin the distance is that of a sum of independent draws from its expectation, taken as
    normal: its mean is sqrt(2 V / pi), where V is the sum of p (1 - p).
    """
    seen = probabilities[outcomes.observed]
    if not len(seen):
        return float("nan")
    variance = np.bincount(bins_of_equal_mass(seen), weights=seen * (1 - seen), minlength=BINS)
    return float(np.sqrt(2 * variance / np.pi).sum() / len(seen))


def bins_of_equal_mass(probabilities: Floats) -> Ints:
    """Bin of each row, 0 … `BINS` - 1, by tenths of the rows; one probability is in one bin."""
    if not len(probabilities):
        return np.empty(0, dtype=np.int64)
    edges = np.quantile(probabilities, np.arange(1, BINS) / BINS)
    return np.searchsorted(edges, probabilities, side="left").astype(np.int64)


def _undefined(weights: Weights) -> Floats:
    return np.full(weights.shape[1], np.nan)


def _has_both(positive: Bools) -> bool:
    return bool(positive.any() and not positive.all())


def _expit(odds: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(odds, -30, 30)))


def _shift(odds: Floats, target: Floats) -> float:
    """Shift of the log odds at which as many are expected as came true, by bisection."""
    low, high = -60.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2
        if _expit(middle + odds).sum() < target.sum():
            low = middle
        else:
            high = middle
    return (low + high) / 2
