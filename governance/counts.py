"""Outcome counts of a group: who was selected against what later happened."""

from collections.abc import Mapping, Sequence
from itertools import product
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

Counts = NDArray[np.int64]
"""Counts in the order of `CELLS`; shape (6,) for one group, (groups, 6) for a table."""

CELLS = ("tp", "fp", "selected_unknown", "fn", "tn", "unselected_unknown")
"""Selected then not selected; within each: outcome happened, did not, nobody looked."""

_SELECTION = {"selected": (1, 0), "unselected": (0, 1), "all": (1, 1)}
_OUTCOME = {
    "positives": (1, 0, 0),
    "negatives": (0, 1, 0),
    "unknown": (0, 0, 1),
    "known": (1, 1, 0),
    "positives_or_unknown": (1, 0, 1),
    "negatives_or_unknown": (0, 1, 1),
    "all": (1, 1, 1),
}
_SHORT = {
    "all_all": "n",
    "selected_all": "selected",
    "unselected_all": "unselected",
    "selected_positives": "tp",
    "selected_negatives": "fp",
    "unselected_positives": "fn",
    "unselected_negatives": "tn",
}


def _name(selection: str, outcome: str) -> str:
    long = f"{selection}_{outcome}"
    return _SHORT.get(long, long.removeprefix("all_"))


SUMS: Mapping[str, Counts] = MappingProxyType(
    {
        _name(selection, outcome): np.outer(chosen, happened).ravel().astype(np.int64)
        for (selection, chosen), (outcome, happened) in product(
            _SELECTION.items(), _OUTCOME.items()
        )
    }
)
"""Every count a report could print about a group: name → which cells it adds up.

Each sum's complement within any larger sum is itself a sum, so protecting all of
them protects every n − x.
"""


def count_outcomes(
    selected: ArrayLike,
    happened: ArrayLike,
    observed: ArrayLike,
    groups: Sequence[object],
) -> tuple[list[str], Counts]:
    """Outcome counts of each group, the groups in alphabetical order.

    Parameters
    ----------
    selected : array of bool, shape (rows,)
        Whether the row is within capacity.
    happened : array of bool, shape (rows,)
        Whether the outcome happened; ignored where `observed` is false.
    observed : array of bool, shape (rows,)
        Whether anybody looked. Rows nobody looked at are never negatives.
    groups : sequence of str, length rows

    Returns
    -------
    tuple of list of str, int64 array of shape (groups, 6)
        Group names, and their counts in the order of `CELLS`.
    """
    names, codes = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    cells = outcome_cells(selected, happened, observed)
    counted = np.bincount(codes * len(CELLS) + cells, minlength=len(names) * len(CELLS))
    return [str(name) for name in names], counted.reshape(len(names), len(CELLS)).astype(np.int64)


def outcome_cells(selected: ArrayLike, happened: ArrayLike, observed: ArrayLike) -> Counts:
    """Index in `CELLS` of each row, shape (rows,)."""
    chosen = np.asarray(selected, dtype=bool)
    outcome = np.where(
        np.asarray(observed, dtype=bool),
        np.where(np.asarray(happened, dtype=bool), 0, 1),
        2,
    )
    return np.where(chosen, 0, 3).astype(np.int64) + outcome
