"""LightGBM's native text, read as far as TreeSHAP needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearth.errors import HearthError

_CATEGORICAL, _DEFAULT_LEFT, _MISSING_SHIFT, _MISSING_MASK = 1, 2, 2, 3  # bits of decision_type


class UncoveredModelError(HearthError):
    """The kernel does not cover what this model uses; LightGBM's own explanation is right for it."""


@dataclass(frozen=True)
class Tree:
    """One tree as LightGBM writes it: a child ≥ 0 is an inner node, a child c < 0 the leaf −c − 1.

    `cover` counts the training rows that reached each inner node, `leaf_cover` each leaf. `missing`
    says what stands for missing at a split: 0 nothing (NaN is read as 0), 1 zero and NaN, 2 NaN.
    A categorical split's `threshold` is its place in `category_bounds`, whose words of `categories`
    have one bit for each code that goes left.
    """

    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    is_categorical: NDArray[np.bool_]
    default_left: NDArray[np.bool_]
    missing: NDArray[np.int64]
    children: NDArray[np.int64]
    cover: NDArray[np.float64]
    leaf_cover: NDArray[np.float64]
    leaf_value: NDArray[np.float64]
    category_bounds: NDArray[np.int64]
    categories: NDArray[np.uint32]


def read_trees(text: str) -> tuple[int, tuple[Tree, ...]]:
    """Number of features, and the trees, of a model with one score.

    Raises
    ------
    UncoveredModelError
        If there are several scores, linear trees or averaged trees, or counts do not add up.
    ValueError, KeyError
        If it is not LightGBM's text.
    """
    head, *parts = text.split("\nend of trees", maxsplit=1)[0].split("\nTree=")
    said = _said(head)
    if int(said["num_tree_per_iteration"]) != 1 or int(said["num_class"]) != 1:
        raise UncoveredModelError("the model has several scores")
    if "average_output" in head.splitlines():
        raise UncoveredModelError("the model averages its trees")
    return int(said["max_feature_idx"]) + 1, tuple(_tree(_said(part)) for part in parts)


def _said(part: str) -> dict[str, str]:
    """Value by name of the lines `name=value`."""
    return dict(line.split("=", 1) for line in part.splitlines() if "=" in line)


def _tree(said: Mapping[str, str]) -> Tree:
    if said.get("is_linear", "0") != "0":
        raise UncoveredModelError("the model has linear trees")
    decision = _numbers(said, "decision_type", np.int64)
    children = [_numbers(said, name, np.int64) for name in ("left_child", "right_child")]
    tree = Tree(
        feature=_numbers(said, "split_feature", np.int64),
        threshold=_numbers(said, "threshold", np.float64),
        is_categorical=(decision & _CATEGORICAL) != 0,
        default_left=(decision & _DEFAULT_LEFT) != 0,
        missing=(decision >> _MISSING_SHIFT) & _MISSING_MASK,
        children=np.stack(children, axis=1),
        cover=_numbers(said, "internal_count", np.float64),
        leaf_cover=_numbers(said, "leaf_count", np.float64),
        leaf_value=_numbers(said, "leaf_value", np.float64),
        category_bounds=_numbers(said, "cat_boundaries", np.int64),
        categories=_numbers(said, "cat_threshold", np.int64).astype(np.uint32),
    )
    below = [cover_below(tree, child) for child in tree.children.T]
    if not np.array_equal(below[0] + below[1], tree.cover):
        raise UncoveredModelError("the covers of a node's children do not add up to its own")
    return tree


def cover_below(tree: Tree, child: NDArray[np.int64]) -> NDArray[np.float64]:
    """Training rows that reached each of these children."""
    if not len(child):
        return np.zeros(0)
    is_leaf = child < 0
    leaf = tree.leaf_cover[np.where(is_leaf, ~child, 0)]
    return np.where(is_leaf, leaf, tree.cover[np.where(is_leaf, 0, child)])


def _numbers(said: Mapping[str, str], name: str, kind: Any) -> NDArray[Any]:
    """The numbers of one line; none where a one-leaf tree leaves the line out."""
    return np.array(said.get(name, "").split(), dtype=kind)
