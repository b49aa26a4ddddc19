"""Outcome counts of a group: who was selected against what later happened."""

from collections.abc import Mapping
from itertools import product
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

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

KNOWN = np.array([1, 1, 0, 1, 1, 0], dtype=np.int64)
"""Cells of which somebody looked."""
