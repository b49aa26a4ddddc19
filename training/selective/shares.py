"""Shares among a few rows of entities that may come again, with an interval that holds with few."""

import numpy as np

from governance.fairness.intervals import Interval, design_effects, wilson
from training.figures.ranking import Bools, Ints


def share_among(entities: Ints, above: Bools, below: Bools) -> Interval:
    """Share of the rows `below` that are `above`, with Wilson's interval of what its entities are worth.

    Parameters
    ----------
    entities
        Shape (n,); number of each row's entity.
    above, below
        Shape (n,); some of `below` must be true.
    """
    some, codes = np.unique(entities[below], return_inverse=True)
    found = np.bincount(codes, weights=above[below]).astype(np.int64)
    rows = np.bincount(codes).astype(np.int64)
    (effect,) = design_effects(found, rows, np.zeros(len(some), dtype=np.int64), 1)
    return wilson(float(found.sum()), float(rows.sum()), float(effect))
