"""Raw scores of rows by the compiled loop, its trees laid out so that few cache lines are read.

LightGBM keeps each column of each tree in memory of its own, and a request, which comes when all else
has been through the caches, waits for each. Here a node is sixteen bytes, its left child comes right
after it, and the sum is taken in LightGBM's order, so that it is the same to the bit.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.tree_shap.machine_code import MachineCode, RawScores
from serving.tree_shap.model_text import Tree, read_trees
from serving.tree_shap.rows import in_threads

_WORTH_A_THREAD = 200
"""Rows that take longer than waking a thread for them."""


class Walk:
    """A model in LightGBM's native text, rows of it scored one after another.

    Raises
    ------
    UncoveredModelError
        If the model uses what the loop does not cover; see `read_trees`.
    """

    def __init__(self, text: str, code: MachineCode) -> None:
        self._features, trees = read_trees(text)
        laid = _Laid([], [], [], [])
        for tree in trees:
            laid.add(tree, self._features)
        self._kept = laid.arrays()
        roots, nodes, words = (array.ctypes.data for array in self._kept)
        self._trees, self._addresses = len(trees), (roots, nodes, nodes, words)
        self._code = code

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Raw score of each row; shape (rows,) of (rows, features)."""
        given = np.ascontiguousarray(rows, dtype=np.float64)
        if given.ndim != 2 or given.shape[1] != self._features:  # noqa: PLR2004 - a matrix
            raise ValueError(f"rows must have {self._features} values")
        if len(given) < 2 * _WORTH_A_THREAD:
            return self._scores(given, self._code.raw_score)
        score = partial(self._scores, by=self._code.raw_scores)
        return np.concatenate(in_threads(score, given, _WORTH_A_THREAD))

    def _scores(self, rows: NDArray[np.float64], by: RawScores) -> NDArray[np.float64]:
        scratch, scores = np.empty(3 * self._features + 2 * self._trees), np.empty(len(rows))
        prepared = scratch.ctypes.data
        at = prepared + 8 * 3 * self._features
        size = (rows.ctypes.data, len(rows), self._features)
        by(*size, prepared, at, self._trees, *self._addresses, scores.ctypes.data)
        return scores


@dataclass(frozen=True)
class _Laid:
    """Trees on their way into arrays.

    `values` has each split's threshold or leaf's value. `places` has two numbers for each: twice the
    column of a prepared row, and one more if missing goes left; and the right child, 0 at a leaf. A
    split by category has the negative of its right child, and in place of the threshold an int32, its
    place in `words`, which have its number of words and then those.
    """

    roots: list[int]
    values: list[float]
    places: list[list[int]]
    words: list[int]

    def add(self, tree: Tree, features: int) -> None:
        """Put a tree after the others, each left child right after its parent."""
        self.roots.append(len(self.values))
        waiting: list[tuple[int, int | None]] = [(0 if len(tree.feature) else -1, None)]
        while waiting:
            node, parent = waiting.pop()
            k = len(self.values)
            if parent is not None:
                self.places[parent][1] *= k
            if node < 0:
                self.values.append(float(tree.leaf_value[~node]))
                self.places.append([0, 0])
                continue
            left, right = tree.children[node].tolist()
            waiting += [(right, k), (left, None)]
            column = int(tree.feature[node])
            if tree.is_categorical[node]:
                first, end = tree.category_bounds[int(tree.threshold[node]) :][:2]
                self.values.append(len(self.words))
                self.words.extend([int(end - first), *tree.categories[first:end].tolist()])
                self.places.append([2 * (2 * features + column), -1])
            else:
                way = int(tree.missing[node]) * features
                self.values.append(float(tree.threshold[node]))
                self.places.append([2 * (way + column) + bool(tree.default_left[node]), 1])

    def arrays(self) -> tuple[NDArray[Any], ...]:
        """Roots, nodes of sixteen bytes each, and words."""
        nodes = np.zeros(len(self.values), [("value", np.float64), ("places", np.int32, 2)])
        nodes["value"], nodes["places"] = self.values, self.places
        by_category = nodes["places"][:, 1] < 0
        nodes.view(np.int32).reshape(-1, 4)[by_category, 0] = nodes["value"][by_category]
        return np.array(self.roots, np.int64), nodes, np.array([*self.words, 0], np.uint32)
