"""The kernel's inner loops, compiled by numba: each goes once over the hits of every slot.

A *hit* is an event that a row follows and that was past and known by its as-of date: its place
among the events (`at`) and the ring of time it falls in (`ring`). A *slot* is a row, or one
category of it; the hits of slot `s` are those from `start[s]` to `start[s + 1]`. Slots are laid out
category by category, so that `s % rows` is the row. `window_ring` is (dates, windows): the last
ring that a window reaches at a date. Results are (windows, slots), so that a window is one run of
memory and becomes a column without a copy.
"""

import numpy as np

from features.point_in_time.compiled import Array, compiled


@compiled
def find_hits(
    day: Array,
    date_of: Array,
    pair_start: Array,
    pair_key: Array,
    key_start: Array,
    event_day: Array,
    known_day: Array,
    superseded_day: Array,
    edge: Array,
    start: Array,
    at: Array,
    ring: Array,
) -> None:
    """Fill `start`, `at` and `ring` with the hits of each row."""
    found = 0
    for row in range(day.size):
        start[row] = found
        as_of = day[row]
        edges = edge[date_of[row]]
        for pair in range(pair_start[row], pair_start[row + 1]):
            key = pair_key[pair]
            for event in range(key_start[key], key_start[key + 1]):
                happened = event_day[event]
                if happened < as_of and known_day[event] < as_of <= superseded_day[event]:
                    place = 0
                    while happened < edges[place]:
                        place += 1
                    at[found] = event
                    ring[found] = place
                    found += 1
    start[day.size] = found


@compiled
def split_hits(
    start: Array,
    at: Array,
    ring: Array,
    category: Array,
    width: int,
    split_start: Array,
    split_at: Array,
    split_ring: Array,
) -> None:
    """The same hits in slots of one category each; a hit of no category falls away."""
    rows = start.size - 1
    for row in range(rows):
        for hit in range(start[row], start[row + 1]):
            own = category[at[hit]]
            if own >= 0:
                split_start[own * rows + row + 1] += 1
    for slot in range(rows * width):
        split_start[slot + 1] += split_start[slot]
    filled = split_start[:-1].copy()
    for row in range(rows):
        for hit in range(start[row], start[row + 1]):
            own = category[at[hit]]
            if own >= 0:
                place = filled[own * rows + row]
                filled[own * rows + row] = place + 1
                split_at[place] = at[hit]
                split_ring[place] = ring[hit]


@compiled
def count(
    start: Array,
    ring: Array,
    rings: int,
    date_of: Array,
    window_ring: Array,
    counted: Array,
) -> None:
    """Hits by window."""
    rows = date_of.size
    inside = np.zeros(rings, np.int32)
    for slot in range(start.size - 1):
        if start[slot] == start[slot + 1]:
            counted[:, slot] = 0
            continue
        inside[:] = 0
        for hit in range(start[slot], start[slot + 1]):
            inside[ring[hit]] += 1
        for place in range(1, rings):
            inside[place] += inside[place - 1]
        reach = window_ring[date_of[slot % rows]]
        for window in range(reach.size):
            counted[window, slot] = inside[reach[window]]


@compiled
def total(
    start: Array,
    at: Array,
    ring: Array,
    rings: int,
    value: Array,
    present: Array,
    date_of: Array,
    window_ring: Array,
    summed: Array,
    counted: Array,
) -> None:
    """Sum and number of the values present, by window; exact where they are integers."""
    rows = date_of.size
    inside = np.zeros(rings, summed.dtype)
    number = np.zeros(rings, np.int32)
    for slot in range(start.size - 1):
        if start[slot] == start[slot + 1]:
            summed[:, slot] = 0
            counted[:, slot] = 0
            continue
        inside[:] = 0
        number[:] = 0
        for hit in range(start[slot], start[slot + 1]):
            event = at[hit]
            if present[event]:
                inside[ring[hit]] += value[event]
                number[ring[hit]] += 1
        for place in range(1, rings):
            inside[place] += inside[place - 1]
            number[place] += number[place - 1]
        reach = window_ring[date_of[slot % rows]]
        for window in range(reach.size):
            summed[window, slot] = inside[reach[window]]
            counted[window, slot] = number[reach[window]]


