"""The loops of the kernel, compiled ahead by numba; docs/reference/tree_shap.md derives each line.

Every argument is a bare address, laid out as `forest.Group` says, and nothing is allocated, so that
the machine code needs neither Python nor numba. Names are those of the derivation: at the points q,
`above` is the product of the factors on the way down to a node and `below` the sum over the leaves
beneath it of value times the factors further down.
"""

import math
from collections.abc import Callable
from typing import Any

import numba
from numba import types

from serving.tree_shap.forest import (
    COLUMN,
    EARLIER,
    FEATURE,
    FLOATS,
    INTS,
    LEFT,
    LEFT_COVER,
    RIGHT,
    SHARE_BEFORE,
    THRESHOLD,
    WORDS,
)
from serving.tree_shap.vectors import memory_of

_FLOATS, _LONGS = types.CPointer(types.float64), types.CPointer(types.int64)
_INTS, _WORDS = types.CPointer(types.int32), types.CPointer(types.uint32)
_BYTES = types.CPointer(types.uint8)

SIGNATURE = types.int64(
    *(_FLOATS, types.int64, types.int64),  # rows, how many, features
    *(types.int64, _LONGS, _LONGS),  # trees, order, starts
    *(_FLOATS, _INTS, _FLOATS),  # nodes twice, leaves
    *(_LONGS, _LONGS, _WORDS),  # category_starts, category_nodes, categories
    *(_FLOATS, _FLOATS),  # points, weights
    *(_FLOATS, _FLOATS, _FLOATS, _FLOATS, _BYTES),  # prepared, above, below, sums, turns
    *(_FLOATS, _FLOATS, types.int64),  # contributions, reached, trees of the whole model
)
RAW_SCORES = types.int64(
    *(_FLOATS, types.int64, types.int64),  # rows, how many, features
    *(_FLOATS, _LONGS),  # prepared, at
    *(types.int64, _LONGS, _FLOATS, _INTS, _WORDS),  # trees, roots, nodes twice, category words
    _FLOATS,  # scores
)
_ZERO = 1.0000000180025095e-35  # what LightGBM takes for zero: 1e-35 as a 32-bit number
MOST_CODE = 2147483648.0  # codes are 32-bit integers
_COLD = 3
"""Turn at a split on a feature whose earlier splits the row fails: for Shapley's sum it goes neither way."""

compiled = numba.njit(error_model="numpy", forceinline=True)  # one function, that calls nothing


@compiled
def prepare(rows: Any, start: Any, features: Any, prepared: Any, i: Any, of: Any) -> None:
    """Write a row, the i-th of so many side by side, as each kind of split sees it.

    That is three times: NaN as zero, zero as missing, NaN as missing.
    """
    for j in range(features):
        value = rows[start + j]
        value = 0.0 if abs(value) <= _ZERO else value
        known = 0.0 if value != value else value  # noqa: PLR0124 - only NaN differs from itself
        prepared[j * of + i] = known
        prepared[(features + j) * of + i] = math.nan if known == 0.0 else known
        prepared[(2 * features + j) * of + i] = value


@compiled
def _choose(first: Any, nodes: Any, numbers: Any, places: Any, prepared: Any, turns: Any) -> None:
    """Write which way the row goes at each split of a tree: 1 for left, 0 for right."""
    for k in range(nodes):
        column = places[(first + k) * INTS + COLUMN]
        value = prepared[column >> 1]
        unknown = value != value  # noqa: PLR0124 - only NaN differs from itself
        left = value <= numbers[(first + k) * FLOATS + THRESHOLD]
        turns[k] = left | (unknown & ((column & 1) != 0))


@compiled
def _is_among(value: Any, words: Any, first: Any) -> Any:
    """Whether a code is one of a split's categories, whose words come after their number."""
    found = False
    if -1.0 < value < MOST_CODE:
        code = int(value)
        word = code >> 5
        if word < words[first]:
            found = ((words[first + 1 + word] >> (code & 31)) & 1) != 0
    return found


@compiled
def _choose_by_category(
    first: Any, node: Any, places: Any, categories: Any, prepared: Any, turns: Any
) -> None:
    """The same at one categorical split: left if the code is one of its categories."""
    at = node * INTS
    value = prepared[places[at + COLUMN] >> 1]
    turns[node - first] = _is_among(value, categories, places[at + WORDS])


@compiled
def _raw_score(
    rows: Any,
    start: Any,
    features: Any,
    prepared: Any,
    at: Any,
    trees: Any,
    roots: Any,
    values: Any,
    places: Any,
    words: Any,
) -> Any:
    """The sum over trees, in their order, of the leaf that a row reaches; laid out as `walk` says.

    All trees go down one level at a time, so that the processor waits for many nodes at once.
    """
    prepare(rows, start, features, prepared, 0, 1)
    for t in range(trees):
        at[t], at[trees + t] = roots[t], t
    going = trees
    while going > 0:
        still = 0
        for i in range(going):
            t = at[trees + i]
            k = at[t]
            column, right = places[4 * k + 2], places[4 * k + 3]
            value = prepared[column >> 1]
            unknown = value != value  # noqa: PLR0124 - only NaN differs from itself
            left = (value <= values[2 * k]) | (unknown & ((column & 1) != 0))
            if right < 0:
                left = _is_among(value, words, places[4 * k])
                right = -right
            at[t] = k if right == 0 else k + 1 if left else right
            at[trees + still] = t
            still += right != 0
        going = still
    total = 0.0
    for t in range(trees):
        total += values[2 * at[t]]
    return total


