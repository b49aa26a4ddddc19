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
    DEFAULT_LEFT,
    EARLIER,
    FEATURE,
    FIRST_WORD,
    LEFT,
    LEFT_COVER,
    LEFT_SHARE,
    RIGHT,
    RIGHT_COVER,
    RIGHT_SHARE,
    SHARE_BEFORE,
    THRESHOLD,
    WIDTH,
    WORDS,
)
from serving.tree_shap.vectors import memory_of

_FLOATS, _LONGS = types.CPointer(types.float64), types.CPointer(types.int64)
_INTS, _WORDS = types.CPointer(types.int32), types.CPointer(types.uint32)
_BYTES = types.CPointer(types.uint8)

SIGNATURE = types.int64(
    *(_FLOATS, types.int64, types.int64),  # rows, how many, features
    *(_LONGS, types.int64, _FLOATS, _INTS, _FLOATS),  # starts, trees, numbers, places, leaves
    *(_LONGS, _LONGS, _WORDS),  # category_starts, category_nodes, categories
    *(_FLOATS, _FLOATS),  # points, weights
    *(_FLOATS, _FLOATS, _FLOATS, _FLOATS, _BYTES),  # prepared, above, below, sums, edges
    _FLOATS,  # contributions, (how many, features + 1), added to
)
RAW_SCORES = types.int64(
    *(_FLOATS, types.int64, types.int64),  # rows, how many, features
    *(_FLOATS, _LONGS),  # prepared, at
    *(types.int64, _LONGS, _FLOATS, _INTS, _WORDS),  # trees, roots, nodes twice, category words
    _FLOATS,  # scores
)
_ZERO = 1.0000000180025095e-35  # what LightGBM takes for zero: 1e-35 as a 32-bit number
_MOST_CODE = 2147483648.0  # codes are 32-bit integers

_compiled = numba.njit(error_model="numpy", forceinline=True)  # one function, that calls nothing


@_compiled
def _prepare(rows: Any, start: Any, features: Any, prepared: Any) -> None:
    """Write a row as each kind of split sees it: NaN as zero, zero as missing, NaN as missing."""
    for j in range(features):
        value = rows[start + j]
        value = 0.0 if abs(value) <= _ZERO else value
        known = 0.0 if value != value else value  # noqa: PLR0124 - only NaN differs from itself
        prepared[j] = known
        prepared[features + j] = math.nan if known == 0.0 else known
        prepared[2 * features + j] = value


@_compiled
def _choose(first: Any, nodes: Any, numbers: Any, places: Any, prepared: Any, edges: Any) -> None:
    """Write which way the row goes at each split of a tree: 1 in the left edge's slot if left."""
    for k in range(nodes):
        at = (first + k) * WIDTH
        value = prepared[places[at + COLUMN]]
        unknown = value != value  # noqa: PLR0124 - only NaN differs from itself
        left = value <= numbers[at + THRESHOLD]
        edges[2 * k + 1] = left | (unknown & (places[at + DEFAULT_LEFT] != 0))


@_compiled
def _choose_by_category(
    first: Any, node: Any, places: Any, categories: Any, prepared: Any, edges: Any
) -> None:
    """The same at one categorical split: left if the code is one of its categories."""
    at = node * WIDTH
    value = prepared[places[at + COLUMN]]
    left = False
    if -1.0 < value < _MOST_CODE:
        code = int(value)
        word = code >> 5
        if word < places[at + WORDS]:
            bit = categories[places[at + FIRST_WORD] + word] >> (code & 31)
            left = (bit & 1) != 0
    edges[2 * (node - first) + 1] = left


@_compiled
def _is_among(value: Any, words: Any, first: Any) -> Any:
    """Whether a code is one of a split's categories, whose words come after their number."""
    found = False
    if -1.0 < value < _MOST_CODE:
        code = int(value)
        word = code >> 5
        if word < words[first]:
            found = ((words[first + 1 + word] >> (code & 31)) & 1) != 0
    return found


