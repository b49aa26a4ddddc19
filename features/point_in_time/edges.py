"""Edges that cut the time before an as-of date into disjoint rings, from which every window is added up.

The windows of a group all end at the as-of date, so they nest: the last twelve months hold the
last three. Cut at every window's far edge, time falls into rings; each row is scattered into its
ring once, and a running total (or minimum, or maximum) over the rings yields every window.
"""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from features.days import day_of
from features.point_in_time.plan import Aggregate, Function
from hearth.periods import Period

_FIRST_DAY = day_of(date.min)

Rings = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Edges:
    """Far edges of the rings before each as-of date, nearest first; the last holds all time.

    `of_date` is (dates, rings) int32 days since 1970-01-01; a date with fewer edges than another
    repeats its last.
    """

    dates: tuple[date, ...]
    of_date: npt.NDArray[np.int32]

    @property
    def rings(self) -> int:
        """Rings before any date."""
        return int(self.of_date.shape[1])

    def of_windows(self, windows: tuple[Period, ...]) -> Rings:
        """Last ring that each window reaches at each date, (dates, windows)."""
        return self._rings_at(windows, halves=False)

    def of_recent_halves(self, windows: tuple[Period, ...]) -> Rings:
        """Last ring of each window's nearer half at each date, (dates, windows)."""
        return self._rings_at(windows, halves=True)

    @lru_cache  # noqa: B019 - edges are few, and kept for as long as their partitions are
    def _rings_at(self, windows: tuple[Period, ...], *, halves: bool) -> Rings:
        edge = _middle if halves else _start
        places = [
            [int(np.flatnonzero(self.of_date[at] == edge(window, day))[0]) for window in windows]
            for at, day in enumerate(self.dates)
        ]
        flat = list(chain.from_iterable(places))
        return np.array(flat, dtype=np.int64).reshape(len(self.dates), len(windows))


@lru_cache
def edges_of(aggregates: tuple[Aggregate, ...], dates: tuple[date, ...]) -> Edges:
    """Edges that the windows of these aggregates need at each date; kept, as every partition asks."""
    windows = {aggregate.window for aggregate in aggregates}
    halved = {a.window for a in aggregates if a.function is Function.TREND}
    found = [
        sorted(
            {
                _FIRST_DAY,
                *(_start(window, day) for window in windows),
                *(_middle(window, day) for window in halved),
            },
            reverse=True,
        )
        for day in dates
    ]
    most = max(map(len, found), default=1)
    padded = [days + [_FIRST_DAY] * (most - len(days)) for days in found]
    return Edges(dates, np.array(padded, dtype=np.int32).reshape(len(dates), most))


def _start(window: Period, as_of: date) -> int:
    """First day of the window."""
    return day_of(window.before(as_of))


def _middle(window: Period, as_of: date) -> int:
    """First day of the window's nearer half; of an odd number of days the further half has one more."""
    start, end = _start(window, as_of), day_of(as_of)
    return end - (end - start) // 2
