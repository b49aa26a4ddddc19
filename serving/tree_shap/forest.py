"""Trees laid out flat for the compiled loops: all that does not depend on the row is worked out here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from serving.tree_shap.model_text import Tree, UncoveredModelError, cover_below, read_trees

LANES = (8, 16, 32)
"""Numbers of quadrature points that loops are compiled for; n points serve paths of 2·n features."""

NODE = np.dtype(
    [
        ("threshold", np.float64),
        ("left_cover", np.float64),
        ("share_before", np.float64),
        ("column", np.int32),
        ("feature", np.int32),
        ("left", np.int32),
        ("right", np.int32),
        ("earlier", np.int32),
        ("words", np.int32),
    ]
)
"""An inner node, of which a request reads thousands: small, so that they stay in the processor's caches.

`left_cover` is the share of its training rows that went left; `share_before` the product of such
shares along the path's earlier splits on the same feature. `column` is twice the column of a
prepared row, and one more if missing goes left. `earlier` is the edge below the last split on the same
feature, `words` where a split by category finds its categories.
"""

ROWS_AT_ONCE = 64
"""Rows that QuickScorer asks side by side."""

# Where the loops find the fields: as float64 and as int32 from the node's first byte.
FLOATS, INTS = NODE.itemsize // 8, NODE.itemsize // 4
THRESHOLD, LEFT_COVER, SHARE_BEFORE = range(3)
COLUMN, FEATURE, LEFT, RIGHT, EARLIER, WORDS = range(6, 12)


@dataclass(frozen=True)
class Group:
    """Trees that need the same number of points, their nodes parents first, one tree after another.

    Tree t, which is the model's tree `order[t]`, has the nodes `starts[t]` to `starts[t + 1]` and the
    leaf values from `starts[t] + t` on. Its slots, which `left` and `right` of a node name, are its n
    nodes and then its n + 1 leaves. Edges, which `earlier` names, are 0 for none, 2·k + 1 and 2·k + 2
    for the left and right one of its node k. The categories of a split stand in `categories` as their
    number of words, and then those.
    """

    points: int
    order: NDArray[np.int64]
    starts: NDArray[np.int64]
    nodes: NDArray[Any]
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
    """A model for the loops; `base_value` is its expected score by covers, in the score's own unit.

    `stumps` has the value of each tree that is one leaf, and 0 in the place of every other.
    """

    features: int
    base_value: float
    stumps: NDArray[np.float64]
    groups: tuple[Group, ...]


@dataclass
class _Flat:
    """One tree on its way into a group."""

    nodes: NDArray[Any]
    by_category: NDArray[np.bool_]
    categories: list[int] = field(default_factory=list)
    leaves: list[float] = field(default_factory=list)
    base_value: float = 0.0
    most_features: int = 0


@dataclass(frozen=True)
class _Step:
    """A node met on the way down: its share of all rows, and each feature's last edge and share."""

    node: int
    reached_by: tuple[int, str] | None
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
    stumps = np.array([tree.leaf_value[0] if len(tree.leaf_value) == 1 else 0.0 for tree in trees])
    flat = {i: _flatten(tree, features) for i, tree in enumerate(trees) if len(tree.leaf_value) > 1}
    groups = []
    for lanes, fewer in zip(LANES, (0, *LANES), strict=False):
        own = {i: f for i, f in flat.items() if 2 * fewer < f.most_features <= 2 * lanes}
        if own:
            groups.append(_group(lanes, own))
    if any(f.most_features > 2 * LANES[-1] for f in flat.values()):
        raise UncoveredModelError(f"a path has more than {2 * LANES[-1]} features")
    base_value = float(stumps.sum()) + sum(f.base_value for f in flat.values())
    return Forest(features, base_value, stumps, tuple(groups))


def _flatten(tree: Tree, features: int) -> _Flat:
    """One tree, parents before their children."""
    count = len(tree.feature)
    flat = _Flat(np.zeros(count, NODE), np.zeros(count, np.bool_))
    shares = _cover_shares(tree)
    waiting, placed = [_Step(0, None, 1.0, {})], 0
    while waiting:
        step = waiting.pop()
        k, placed = placed, placed + 1
        if step.reached_by is not None:
            parent, side = step.reached_by
            flat.nodes[side][parent] = k
        feature = int(tree.feature[step.node])
        earlier, share = step.path.get(feature, (0, 1.0))
        flat.nodes["left_cover"][k] = shares[step.node, 0]
        flat.nodes["share_before"][k], flat.nodes["earlier"][k] = share, earlier
        _place_split(flat, k, tree, step.node, features)
        flat.most_features = max(flat.most_features, len(step.path) + (earlier == 0))
        for i, side in enumerate(("left", "right")):
            cover, child = float(shares[step.node, i]), int(tree.children[step.node, i])
            if child >= 0:
                path = {**step.path, feature: (2 * k + 1 + i, share * cover)}
                waiting.append(_Step(child, (k, side), step.rows * cover, path))
            else:
                flat.nodes[side][k] = count + len(flat.leaves)
                flat.leaves.append(float(tree.leaf_value[~child]))
                flat.base_value += step.rows * cover * flat.leaves[-1]
    return flat


def _cover_shares(tree: Tree) -> NDArray[np.float64]:
    """Share of each node's training rows that went left and right; halves where there were none."""
    below = np.stack([cover_below(tree, child) for child in tree.children.T], axis=1)
    cover = tree.cover[:, None]
    return np.asarray(np.divide(below, cover, out=np.full(below.shape, 0.5), where=cover > 0))


def _place_split(flat: _Flat, k: int, tree: Tree, node: int, features: int) -> None:
    """Which column of a prepared row a split reads, and its threshold or the words of its categories.

    A prepared row holds the features three times: for each way that a split may see a missing value.
    """
    feature = int(tree.feature[node])
    way = 2 if tree.is_categorical[node] else int(tree.missing[node])
    flat.nodes["feature"][k], flat.nodes["column"][k] = feature, 2 * (way * features + feature)
    if tree.is_categorical[node]:
        first, end = tree.category_bounds[int(tree.threshold[node]) :][:2]
        flat.by_category[k], flat.nodes["words"][k] = True, len(flat.categories)
        flat.categories.extend([int(end - first), *tree.categories[first:end].tolist()])
    else:
        flat.nodes["threshold"][k] = tree.threshold[node]
        flat.nodes["column"][k] += bool(tree.default_left[node])


def _group(points: int, flat: Mapping[int, _Flat]) -> Group:
    """Flat trees, by their place in the model, put end to end."""
    words = np.cumsum([0, *(len(one.categories) for one in flat.values())])
    for one, first in zip(flat.values(), words, strict=False):
        one.nodes["words"] += np.int32(first)
    starts = np.cumsum([0, *(len(one.nodes) for one in flat.values())])
    categorical = np.flatnonzero(np.concatenate([one.by_category for one in flat.values()]))
    return Group(
        points=points,
        order=np.array(list(flat), np.int64),
        starts=starts.astype(np.int64),
        nodes=np.concatenate([one.nodes for one in flat.values()]),
        leaves=np.concatenate([one.leaves for one in flat.values()]),
        category_starts=np.searchsorted(categorical, starts).astype(np.int64),
        category_nodes=categorical.astype(np.int64),
        categories=np.array([w for f in flat.values() for w in f.categories] + [0], np.uint32),
    )