@_compiled
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
    _prepare(rows, start, features, prepared)
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

    @_compiled
    def walk_down(
        first: Any, nodes: Any, numbers: Any, places: Any, q: Any, above: Any, edges: Any
    ) -> None:
        """Carry the products down, and turn each edge's slot into: the row satisfies it and all earlier."""
        one = fill(1.0)
        p = one - q
        store(above, 0, one)
        edges[0] = 1
        for k in range(nodes):
            at = (first + k) * WIDTH
            left, right = places[at + LEFT], places[at + RIGHT]
            earlier = places[at + EARLIER]
            goes_left = edges[2 * k + 1]
            product = load(above, k)
            if edges[earlier]:
                if earlier:
                    product = product / (q + p * fill(numbers[at + SHARE_BEFORE]))
                hot, cold = product * q, product * p
                o = float(goes_left)
                store(above, left, hot * fill(o) + cold * fill(numbers[at + LEFT_SHARE]))
                store(above, right, hot * fill(1.0 - o) + cold * fill(numbers[at + RIGHT_SHARE]))
                edges[2 * k + 2] = goes_left ^ 1
            else:
                store(above, left, product * fill(numbers[at + LEFT_COVER]))
                store(above, right, product * fill(numbers[at + RIGHT_COVER]))
                edges[2 * k + 1] = 0
                edges[2 * k + 2] = 0

    @_compiled
    def walk_up(
        first: Any,
        nodes: Any,
        numbers: Any,
        places: Any,
        q: Any,
        above: Any,
        below: Any,
        sums: Any,
        edges: Any,
    ) -> None:
        """Bring the sums over leaves up, and add to each feature what its splits are worth at the points."""
        one = fill(1.0)
        p = one - q
        for k in range(nodes - 1, -1, -1):
            at = (first + k) * WIDTH
            left, right = load(below, places[at + LEFT]), load(below, places[at + RIGHT])
            earlier, feature = places[at + EARLIER], places[at + FEATURE]
            if edges[earlier]:
                o = float(edges[2 * k + 1])
                z_left, z_right = numbers[at + LEFT_SHARE], numbers[at + RIGHT_SHARE]
                total = q * (fill(o) * left + fill(1.0 - o) * right)
                total = total + p * (fill(z_left) * left + fill(z_right) * right)
                worth = load(above, k) * fill(o * z_right - (1.0 - o) * z_left) * (left - right)
                if earlier:
                    inverse = one / (q + p * fill(numbers[at + SHARE_BEFORE]))
                    total = total * inverse
                    worth = worth * inverse * inverse
                store(below, k, total)
                store(sums, feature, load(sums, feature) + worth)
            else:
                total = fill(numbers[at + LEFT_COVER]) * left
                store(below, k, total + fill(numbers[at + RIGHT_COVER]) * right)

    def explain(
        rows: Any,
        how_many: Any,
        features: Any,
        starts: Any,
        trees: Any,
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
        edges: Any,
        contributions: Any,
    ) -> int:
        q = load(points, 0)
        for row in range(how_many):
            _prepare(rows, row * features, features, prepared)
            for j in range(features):
                store(sums, j, fill(0.0))
            for t in range(trees):
                first = starts[t]
                nodes = starts[t + 1] - first
                _choose(first, nodes, numbers, places, prepared, edges)
                for i in range(category_starts[t], category_starts[t + 1]):
                    _choose_by_category(
                        first, category_nodes[i], places, categories, prepared, edges
                    )
                for leaf in range(nodes + 1):
                    store(below, nodes + leaf, fill(leaves[first + t + leaf]))
                walk_down(first, nodes, numbers, places, q, above, edges)
                walk_up(first, nodes, numbers, places, q, above, below, sums, edges)
            for j in range(features):
                for i in range(lanes):
                    contributions[row * (features + 1) + j] += weights[i] * sums[j * lanes + i]
        return 0

    return explain
