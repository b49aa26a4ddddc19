"""Resampling of printed counts: intervals of figures that no formula reaches.

Rates have Wilson's interval, ratios of two rates the logarithm's, differences of two rates
Newcombe's. The widest gap among many groups and a ratio of ratios have none of these.

Drawing rows with replacement and counting groups, outcomes and selections among them is the same as
drawing those counts from a multinomial with the shares seen: what is drawn does not depend on the
number of rows. Where rows repeat an entity, counts are first divided by the rate's design effect, so
that a group weighs as many rows as its entities are worth; it widens intervals as a bootstrap over
whole entities would. Counts that are withheld never come in: only printed groups are drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.disclosure.control import ProtectedCounts
from governance.fairness.counts import CELLS, Counts
from governance.fairness.groups import GroupTable, Rate
from governance.fairness.intervals import Interval
from governance.fairness.policy import Metric

Floats = NDArray[np.float64]
REPLICATES = 1000
_SEED = 20_260_401  # fixed, so that the same counts always give the same interval
_LIMITS = (0.025, 0.975)


@dataclass(frozen=True)
class WidestGap:
    """Highest less lowest rate among a table's groups, as a difference of shares.

    Attributes
    ----------
    gap : Interval
    by_chance : float
        What chance alone would give on average, were all these groups' rates one: never 0, and the
        more the more groups there are and the smaller they are.
    """

    highest: str
    lowest: str
    gap: Interval
    by_chance: float


def resampled(
    counts: Floats | Counts, *, replicates: int = REPLICATES, seed: int = _SEED
) -> Counts:
    """Counts of `replicates` samples drawn with replacement from rows counted so.

    Parameters
    ----------
    counts : array, shape (groups, 6)
        In the order of `CELLS`; effective counts need not be whole.
    replicates, seed : int

    Returns
    -------
    int64 array, shape (replicates, groups, 6)

    References
    ----------
    Efron 1979, Annals of Statistics 7, 1-26: of categories, the bootstrap is the multinomial.
    """
    weights = np.asarray(counts, dtype=np.float64)
    total = weights.sum()
    shares = weights.ravel() / total
    drawn = np.random.default_rng(seed).multinomial(round(total), shares, size=replicates)
    return drawn.reshape(replicates, *weights.shape).astype(np.int64, copy=False)


def rates_of(samples: Counts, metric: Metric) -> Floats:
    """Rate of each group in each sample, shape (replicates, groups); NaN where there is no one."""
    above, below = samples @ metric.above, samples @ metric.below
    rates: Floats = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return rates


def widest_gap(table: GroupTable, metric: Metric) -> WidestGap | None:
    """Widest gap among the groups whose counts are printed; None of fewer than two."""
    rows = [row for row in table.rows if row.rates[metric.name].interval and row.counts.is_complete]
    if len(rows) < 2:  # noqa: PLR2004 one group has no gap
        return None
    counts = _effective([(row.counts, row.rates[metric.name]) for row in rows])
    rates = counts @ metric.above / (counts @ metric.below)
    seen = rates_of(resampled(counts), metric)
    level = float((counts @ metric.above).sum() / (counts @ metric.below).sum())
    alike = _alike(counts @ metric.below, level)
    high, low = int(rates.argmax()), int(rates.argmin())
    return WidestGap(
        rows[high].group,
        rows[low].group,
        _percentiles(float(rates[high] - rates[low]), np.ptp(seen, axis=1)),
        float(np.nanmean(np.ptp(alike, axis=1))),
    )


def ratio_of_ratios(
    metric: Metric,
    gap: Sequence[tuple[ProtectedCounts, Rate]],
    other: Sequence[tuple[ProtectedCounts, Rate]],
) -> Interval | None:
    """Ratio of one gap to another: (a over b) over (c over d), with its interval.

    Parameters
    ----------
    metric : Metric
    gap, other : sequences of two (counts, rate)
        Group and reference, here and there; four groups of nobody in common.
    """
    parts = [*gap, *other]
    if any(rate.interval is None or not counts.is_complete for counts, rate in parts):
        return None
    counts = _effective(parts)
    a, b, c, d = counts @ metric.above / (counts @ metric.below)
    if not (a and b and c and d):
        return None
    samples = resampled(counts)
    # Half a case added to each, so that a sample without any has a ratio all the same (Walter 1975).
    rates = (samples @ metric.above + 0.5) / (samples @ metric.below + 1)
    ratios = rates[:, 0] * rates[:, 3] / (rates[:, 1] * rates[:, 2])
    return _percentiles(float(a * d / (b * c)), ratios)


def widest_gaps(
    tables: Mapping[str, GroupTable], metrics: Sequence[Metric]
) -> dict[str, dict[str, WidestGap]]:
    """Widest gaps by attribute and metric, where they can be printed."""
    return {
        name: {
            metric.name: found
            for metric in metrics
            if (found := widest_gap(table, metric)) is not None
        }
        for name, table in tables.items()
    }


def _effective(groups: Sequence[tuple[ProtectedCounts, Rate]]) -> Floats:
    """Printed counts over the rate's design effect, shape (groups, 6)."""
    return np.array(
        [
            [(counts.exact(cell) or 0) / rate.design_effect for cell in CELLS]
            for counts, rate in groups
        ],
        dtype=np.float64,
    )


def _alike(below: Floats, level: float) -> Floats:
    """Rates drawn for groups of these sizes as if one rate held for all."""
    sizes = np.maximum(1, np.round(below)).astype(np.int64)
    drawn = np.random.default_rng(_SEED).binomial(sizes, level, size=(REPLICATES, len(sizes)))
    rates: Floats = drawn / sizes
    return rates


def _percentiles(value: float, samples: Floats) -> Interval:
    low, high = np.nanquantile(samples, _LIMITS)
    return Interval(value, float(low), float(high))
