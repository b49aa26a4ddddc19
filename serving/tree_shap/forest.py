"""Trees laid out flat for the compiled loops: all that does not depend on the row is worked out here."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from serving.tree_shap.model_text import Tree, UncoveredModelError, cover_below, read_trees

LANES = (4, 8, 16, 32)
"""Numbers of quadrature points that loops are compiled for; n points serve paths of 2·n features."""

# Columns of `numbers`, a row for each inner node. A cover share is a node's training rows over its
# parent's; a feature's share is the product of those of all its splits on the path.
THRESHOLD, LEFT_SHARE, RIGHT_SHARE, SHARE_BEFORE, LEFT_COVER, RIGHT_COVER = range(6)
# Columns of `places`. EARLIER is the slot of the edge below the last split on the same feature.
COLUMN, DEFAULT_LEFT, LEFT, RIGHT, EARLIER, FEATURE, FIRST_WORD, WORDS = range(8)
WIDTH = 8
"""Columns of both tables: a node is one or two cache lines."""


@dataclass(frozen=True)
class Group:
    """Trees that need the same number of points, their nodes parents first, one tree after another.

    Tree t has the nodes `starts[t]` to `starts[t + 1]` and the leaf values from `starts[t] + t` on.
    Its slots, which LEFT and RIGHT name, are its n nodes and then its n + 1 leaves. Edge slots, which
    EARLIER names, are 0 for no edge, 2·k + 1 and 2·k + 2 for the left and right edge of its node k.
    """

    points: int
    starts: NDArray[np.int64]
    numbers: NDArray[np.float64]
    places: NDArray[np.int32]
    leaves: NDArray[np.float64]
    category_starts: NDArray[np.int64]
    category_nodes: NDArray[np.int64]
    categories: NDArray[np.uint32]

    @property
    def most_slots(self) -> int:
        """Slots of the largest tree."""
        return 2 * int(np.diff(self.starts).max()) + 1


@dataclass(frozen=True)
class Forest:
    """A model for the loops; `base_value` is its expected score by covers, in the score's own unit."""

    features: int
    base_value: float
    groups: tuple[Group, ...]


@dataclass
class _Flat:
    """One tree on its way into a group."""

    numbers: NDArray[np.float64]
    places: NDArray[np.int32]
    leaves: list[float] = field(default_factory=list)
    base_value: float = 0.0
    most_features: int = 0


@dataclass(frozen=True)
class _Step:
    """A node met on the way down: its share of all rows, and each feature's last edge and share."""

    node: int
    reached_by: tuple[int, int] | None
    rows: float
    path: dict[int, tuple[int, float]]


def read_forest(text: str) -> Forest:
    """Forest of LightGBM's native text.

    Raises
    ------
    UncoveredModelError
        If the model uses what the kernel does not cover; see `read_trees`.
    """
    features, trees = read_trees(text)
    grown = [tree for tree in trees if len(tree.leaf_value) > 1]
    flat = [_flatten(tree, features) for tree in grown]
    groups = []
    for lanes, fewer in zip(LANES, (0, *LANES), strict=False):
        own = [i for i, f in enumerate(flat) if 2 * fewer < f.most_features <= 2 * lanes]
        if own:
            groups.append(_group(lanes, [flat[i] for i in own], [grown[i] for i in own]))
    if any(f.most_features > 2 * LANES[-1] for f in flat):
        raise UncoveredModelError(f"a path has more than {2 * LANES[-1]} features")
    stumps = sum(float(tree.leaf_value[0]) for tree in trees if len(tree.leaf_value) == 1)
    return Forest(features, stumps + sum(f.base_value for f in flat), tuple(groups))


def _flatten(tree: Tree, features: int) -> _Flat:
    """One tree, parents before their children."""
    nodes = len(tree.feature)
    flat = _Flat(np.zeros((nodes, WIDTH)), np.zeros((nodes, WIDTH), np.int32))
    shares = _cover_shares(tree)
    waiting, placed = [_Step(0, None, 1.0, {})], 0
    while waiting:
        step = waiting.pop()
        k, placed = placed, placed + 1
        if step.reached_by is not None:
            flat.places[step.reached_by] = k
        feature = int(tree.feature[step.node])
        earlier, share = step.path.get(feature, (0, 1.0))
        flat.numbers[k, [THRESHOLD, SHARE_BEFORE]] = tree.threshold[step.node], share
        flat.places[k, [EARLIER, FEATURE]] = earlier, feature
        _place_split(flat, k, tree, step.node, features)
        flat.most_features = max(flat.most_features, len(step.path) + (earlier == 0))
        for side in (0, 1):
            cover, child = float(shares[step.node, side]), int(tree.children[step.node, side])
            flat.numbers[k, [LEFT_COVER + side, LEFT_SHARE + side]] = cover, share * cover
            if child >= 0:
                path = {**step.path, feature: (2 * k + 1 + side, share * cover)}
                waiting.append(_Step(child, (k, LEFT + side), step.rows * cover, path))
            else:
                flat.places[k, LEFT + side] = nodes + len(flat.leaves)
                flat.leaves.append(float(tree.leaf_value[~child]))
                flat.base_value += step.rows * cover * flat.leaves[-1]
    return flat


def _cover_shares(tree: Tree) -> NDArray[np.float64]:
    """Share of each node's training rows that went left and right; halves where there were none."""
    below = np.stack([cover_below(tree, child) for child in tree.children.T], axis=1)
    cover = tree.cover[:, None]
    return np.asarray(np.divide(below, cover, out=np.full(below.shape, 0.5), where=cover > 0))


def _place_split(flat: _Flat, k: int, tree: Tree, node: int, features: int) -> None:
    """Which column of a prepared row a split reads, and the words of its categories.

    A prepared row holds the features three times: for each way that a split may see a missing value.
    """
    way = 2 if tree.is_categorical[node] else int(tree.missing[node])
    flat.places[k, COLUMN] = way * features + tree.feature[node]
    if tree.is_categorical[node]:
        first, end = tree.category_bounds[int(tree.threshold[node]) :][:2]
        flat.places[k, [FIRST_WORD, WORDS]] = first, end - first
    else:
        flat.places[k, DEFAULT_LEFT] = tree.default_left[node]


def _group(points: int, flat: Sequence[_Flat], trees: Sequence[Tree]) -> Group:
    """Flat trees put end to end."""
    words = np.cumsum([0, *(len(tree.categories) for tree in trees)])
    for one, first in zip(flat, words, strict=False):
        one.places[:, FIRST_WORD] += np.int32(first)
    starts = np.cumsum([0, *(len(one.places) for one in flat)])
    places = np.concatenate([one.places for one in flat])
    categorical = np.flatnonzero(places[:, WORDS])
    return Group(
        points=points,
        starts=starts.astype(np.int64),
        numbers=np.concatenate([one.numbers for one in flat]),
        places=places,
        leaves=np.concatenate([one.leaves for one in flat]),
        category_starts=np.searchsorted(categorical, starts).astype(np.int64),
        category_nodes=categorical.astype(np.int64),
        categories=np.concatenate([tree.categories for tree in trees]),
    )
