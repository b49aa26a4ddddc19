"""Raw scores of many rows by QuickScorer: every split is asked of 64 rows at once, and none is walked.

References
----------
Lucchese et al. (2015), QuickScorer: a fast algorithm to rank documents with additive ensembles of
regression trees, SIGIR; Lucchese et al. (2016), Exploiting CPU SIMD extensions to speed-up document
scoring with tree ensembles, SIGIR.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.tree_shap.forest import ROWS_AT_ONCE
from serving.tree_shap.machine_code import MachineCode
from serving.tree_shap.model_text import Tree, UncoveredModelError, read_trees
from serving.tree_shap.rows import in_threads

MOST_LEAVES = 64
"""Of a tree: as many as an integer has bits."""

_WORTH_A_THREAD = 500
"""Rows that take longer than waking a thread for them."""

_NODE = np.dtype(
    [("threshold", np.float64), ("column", np.int32), ("words", np.int32), ("right", np.uint64)]
)
"""A split: its threshold; twice its column of prepared rows, and one more if missing goes left; where
its categories are, -1 where it is by number; and all leaves but those on its left."""


class QuickScorer:
    """A model in LightGBM's native text.

    Raises
    ------
    UncoveredModelError
        If a tree has more than 64 leaves, or the model uses what `read_trees` does not cover.
    """

    def __init__(self, text: str, code: MachineCode) -> None:
        self._features, trees = read_trees(text)
        if any(len(tree.leaf_value) > MOST_LEAVES for tree in trees):
            raise UncoveredModelError(f"a tree has more than {MOST_LEAVES} leaves")
        self._words: list[int] = []
        laid = [self._lay(tree) for tree in trees]
        starts = np.cumsum([0, *(len(nodes) for nodes, _ in laid)]).astype(np.int64)
        nodes = np.concatenate([nodes for nodes, _ in laid])
        leaves = np.concatenate([leaves for _, leaves in laid])
        self._kept = (starts, nodes, nodes, nodes, np.array([*self._words, 0], np.uint32), leaves)
        self._given = (len(trees), *(array.ctypes.data for array in self._kept))
        self._code = code

    def __call__(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Raw score of each row, to the bit LightGBM's; shape (rows,) of (rows, features)."""
        given = np.ascontiguousarray(rows, dtype=np.float64)
        if given.ndim != 2 or given.shape[1] != self._features:  # noqa: PLR2004 - a matrix
            raise ValueError(f"rows must have {self._features} values")
        return np.concatenate(in_threads(self._scores, given, _WORTH_A_THREAD))

    def _scores(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        prepared = np.zeros((3 * self._features, ROWS_AT_ONCE))
        codes = np.zeros((self._features, ROWS_AT_ONCE), np.int32)
        left, totals = np.empty(ROWS_AT_ONCE, np.uint64), np.empty(ROWS_AT_ONCE)
        scores = np.empty(len(rows))
        scratch = (array.ctypes.data for array in (prepared, codes, left, totals))
        size = (rows.ctypes.data, len(rows), self._features)
        self._code.quick_scores(*size, *scratch, *self._given, scores.ctypes.data)
        return scores

    def _lay(self, tree: Tree) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """A tree's splits, and the values of its leaves from left to right."""
        nodes, leaves = np.zeros(len(tree.feature), _NODE), []
        waiting = [(0 if len(tree.feature) else -1, False)]
        while waiting:
            node, is_after_left = waiting.pop()
            if node < 0:
                leaves.append(float(tree.leaf_value[~node]))
            elif is_after_left:  # the leaves since its first are those on its left
                first = int(nodes["right"][node])
                on_left = (1 << len(leaves)) - (1 << first)
                nodes["right"][node] = ~on_left & (2**64 - 1)
            else:
                nodes["right"][node] = len(leaves)
                self._describe(nodes, tree, node)
                left, right = tree.children[node].tolist()
                waiting += [(right, False), (node, True), (left, False)]
        return nodes, np.array(leaves)

    def _describe(self, nodes: NDArray[Any], tree: Tree, node: int) -> None:
        feature = int(tree.feature[node])
        if tree.is_categorical[node]:
            first, end = tree.category_bounds[int(tree.threshold[node]) :][:2]
            nodes["column"][node], nodes["words"][node] = 2 * feature, len(self._words)
            self._words += [int(end - first), *tree.categories[first:end].tolist()]
        else:
            column = int(tree.missing[node]) * self._features + feature
            nodes["column"][node] = 2 * column + bool(tree.default_left[node])
            nodes["threshold"][node], nodes["words"][node] = tree.threshold[node], -1