@compiled
def extremes(
    start: Array,
    at: Array,
    ring: Array,
    rings: int,
    value: Array,
    date_of: Array,
    window_ring: Array,
    least: Array,
    greatest: Array,
) -> None:
    """Least and greatest value by window; nan where there is none."""
    rows = date_of.size
    low = np.empty(rings, np.float64)
    high = np.empty(rings, np.float64)
    for slot in range(start.size - 1):
        if start[slot] == start[slot + 1]:
            least[:, slot] = np.nan
            greatest[:, slot] = np.nan
            continue
        low[:] = np.inf
        high[:] = -np.inf
        for hit in range(start[slot], start[slot + 1]):
            number = value[at[hit]]
            place = ring[hit]
            low[place] = min(low[place], number)
            high[place] = max(high[place], number)
        for place in range(1, rings):
            low[place] = min(low[place], low[place - 1])
            high[place] = max(high[place], high[place - 1])
        reach = window_ring[date_of[slot % rows]]
        for window in range(reach.size):
            some = low[reach[window]] <= high[reach[window]]
            least[window, slot] = low[reach[window]] if some else np.nan
            greatest[window, slot] = high[reach[window]] if some else np.nan


@compiled
def distinct(
    start: Array,
    at: Array,
    ring: Array,
    rings: int,
    code: Array,
    seen: Array,
    nearest: Array,
    date_of: Array,
    window_ring: Array,
    counted: Array,
) -> None:
    """Different codes by window: each counts from the nearest ring it is in.

    `seen` (filled with -1) and `nearest` have a place for every code there is, however many.
    """
    rows = date_of.size
    inside = np.zeros(rings, np.int32)
    for slot in range(start.size - 1):
        if start[slot] == start[slot + 1]:
            counted[:, slot] = 0
            continue
        inside[:] = 0
        for hit in range(start[slot], start[slot + 1]):
            own = code[at[hit]]
            if own < 0:
                continue
            if seen[own] != slot:
                seen[own] = slot
                nearest[own] = ring[hit]
            elif ring[hit] < nearest[own]:
                nearest[own] = ring[hit]
        for hit in range(start[slot], start[slot + 1]):
            own = code[at[hit]]
            if own >= 0 and seen[own] == slot:
                inside[nearest[own]] += 1
                seen[own] = -1
        for place in range(1, rings):
            inside[place] += inside[place - 1]
        reach = window_ring[date_of[slot % rows]]
        for window in range(reach.size):
            counted[window, slot] = inside[reach[window]]


@compiled
def span(
    start: Array,
    at: Array,
    event_day: Array,
    first: Array,
    last: Array,
) -> None:
    """First and last event day of the hits; nan where there is none."""
    for slot in range(start.size - 1):
        low, high = np.nan, np.nan
        for hit in range(start[slot], start[slot + 1]):
            day = event_day[at[hit]]
            if not low <= day:
                low = day
            if not high >= day:
                high = day
        first[slot] = low
        last[slot] = high


@compiled
def latest(
    start: Array,
    at: Array,
    event_day: Array,
    known_day: Array,
    order: Array,
    present: Array,
    best: Array,
) -> None:
    """Event of the latest hit with a value, by event date, knowledge date and order; -1 for none."""
    for slot in range(start.size - 1):
        last = -1
        for hit in range(start[slot], start[slot + 1]):
            event = at[hit]
            if not present[event]:
                continue
            if last < 0 or (event_day[event], known_day[event], order[event]) > (
                event_day[last],
                known_day[last],
                order[last],
            ):
                last = event
        best[slot] = last
