"""The bootstrap's inner loops, compiled by numba: each goes once over rows drawn in many replicates.

`weights` is (rows, replicates): how often each row was drawn. One row's weights lie side by side,
so that a row is fetched once for all replicates and the processor handles several at a time.
How often rows were drawn are whole numbers, so sums of them are exact in any order.
"""

from typing import Any

import numpy as np

from features.point_in_time.compiled import Array, compiled

_TILE = 256


@compiled
def draw(counts: Array, seed: int, first: int) -> None:
    """Fill `counts`, (entities, replicates), with how often each entity was drawn with replacement.

    Replicate `first + column` has random numbers of its own, by SplitMix64 (Steele, Lea & Flood
    2014, OOPSLA), whoever draws it and when. Its 53 bits choose among entities with a bias of less
    than one in 10**9 for up to a million of them.
    """
    entities, replicates = counts.shape
    scale = entities / 9007199254740992.0  # 2**53
    apart = np.zeros((replicates, entities), dtype=np.uint8)
    for column in range(replicates):
        state = _mixed(np.uint64(seed) ^ _mixed(np.uint64(first + column + 1)))
        own = apart[column]
        for _ in range(entities):
            state += np.uint64(0x9E3779B97F4A7C15)
            own[int(float(_mixed(state) >> np.uint64(11)) * scale)] += 1
    for start in range(0, entities, _TILE):  # a tile stays in the nearest cache
        end = min(start + _TILE, entities)
        for column in range(replicates):
            for entity in range(start, end):
                counts[entity, column] = apart[column, entity]


@compiled
def _mixed(state: Any) -> Any:
    """SplitMix64's scrambling of a counter."""
    mixed = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


@compiled
def _fits(weights: Array, rows: Array) -> None:
    """Stop at weights of (replicates, rows), which a loop would read beyond their end."""
    if rows.size > weights.shape[0]:
        raise ValueError("weights are (rows, replicates), and there are fewer than rows to count")


@compiled
def drawn(weights: Array, rows: Array) -> Array:
    """How many of some rows were drawn, (replicates,)."""
    _fits(weights, rows)
    total = np.zeros(weights.shape[1])
    for row in rows:
        for at in range(total.size):
            total[at] += weights[row, at]
    return total


@compiled
def sums(weights: Array, rows: Array, columns: Array, group: Array, groups: int) -> Array:
    """Sums of columns, (rows, k), over the rows drawn, by group: (groups, k, replicates)."""
    _fits(weights, rows)
    width, replicates = columns.shape[1], weights.shape[1]
    total = np.zeros((groups, width, replicates))
    for place in range(rows.size):
        row, own = rows[place], group[place]
        for column in range(width):
            value = columns[place, column]
            for at in range(replicates):
                total[own, column, at] += value * weights[row, at]
    return total


@compiled
def listed(weights: Array, order: Array, kind: Array, length: Array) -> Array:
    """Rows drawn onto lists of some length, (replicates,), by their kind: (kinds, replicates).

    Kinds are 0, nobody looked; 1, without the outcome; 2, with it. The row at the end of a list
    counts as far as there is room.
    """
    _fits(weights, order)
    replicates = weights.shape[1]
    found = np.zeros((3, replicates))
    left = length.copy()
    for place in range(order.size):
        row, own = order[place], kind[place]
        most = 0.0
        for at in range(replicates):
            taken = min(left[at], float(weights[row, at]))
            left[at] -= taken
            found[own, at] += taken
            most = max(most, left[at])
        if most <= 0.0:
            break
    return found


@compiled
def wins(weights: Array, rows: Array, positive: Array, ends: Array) -> Array:
    """Pairs whose positive is scored above the negative, level ones half; positives; negatives.

    `rows` go from the highest score down; `ends` marks the last of each block of equal score.
    The result is (3, replicates).
    """
    _fits(weights, rows)
    replicates = weights.shape[1]
    found = np.zeros((3, replicates))
    block = np.zeros((2, replicates))
    for place in range(rows.size):
        row, own = rows[place], 1 if positive[place] else 0
        if ends[place] and (place == 0 or ends[place - 1]):  # a block of one row
            if own:
                for at in range(replicates):
                    found[1, at] += weights[row, at]
            else:
                for at in range(replicates):
                    found[0, at] += weights[row, at] * found[1, at]
                    found[2, at] += weights[row, at]
            continue
        for at in range(replicates):
            block[own, at] += weights[row, at]
        if ends[place]:
            for at in range(replicates):
                found[0, at] += block[0, at] * (found[1, at] + block[1, at] / 2)
                found[1, at] += block[1, at]
                found[2, at] += block[0, at]
                block[0, at] = 0.0
                block[1, at] = 0.0
    return found


@compiled
def gains(weights: Array, rows: Array, positive: Array, ends: Array) -> Array:
    """Precision at the end of each block, added up over its positives; positives: (2, replicates).

    Rows and blocks as in `wins`.
    """
    _fits(weights, rows)
    replicates = weights.shape[1]
    found = np.zeros((2, replicates))
    reached = np.zeros(replicates)
    block = np.zeros(replicates)
    waiting = False
    for place in range(rows.size):
        row = rows[place]
        for at in range(replicates):
            reached[at] += weights[row, at]
        if positive[place]:
            waiting = True
            for at in range(replicates):
                block[at] += weights[row, at]
        if waiting and ends[place]:
            waiting = False
            for at in range(replicates):
                if block[at] > 0.0:
                    found[1, at] += block[at]
                    found[0, at] += block[at] * found[1, at] / reached[at]
                    block[at] = 0.0
    return found


@compiled
def moved(  # noqa: PLR0917 - compiled code takes no keywords
    weights: Array, rows: Array, positive: Array, ends: Array, day: Array, days: Array
) -> Array:
    """Days by which positives come sooner if visits are made in order of score; positives: (2, replicates).

    Rows and blocks as in `wins`. `day` is the place of each one's own day in `days`, which ascend.
    As many are visited on each day as were; those of a block share its days evenly.
    """
    _fits(weights, rows)
    replicates = weights.shape[1]
    visits = np.zeros((days.size, replicates))
    for place in range(rows.size):
        for at in range(replicates):
            visits[day[place], at] += weights[rows[place], at]
    found, block = np.zeros((2, replicates)), np.zeros((3, replicates))
    today = np.zeros(replicates, dtype=np.int64)
    for place in range(rows.size):
        row, own, is_positive = rows[place], days[day[place]], positive[place]
        for at in range(replicates):
            left = float(weights[row, at])
            block[0, at] += left
            if is_positive:
                block[1, at] += left
                found[0, at] += left * own
            while left > 0.0:
                while visits[today[at], at] <= 0.0 and today[at] < days.size - 1:
                    today[at] += 1
                last = today[at] == days.size - 1  # what rounding leaves over goes there
                taken = left if last else min(left, visits[today[at], at])
                visits[today[at], at] -= taken
                block[2, at] += taken * days[today[at]]
                left -= taken
        if ends[place]:
            for at in range(replicates):
                if block[1, at] > 0.0:
                    found[0, at] -= block[2, at] * block[1, at] / block[0, at]
                    found[1, at] += block[1, at]
                block[0, at] = 0.0
                block[1, at] = 0.0
                block[2, at] = 0.0
    return found
