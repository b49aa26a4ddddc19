"""Hits: the events that each row follows and that were past and known by its as-of date."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from features.days import Days
from features.point_in_time import loops
from features.point_in_time.edges import Edges
from features.point_in_time.events import Codes, Events, Ints

Places = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Hits:
    """Hits of each slot; a slot is a row of the matrix, or one category of it (category by category).

    `date_of` is the place of each row's as-of date among the dates of the edges.
    """

    date_of: Ints
    start: Ints
    at: Places
    ring: npt.NDArray[np.uint8]

    @property
    def slots(self) -> int:
        """How many slots there are."""
        return len(self.start) - 1

    def split(self, category: Codes, width: int) -> "Hits":
        """The hits of each of `width` categories apart; `category` is each event's, negative for none."""
        slots = (len(self.start) - 1) * width
        start = np.zeros(slots + 1, dtype=np.int64)
        at, ring = np.empty_like(self.at), np.empty_like(self.ring)
        loops.split_hits(self.start, self.at, self.ring, category, width, start, at, ring)
        return Hits(self.date_of, start, at, ring)


def find_hits(
    events: Events, as_of: Days, date_of: Ints, pairs: tuple[Ints, Codes], edges: Edges
) -> Hits:
    """Hits of each row.

    Parameters
    ----------
    events
        Events by key.
    as_of, date_of
        Each row's as-of date, as a day and as a place among the dates of the edges, (rows,).
    pairs
        Where each row's followed keys begin, (rows + 1,), and the keys, (pairs,).
    edges
        Rings before each date.
    """
    pair_start, pair_key = pairs
    most = int((events.start[pair_key + 1] - events.start[pair_key]).sum())
    start = np.zeros(len(as_of) + 1, dtype=np.int64)
    at, ring = np.empty(most, dtype=np.int32), np.empty(most, dtype=np.uint8)
    loops.find_hits(
        as_of,
        date_of,
        pair_start,
        pair_key,
        events.start,
        events.event_day,
        events.known_day,
        events.superseded_day,
        edges.of_date,
        start,
        at,
        ring,
    )
    found = int(start[-1])
    return Hits(date_of, start, at[:found], ring[:found])
