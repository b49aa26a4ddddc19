"""The loop of QuickScorer, compiled ahead by numba as those of `loops` are: raw scores of 64 rows at a time.

Every leaf of a tree has a bit, the leftmost the lowest. At each split all rows that do not go left
lose the bits of the leaves on its left; the lowest bit that a row has left is the leaf it reaches.
Nothing is walked, so that nothing waits: the same split is asked of many rows side by side.
"""

from typing import Any

import numpy as np
from numba import types
from numba.cpython.unsafe.numbers import trailing_zeros

from serving.tree_shap.forest import ROWS_AT_ONCE as ROWS
from serving.tree_shap.loops import MOST_CODE, compiled, prepare

_FLOATS, _LONGS = types.CPointer(types.float64), types.CPointer(types.int64)
_INTS, _WORDS = types.CPointer(types.int32), types.CPointer(types.uint32)
_BITS = types.CPointer(types.uint64)

QUICK_SCORES = types.int64(
    *(_FLOATS, types.int64, types.int64),  # rows, how many, features
    *(_FLOATS, _WORDS, _BITS, _FLOATS),  # prepared, codes, left, totals
    *(types.int64, _LONGS),  # trees, starts
    *(_FLOATS, _INTS, _BITS),  # nodes three times
    *(_WORDS, _FLOATS),  # category words, leaves
    _FLOATS,  # scores
)
_ALL = np.uint64(2**64 - 1)
_NONE = np.uint32(2**32 - 1)
_ONE, _FIVE, _LOW = np.uint32(1), np.uint32(5), np.uint32(31)


_lowest: Any = trailing_zeros  # which place the lowest bit has; typed as numba, not as it is called


@compiled
def _write_codes(prepared: Any, features: Any, codes: Any) -> None:
    """Write the values that are categories' codes as integers."""
    for k in range(features * ROWS):
        value = prepared[2 * features * ROWS + k]
        codes[k] = np.uint32(value) if -1.0 < value < MOST_CODE else _NONE


@compiled
def _ask_by_number(
    values: Any, at: Any, threshold: Any, missing_goes_left: Any, right: Any, left: Any
) -> None:
    """Take the leaves on a split's left from the rows that do not go there."""
    if missing_goes_left:
        for i in range(ROWS):
            left[i] &= right if values[at + i] > threshold else _ALL
    else:
        for i in range(ROWS):
            left[i] &= _ALL if values[at + i] <= threshold else right


@compiled
def _ask_by_category(codes: Any, at: Any, words: Any, first: Any, right: Any, left: Any) -> None:
    """The same at a categorical split, whose words come after their number; codes of no word go right."""
    many, bits = words[first], words[first + 1]
    for i in range(ROWS):
        word, bit = codes[at + i] >> _FIVE, codes[at + i] & _LOW
        goes = (bits >> bit) & _ONE != 0
        is_asked_later = (word != 0) & (word < many)
        left[i] &= _ALL if is_asked_later | ((word == 0) & goes) else right
    for w in range(1, many):
        bits = words[first + 1 + w]
        for i in range(ROWS):
            word, bit = codes[at + i] >> _FIVE, codes[at + i] & _LOW
            goes = (bits >> bit) & _ONE != 0
            left[i] &= _ALL if (word != np.uint32(w)) | goes else right


def quick_scores(
    rows: Any,
    how_many: Any,
    features: Any,
    prepared: Any,
    codes: Any,
    left: Any,
    totals: Any,
    trees: Any,
    starts: Any,
    thresholds: Any,
    places: Any,
    others: Any,
    words: Any,
    leaves: Any,
    scores: Any,
) -> int:
    """Raw scores of rows, to be compiled with `QUICK_SCORES`; laid out as `quick_scorer` says."""
    for block in range((how_many + ROWS - 1) // ROWS):
        start = block * ROWS
        count = ROWS if start + ROWS <= how_many else how_many - start
        for i in range(count):
            prepare(rows, (start + i) * features, features, prepared, i, ROWS)
        _write_codes(prepared, features, codes)
        for i in range(ROWS):
            totals[i] = 0.0
        for t in range(trees):
            for i in range(ROWS):
                left[i] = _ALL
            for k in range(starts[t], starts[t + 1]):
                column, first = places[6 * k + 2], places[6 * k + 3]
                at, right = (column >> 1) * ROWS, others[3 * k + 2]
                if first >= 0:
                    _ask_by_category(codes, at, words, first, right, left)
                else:
                    _ask_by_number(prepared, at, thresholds[3 * k], column & 1, right, left)
            for i in range(ROWS):
                totals[i] += leaves[starts[t] + t + _lowest(left[i])]
        for i in range(count):
            scores[start + i] = totals[i]
    return 0
