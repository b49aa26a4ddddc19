"""Disjoint rings of time before the as-of date, from which every nested window is added up.

The windows of a group all end at the as-of date, so they nest: the last twelve months hold the
last three. Cut at every window's far edge, time falls into rings; each row is scattered into its
ring once, and a running total (or minimum, or maximum) over the rings yields every window.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np

from features.point_in_time.events import Flags, Floats, Ints
from features.point_in_time.plan import Aggregate, Function
from hearth.periods import Period

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST_DAY = date.min.toordinal() - _EPOCH


@dataclass(frozen=True)
class Edges:
    """Far edges of the rings before one as-of date, nearest first; the last holds all time."""

    day: int
    days: tuple[int, ...]

    @classmethod
    def of(cls, aggregates: Iterable[Aggregate], day: int) -> "Edges":
        """Edges that the windows of these aggregates need at an as-of date, a day since 1970-01-01."""
        as_of, days = _date(day), {_FIRST_DAY}
        for aggregate in aggregates:
            days.add(_day(aggregate.window.before(as_of)))
            if aggregate.function is Function.TREND:
                days.add(_middle(aggregate.window, as_of))
        return cls(day, tuple(sorted(days, reverse=True)))

    def rings(self, event_day: Ints) -> Ints:
        """Ring of each event day, (n,); 0 is the nearest."""
        ascending = np.array(self.days[::-1], dtype=np.int64)
        return len(self.days) - np.searchsorted(ascending, event_day, side="right")

    def ring_of_window(self, window: Period) -> int:
        """Last ring that the window reaches."""
        return self.days.index(_day(window.before(_date(self.day))))

    def ring_of_recent_half(self, window: Period) -> int:
        """Last ring of the window's nearer half."""
        return self.days.index(_middle(window, _date(self.day)))


def _day(day: date) -> int:
    return day.toordinal() - _EPOCH


def _date(day: int) -> date:
    return date.fromordinal(day + _EPOCH)


def _middle(window: Period, as_of: date) -> int:
    """First day of the window's nearer half; of an odd number of days the further half has one more."""
    start, end = _day(window.before(as_of)), _day(as_of)
    return end - (end - start) // 2


@dataclass(frozen=True)
class Rings:
    """Visible rows scattered into (slot, ring) cells; a slot is a row of the matrix, or one category of it."""

    slot: Ints
    ring: Ints
    shape: tuple[int, int]

    def counts(self, among: Flags | None = None) -> Floats:
        """Rows by window, (slots, rings)."""
        cell = self.slot * self.shape[1] + self.ring
        counted = np.bincount(
            cell if among is None else cell[among], minlength=self.shape[0] * self.shape[1]
        )
        return np.cumsum(counted.reshape(self.shape), axis=1).astype(np.float64)

    def sums(self, numbers: Floats) -> Floats:
        """Sum of the numbers by window, nulls left out, (slots, rings)."""
        cell = self.slot * self.shape[1] + self.ring
        added = np.bincount(
            cell, weights=np.nan_to_num(numbers), minlength=self.shape[0] * self.shape[1]
        )
        return np.cumsum(added.reshape(self.shape), axis=1)

    def extremes(self, numbers: Floats, extreme: np.ufunc) -> Floats:
        """Least (`np.fmin`) or greatest (`np.fmax`) number by window; nan where there is none."""
        cells = np.full(self.shape[0] * self.shape[1], np.nan)
        extreme.at(cells, self.slot * self.shape[1] + self.ring, numbers)
        return np.asarray(extreme.accumulate(cells.reshape(self.shape), axis=1), dtype=np.float64)

    def distinct(self, codes: Ints) -> Floats:
        """Different values by window, nulls left out: each value counts from the nearest ring it is in."""
        known = codes >= 0
        slot, ring, code = self.slot[known], self.ring[known], codes[known]
        order = np.lexsort((ring, code, slot))
        slot, ring, code = slot[order], ring[order], code[order]
        first = np.ones(len(slot), dtype=bool)
        first[1:] = (slot[1:] != slot[:-1]) | (code[1:] != code[:-1])
        return Rings(slot[first], ring[first], self.shape).counts()

    def latest(self, rank: Ints, among: Flags) -> Ints:
        """Position of the latest row of each slot, (slots,); -1 where it has none."""
        best = np.full(self.shape[0], -1, dtype=np.int64)
        np.maximum.at(best, self.slot[among], rank[among])
        position = np.full(int(rank.max(initial=-1)) + 2, -1, dtype=np.int64)
        position[rank] = np.arange(len(rank))
        return np.asarray(position[best], dtype=np.int64)
