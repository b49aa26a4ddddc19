"""Intervals and tests for rates, each with its source; counts in, no data."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, exp, hypot, log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from governance.fairness.counts import Counts

_NORMAL = NormalDist()
_Z95 = _NORMAL.inv_cdf(0.975)
_POWER = 0.8


@dataclass(frozen=True)
class Interval:
    """A value with the limits of its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(
    successes: float, trials: float, design_effect: float = 1.0, *, quantile: float = _Z95
) -> Interval:
    """Share of `trials` that succeeded, in [0, 1], with Wilson's 95 % interval.

    Parameters
    ----------
    successes, trials : float
        Counts, 0 ≤ successes ≤ trials and trials > 0.
    design_effect : float
        How many times wider the variance is than that of independent trials;
        the interval is taken at `trials / design_effect`.
    quantile : float
        Of the normal distribution, in standard deviations; that of 95 % if not given.

    References
    ----------
    Wilson 1927, Journal of the American Statistical Association 22, 209-212.
    Korn & Graubard 1998, Survey Methodology 24, 193-201, for the effective sample size.
    """
    share, size = successes / trials, trials / design_effect
    shrink = 1 + quantile**2 / size
    centre = (share + quantile**2 / (2 * size)) / shrink
    half = quantile / shrink * sqrt(share * (1 - share) / size + quantile**2 / (4 * size**2))
    return Interval(share, max(0.0, centre - half), min(1.0, centre + half))


def difference(first: Interval, second: Interval) -> Interval:
    """First less second with the 95 % interval that theirs give: each side's reach, squared and added.

    Where both hold with few successes, as Wilson's do, so does this. The two are taken as independent:
    where they share rows it is wider than it need be.

    References
    ----------
    Newcombe 1998, Statistics in Medicine 17, 873-890 (method 10).
    Zou & Donner 2008, Statistics in Medicine 27, 1693-1702, for estimates other than shares.
    """
    down = hypot(first.value - first.low, second.high - second.value)
    up = hypot(first.high - first.value, second.value - second.low)
    value = first.value - second.value
    return Interval(value, value - down, value + up)


@dataclass(frozen=True)
class Ratio:
    """Ratio of two rates with its 95 % interval, and the p-value of their being equal."""

    value: float
    low: float
    high: float
    p_value: float


def ratio_of_rates(
    successes: float,
    trials: float,
    reference_successes: float,
    reference_trials: float,
    design_effects: tuple[float, float] = (1.0, 1.0),
) -> Ratio | None:
    """Rate over reference rate with the 95 % interval of its logarithm; None where the reference is 0.

    Where either rate is exactly 0 or 1 the interval, and only the interval, is
    taken with half a success added to both and one trial to both, since the
    logarithm or its variance would otherwise vanish. The p-value is that of the pooled rate.

    References
    ----------
    Katz, Baptista, Azen & Pike 1978, Biometrics 34, 469-474 (the log interval).
    Walter 1975, Biometrika 62, 371-374 (the added half).
    """
    if reference_successes == 0:
        return None
    value = (successes / trials) / (reference_successes / reference_trials)
    mine, theirs = (successes, trials), (reference_successes, reference_trials)
    if any(x in {0, n} for x, n in (mine, theirs)):
        mine, theirs = ((x + 0.5, n + 1) for x, n in (mine, theirs))
    variance = sum(
        effect * (1 / x - 1 / n)
        for (x, n), effect in zip((mine, theirs), design_effects, strict=True)
    )
    centre, spread = log((mine[0] / mine[1]) / (theirs[0] / theirs[1])), sqrt(variance)
    p_value = _equal_rates(
        (successes, trials), (reference_successes, reference_trials), design_effects
    )
    return Ratio(value, exp(centre - _Z95 * spread), exp(centre + _Z95 * spread), p_value)


def _equal_rates(
    mine: tuple[float, float], theirs: tuple[float, float], effects: tuple[float, float]
) -> float:
    """Two-sided p-value of two rates' being equal, at the pooled rate and corrected for continuity.

    The logarithm's own test finds too much where one of the two is small, many times in a report.

    References
    ----------
    Yates 1934, Supplement to the Journal of the Royal Statistical Society 1, 217-235.
    """
    (x, n), (y, m) = mine, theirs
    pooled = (x + y) / (n + m)
    sizes = effects[0] / n + effects[1] / m
    apart = max(0.0, abs(x / n - y / m) - sizes / 2)
    spread = sqrt(pooled * (1 - pooled) * sizes)
    return erfc(apart / spread / sqrt(2)) if spread else 1.0


def smallest_detectable_gap(
    successes: float,
    trials: float,
    reference_successes: float,
    reference_trials: float,
    design_effects: tuple[float, float] = (1.0, 1.0),
) -> float:
    """Smallest true difference of two rates that numbers this large would show 4 times in 5.

    Two-sided at 5 %, at the pooled rate; in [0, 1] as a difference of shares.

    References
    ----------
    Fleiss, Levin & Paik 2003, *Statistical Methods for Rates and Proportions*, ch. 4.
    """
    pooled = (successes + reference_successes + 0.5) / (trials + reference_trials + 1)
    sizes = design_effects[0] / trials + design_effects[1] / reference_trials
    return min(1.0, (_Z95 + _NORMAL.inv_cdf(_POWER)) * sqrt(pooled * (1 - pooled) * sizes))


def design_effects(above: Counts, below: Counts, group: Counts, groups: int) -> NDArray[np.float64]:
    """Variance of each group's rate with entities kept whole, over that of independent rows.

    At least 1. The variance is the linearised one, which the bootstrap over
    entities approaches as its replicates grow; it needs no seed.

    Parameters
    ----------
    above, below : int64 array, shape (clusters,)
        Rows of each cluster above and below the line of the rate; a cluster is
        the rows of one entity in one group.
    group : int64 array, shape (clusters,)
        The cluster's group, from 0.
    groups : int
        How many groups there are.

    Returns
    -------
    float64 array, shape (groups,)

    References
    ----------
    Cochran 1977, *Sampling Techniques*, 3rd ed., ch. 6 and 11 (ratio to size).
    """
    rows, counted = (np.bincount(group, weights=w, minlength=groups) for w in (below, above))
    clusters = np.bincount(group, weights=below > 0, minlength=groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = counted / rows
        residuals = above - rate[group] * below
        spread = np.bincount(group, weights=residuals**2, minlength=groups)
        effect = clusters / (clusters - 1) * spread / rows / (rate * (1 - rate))
        whole = rows / clusters  # all alike or one cluster: as if its rows were copies
    bare = (clusters <= 1) | (counted == 0) | (counted == rows)
    found: NDArray[np.float64] = np.nan_to_num(np.where(bare, whole, effect), nan=1.0)
    return np.fmax(found, 1.0)


def false_discovery_adjusted(p_values: Sequence[float]) -> NDArray[np.float64]:
    """Adjusted p-values: calling those below q leaves a share of at most q false, in expectation.

    References
    ----------
    Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57, 289-300.
    """
    given = np.asarray(p_values, dtype=float)
    order = np.argsort(given)
    scaled = given[order] * len(given) / np.arange(1, len(given) + 1)
    adjusted = np.empty_like(given)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(scaled[::-1])[::-1])
    return adjusted