def raw_scores(
    rows: Any,
    how_many: Any,
    features: Any,
    prepared: Any,
    at: Any,
    trees: Any,
    roots: Any,
    values: Any,
    places: Any,
    words: Any,
    scores: Any,
) -> int:
    """Raw scores of rows, to be compiled with `RAW_SCORES`."""
    for i in range(how_many):
        scores[i] = _raw_score(
            rows, i * features, features, prepared, at, trees, roots, values, places, words
        )
    return 0


def make_explain(lanes: int) -> Callable[..., int]:
    """The kernel for a number of quadrature points, to be compiled with `SIGNATURE`.

    It adds the contributions of a group's trees to those of each row.
    """
    memory = memory_of(lanes)
    load, store, fill = memory.load, memory.store, memory.fill

    @compiled
    def walk_down(
        first: Any,
        nodes: Any,
        numbers: Any,
        places: Any,
        q: Any,
        above: Any,
        below: Any,
        turns: Any,
    ) -> None:
        """Carry the products down.

        Hot is the child that the row goes to, chosen without a branch: no processor can guess which.
        Where a feature is met again, `below` keeps 1/f for the way up, and `turns` becomes `_COLD`
        if the row fails an earlier split on it.
        """
        one = fill(1.0)
        p = one - q
        store(above, 0, one)
        for k in range(nodes):
            at = (first + k) * INTS
            left, right, earlier = places[at + LEFT], places[at + RIGHT], places[at + EARLIER]
            share = numbers[(first + k) * FLOATS + LEFT_COVER]
            turn = turns[k] & 1
            hot = right ^ ((left ^ right) & -turn)
            product = load(above, k)
            cold_share = abs(float(turn) - share)
            if earlier:
                before = numbers[(first + k) * FLOATS + SHARE_BEFORE]
                if turns[(earlier - 1) >> 1] == (earlier & 1):
                    inverse = one / (q + p * fill(before))
                    store(below, k, inverse)
                    cold = product * inverse * p * fill(before * cold_share)
                else:
                    turns[k] = _COLD
                    hot = left
                    cold = product * fill(1.0 - share)
            else:
                cold = product * (p * fill(cold_share))
            store(above, left ^ right ^ hot, cold)
            store(above, hot, product - cold)

    @compiled
    def walk_up(
        first: Any,
        nodes: Any,
        numbers: Any,
        places: Any,
        q: Any,
        above: Any,
        below: Any,
        sums: Any,
        turns: Any,
    ) -> None:
        """Bring the sums over leaves up, and add to each feature what its splits are worth at the points."""
        one = fill(1.0)
        p = one - q
        for k in range(nodes - 1, -1, -1):
            at = (first + k) * INTS
            left, right, earlier = places[at + LEFT], places[at + RIGHT], places[at + EARLIER]
            share = numbers[(first + k) * FLOATS + LEFT_COVER]
            turn = turns[k]
            go = turn & 1
            at_hot = right ^ ((left ^ right) & -go)
            hot = load(below, at_hot)
            apart = hot - load(below, left ^ right ^ at_hot)
            apart = apart * fill(abs(float(go) - share))
            weight = load(above, k)
            if earlier:
                if turn == _COLD:
                    store(below, k, hot - apart)
                    continue
                inverse = load(below, k)
                apart = apart * inverse * fill(numbers[(first + k) * FLOATS + SHARE_BEFORE])
                weight = weight * inverse
            store(below, k, hot - p * apart)
            feature = places[at + FEATURE]
            store(sums, feature, load(sums, feature) + weight * apart)

    @compiled
    def leaf_reached(first: Any, nodes: Any, places: Any, turns: Any) -> Any:
        """Which of a tree's leaves the row reaches."""
        k = 0
        while k < nodes:
            at = (first + k) * INTS
            k = places[at + LEFT] if turns[k] else places[at + RIGHT]
        return k - nodes

    def explain(
        rows: Any,
        how_many: Any,
        features: Any,
        trees: Any,
        order: Any,
        starts: Any,
        numbers: Any,
        places: Any,
        leaves: Any,
        category_starts: Any,
        category_nodes: Any,
        categories: Any,
        points: Any,
        weights: Any,
        prepared: Any,
        above: Any,
        below: Any,
        sums: Any,
        turns: Any,
        contributions: Any,
        reached: Any,
        all_trees: Any,
    ) -> int:
        q = load(points, 0)
        for row in range(how_many):
            prepare(rows, row * features, features, prepared, 0, 1)
            for j in range(features):
                store(sums, j, fill(0.0))
            for t in range(trees):
                first = starts[t]
                nodes = starts[t + 1] - first
                _choose(first, nodes, numbers, places, prepared, turns)
                for i in range(category_starts[t], category_starts[t + 1]):
                    _choose_by_category(
                        first, category_nodes[i], places, categories, prepared, turns
                    )
                leaf = leaf_reached(first, nodes, places, turns)
                reached[row * all_trees + order[t]] = leaves[first + t + leaf]
                for i in range(nodes + 1):
                    store(below, nodes + i, fill(leaves[first + t + i]))
                walk_down(first, nodes, numbers, places, q, above, below, turns)
                walk_up(first, nodes, numbers, places, q, above, below, sums, turns)
            for j in range(features):
                found = 0.0
                for i in range(lanes):
                    found += weights[i] * sums[j * lanes + i]
                contributions[row * (features + 1) + j] += found
        return 0

    return explain
