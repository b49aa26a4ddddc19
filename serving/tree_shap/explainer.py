"""TreeSHAP of one model: its forest, the compiled loops, and rows shared among threads."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.tree_shap.forest import Forest, Group, read_forest
from serving.tree_shap.machine_code import Explain, MachineCode
from serving.tree_shap.model_text import UncoveredModelError
from serving.tree_shap.rows import in_threads

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]
_WORTH_A_THREAD = 256
"""Rows that take longer than waking a thread for them."""

_ALIGNED = 8  # float64 in a cache line


@dataclass(frozen=True)
class _Pass:
    """One group's call: what is the same for every row, as addresses of arrays that are kept.

    `places` are of what the loops write meanwhile, in bytes from where that begins, and `size` is how
    many numbers that takes.
    """

    explain: Explain
    addresses: tuple[int, ...]
    places: tuple[int, ...]
    size: int
    kept: tuple[NDArray[Any], ...]

    @classmethod
    def of(cls, group: Group, features: int, explain: Explain) -> "_Pass":
        points, weights = np.polynomial.legendre.leggauss(group.points)
        tree = (group.order, group.starts, group.nodes, group.nodes, group.leaves)
        category = (group.category_starts, group.category_nodes, group.categories)
        kept = (*tree, *category, (points + 1) / 2, weights / 2)
        slots = group.most_slots * group.points
        sizes = (3 * features, slots, slots, features * group.points, group.most_slots)
        ends = np.cumsum([-(-size // _ALIGNED) * _ALIGNED for size in sizes]).tolist()
        addresses = (len(group.order), *(array.ctypes.data for array in kept))
        return cls(explain, addresses, tuple(8 * end for end in (0, *ends[:-1])), ends[-1], kept)


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
        self._passes = [
            _Pass.of(group, forest.features, code.explain[group.points]) for group in forest.groups
        ]
        self._scratch = max((one.size for one in self._passes), default=0) + _ALIGNED
        self._nothing = np.append(np.zeros(forest.features), forest.base_value)

    def contributions(self, rows: Matrix) -> Matrix:
        """What each feature adds and, last, the base value, shape (rows, features + 1).

        Parameters
        ----------
        rows
            Encoded rows, shape (rows, features); NaN is missing, categories are codes.
        """
        return self.explained(rows)[1]

    def explained(self, rows: Matrix) -> tuple[Vector, Matrix]:
        """Raw scores, to the bit those of LightGBM, shape (rows,), and `contributions`."""
        given = np.ascontiguousarray(rows, dtype=np.float64)
        if given.ndim != 2 or given.shape[1] != self._forest.features:  # noqa: PLR2004 - a matrix
            raise ValueError(f"rows must have {self._forest.features} columns")
        parts = in_threads(self._explain, given, _WORTH_A_THREAD)
        if len(parts) == 1:
            return parts[0]
        scores, found = zip(*parts, strict=True)
        return np.concatenate(scores), np.concatenate(found)

    def _explain(self, rows: Matrix) -> tuple[Vector, Matrix]:
        count, features = rows.shape
        trees, width = len(self._forest.stumps), features + 1
        leaves_from = self._scratch + count * width
        memory = np.empty(
            leaves_from + count * trees
        )  # one piece: to ask for its address takes long
        found = memory[self._scratch : leaves_from].reshape(count, width)
        reached = memory[leaves_from:].reshape(count, trees)
        found[:], reached[:] = self._nothing, self._forest.stumps
        given, start = rows.ctypes.data, memory.ctypes.data
        after = start + 8 * self._scratch
        scratch = -(-start // 64) * 64
        for one in self._passes:
            one.explain(
                *(given, count, features),
                *one.addresses,
                *(scratch + place for place in one.places),
                *(after, start + 8 * leaves_from, trees),
            )
        # one leaf after the other, as LightGBM adds them
        return np.add.accumulate(reached, axis=1)[:, -1], found


def explainer_of(text: str, code: MachineCode) -> TreeShap | None:
    """TreeSHAP of a model in LightGBM's native text; None where LightGBM's own has to do.

    It has to where the model uses what the kernel does not cover, or is written in a way unknown here.
    """
    try:
        return TreeShap(read_forest(text), code)
    except (UncoveredModelError, KeyError, ValueError, IndexError):
        return None
