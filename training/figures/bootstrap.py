"""Resampling of entities: how far a figure could move if other people had been in the data.

To add a figure, write a function that takes what it needs of the rows (scores, outcomes) and gives
a `Statistic`. Where it is a function of sums over rows, `sums_over` adds them up; where it goes down
a ranking, a loop in `training.figures.loops` does. Either costs about a second for 1,000 replicates of a
million rows; numpy on the weights works as well, and costs a hundred.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from features.point_in_time.partitions import in_parallel
from hearth.cores import core_count
from training.figures import loops
from training.figures.ranking import Floats, Ints

REPLICATES = 1_000
"""Enough for 95 % percentile intervals (Efron & Tibshirani 1993, ch. 13)."""

_AT_ONCE = 32
"""Replicates drawn and judged together: a row's weights fill half a line of the processor's cache."""

Key = TypeVar("Key", bound=Hashable)

Weights = npt.NDArray[np.uint8] | Floats
"""How often each row is drawn in each replicate, shape (rows, replicates); shares where it counts
by a weight of its own besides."""

Statistic = Callable[[Weights], Floats]
"""Weights to a figure per replicate, NaN where undefined."""


def each_once(rows: int) -> Weights:
    """Weights of the data as they are: what a plain estimate is of."""
    return np.ones((rows, 1), dtype=np.uint8)


def entity_weights(entity_codes: Ints, first: int, many: int, *, seed: int = 0) -> Weights:
    """How often each row is drawn in replicates `first` to `first + many`.

    Entities are drawn, not rows: all rows of an entity are drawn together, because the same
    family in two years is not two families (the clustered bootstrap).

    Parameters
    ----------
    entity_codes
        Shape (n,); the entity of each row as 0 … m - 1.
    first, many
        Which replicates; each has draws of its own, however they are taken together.
    seed
        The same seed gives the same draws.

    Returns
    -------
    array of shape (n, many)
        Each replicate draws m entities with replacement.

    References
    ----------
    Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    entities = int(entity_codes.max(initial=-1)) + 1
    counts = np.empty((entities, many), dtype=np.uint8)
    loops.draw(counts, seed, first)
    is_one_row_each = np.array_equal(entity_codes, np.arange(entities))
    return counts if is_one_row_each else np.take(counts, entity_codes, axis=0)


def replicate(
    statistics: Mapping[Key, Statistic],
    entity_codes: Ints,
    *,
    replicates: int = REPLICATES,
    seed: int = 0,
) -> dict[Key, Floats]:
    """Every statistic on the same draws, so that differences between them are paired.

    Returns
    -------
    dict of key to array of shape (replicates,)
    """
    starts = range(0, replicates, _AT_ONCE)

    def judge(place: int) -> list[Floats]:
        many = min(_AT_ONCE, replicates - starts[place])
        weights = entity_weights(entity_codes, starts[place], many, seed=seed)
        return [statistic(weights) for statistic in statistics.values()]

    parts = list(in_parallel(judge, range(len(starts)), workers=core_count()))
    values = [np.concatenate(found) for found in zip(*parts, strict=True)]
    return dict(zip(statistics, values or [np.empty(0)] * len(statistics), strict=True))


def sums_over(rows: Ints, columns: Floats, figure: Callable[[Floats], Floats]) -> Statistic:
    """Statistic of the sums of some columns over the rows drawn.

    Parameters
    ----------
    rows
        Shape (n,); which rows count.
    columns
        Shape (n, k); their values.
    figure
        From sums, shape (k, replicates), to a figure per replicate.
    """
    sums = grouped_sums_over(rows, columns, np.zeros(len(rows), dtype=np.int8), 1)
    return lambda weights: figure(sums(weights)[0])


def grouped_sums_over(
    rows: Ints, columns: Floats, group: npt.NDArray[np.int8], groups: int
) -> Callable[[Weights], Floats]:
    """From weights to sums of columns over the rows drawn of each group, (groups, k, replicates)."""
    columns = np.ascontiguousarray(columns, dtype=np.float64)
    return lambda weights: loops.sums(weights, rows, columns, group, groups)


def interval(
    values: npt.NDArray[np.float64], *, level: float = 0.95, defined_at_least: float = 0.95
) -> tuple[float, float] | None:
    """Percentile interval of replicates, or None where the data are too thin to say.

    Parameters
    ----------
    values
        Shape (replicates,); NaN where the figure was undefined in a replicate.
    level
        Share of the replicates inside, in (0, 1).
    defined_at_least
        Share of the replicates in which the figure must exist.
    """
    defined = values[np.isfinite(values)]
    if len(defined) < max(1.0, defined_at_least * len(values)):
        return None
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
