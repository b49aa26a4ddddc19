"""Difference of two shares counted in pairs, with its interval."""

from math import sqrt
from statistics import NormalDist

from governance.fairness.intervals import Interval

_Z95 = NormalDist().inv_cdf(0.975)


def paired_difference(only_first: float, only_second: float, pairs: float) -> Interval:
    """Share of pairs whose first is so, less that whose second is, with its 95 % interval.

    The interval is Wald's after half a pair is added to each of the four cells, which holds where
    few pairs disagree.

    Parameters
    ----------
    only_first, only_second, pairs : float
        Pairs of which only the first, and only the second, is so; and all pairs, more than none.

    References
    ----------
    Agresti & Min 2005, Statistics in Medicine 24, 729-740.
    """
    first, second, size = only_first + 0.5, only_second + 0.5, pairs + 2
    centre = (first - second) / size
    reach = _Z95 * sqrt(first + second - (first - second) ** 2 / size) / size
    value = (only_first - only_second) / pairs
    return Interval(value, max(-1.0, centre - reach), min(1.0, centre + reach))
