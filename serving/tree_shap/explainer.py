"""TreeSHAP of one model: its forest, the compiled loops, and rows shared among threads."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearth.cores import core_count
from serving.tree_shap.forest import Forest, Group, read_forest
from serving.tree_shap.machine_code import Explain, MachineCode
from serving.tree_shap.model_text import UncoveredModelError

Matrix = NDArray[np.float64]
_ROWS_WORTH_THREADS = 512
"""Below it a thread takes longer to start than it saves."""

_ALIGNED = 8  # float64 in a cache line


@dataclass(frozen=True)
class _Pass:
    """One group's call: what is the same for every row, as addresses of arrays that are kept."""

    explain: Explain
    addresses: tuple[int, ...]
    points: int
    most_slots: int
    kept: tuple[NDArray[Any], ...]

    @classmethod
    def of(cls, group: Group, explain: Explain) -> "_Pass":
        points, weights = np.polynomial.legendre.leggauss(group.points)
        tree = (group.numbers, group.places, group.leaves)
        category = (group.category_starts, group.category_nodes, group.categories)
        kept = (group.starts, *tree, *category, (points + 1) / 2, weights / 2)
        starts, *others = (array.ctypes.data for array in kept)
        addresses = (starts, len(group.starts) - 1, *others)
        return cls(explain, addresses, group.points, group.most_slots, kept)

    def add_to(self, found: Matrix, rows: Matrix) -> None:
        """Add this group's contributions to those of each row."""
        count, features = rows.shape
        slots = self.most_slots * self.points
        sizes = [-(-size // _ALIGNED) * _ALIGNED for size in (3 * features, slots, slots)]
        scratch = np.empty(sum(sizes) + features * self.points + _ALIGNED)
        start = -(-scratch.ctypes.data // 64) * 64
        places = [start + 8 * sum(sizes[:i]) for i in range(4)]
        edges = np.empty(self.most_slots, np.uint8)
        self.explain(
            *(rows.ctypes.data, count, features),
            *self.addresses,
            *places,
            edges.ctypes.data,
            found.ctypes.data,
        )


class TreeShap:
    """Exact TreeSHAP contributions of a model's rows, in the unit of its raw score.

    Parameters
    ----------
    forest
        The model's trees.
    code
        The compiled kernel.
    """

    def __init__(self, forest: Forest, code: MachineCode) -> None:
        self._forest = forest
        self._code = code
        self._passes = [_Pass.of(group, code.explain[group.points]) for group in forest.groups]

    def contributions(self, rows: Matrix) -> Matrix:
        """What each feature adds and, last, the base value, shape (rows, features + 1).

        Parameters
        ----------
        rows
            Encoded rows, shape (rows, features); NaN is missing, categories are codes.
        """
        given = np.ascontiguousarray(rows, dtype=np.float64)
        if given.ndim != 2 or given.shape[1] != self._forest.features:  # noqa: PLR2004 - a matrix
            raise ValueError(f"rows must have {self._forest.features} columns")
        found = np.zeros((len(given), self._forest.features + 1))
        found[:, -1] = self._forest.base_value
        if len(given) < _ROWS_WORTH_THREADS:
            self._add(found, given)
            return found
        threads = core_count()
        parts = np.linspace(0, len(given), threads + 1).astype(int)
        with ThreadPoolExecutor(threads) as pool:
            spans = [slice(*span) for span in pairwise(parts)]
            list(pool.map(lambda span: self._add(found[span], given[span]), spans))
        return found

    def _add(self, found: Matrix, rows: Matrix) -> None:
        for one in self._passes:
            one.add_to(found, rows)


def explainer_of(text: str, code: MachineCode) -> TreeShap | None:
    """TreeSHAP of a model in LightGBM's native text; None where LightGBM's own has to do.

    It has to where the model uses what the kernel does not cover, or is written in a way unknown here.
    """
    try:
        return TreeShap(read_forest(text), code)
    except (UncoveredModelError, KeyError, ValueError, IndexError):
        return None
