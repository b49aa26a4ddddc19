"""Resampling of entities: how far a figure could move if other people had been in the data."""

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from training.ranking import Floats, Ints

REPLICATES = 1_000
"""Enough for 95 % percentile intervals (Efron & Tibshirani 1993, ch. 13)."""

_CELLS_AT_ONCE = 4_000_000
"""Weights held in memory at once: 32 MB."""

Key = TypeVar("Key", bound=Hashable)

Statistic = Callable[[Floats], Floats]
"""Weights of shape (replicates, rows) to a figure per replicate, NaN where undefined."""


def entity_weights(
    entity_codes: Ints, *, replicates: int = REPLICATES, seed: int = 0
) -> Iterator[Floats]:
    """How often each row is drawn in each replicate, in chunks of replicates.

    Entities are drawn, not rows: all rows of an entity are drawn together, because the same
    family in two years is not two families (the clustered bootstrap).

    Parameters
    ----------
    entity_codes
        Shape (n,); the entity of each row as 0 … m - 1.
    replicates, seed
        The same seed gives the same draws.

    Yields
    ------
    array of shape (chunk, n), float64
        Whole numbers; each entity's weight has mean 1.

    References
    ----------
    Davison & Hinkley (1997), Bootstrap Methods and their Application, section 3.8.
    """
    random = np.random.default_rng(seed)
    rows = len(entity_codes)
    entities = int(entity_codes.max()) + 1 if rows else 0
    chunk = max(1, _CELLS_AT_ONCE // max(rows, 1))
    for start in range(0, replicates, chunk):
        size = min(chunk, replicates - start)
        weights = np.empty((size, rows))
        for row in range(size):
            drawn = np.bincount(random.integers(entities, size=entities), minlength=entities)
            weights[row] = drawn[entity_codes]
        yield weights


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
    parts: dict[Key, list[Floats]] = {name: [] for name in statistics}
    for weights in entity_weights(entity_codes, replicates=replicates, seed=seed):
        for name, statistic in statistics.items():
            parts[name].append(statistic(weights))
    return {
        name: np.concatenate(values) if values else np.empty(0) for name, values in parts.items()
    }


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
