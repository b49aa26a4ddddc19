"""What each aggregate makes of the hits: a value for every slot."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from features.days import Days
from features.point_in_time import loops
from features.point_in_time.edges import Edges
from features.point_in_time.events import Column, Events, Flags, Floats
from features.point_in_time.hits import Hits
from features.point_in_time.plan import Aggregate, Function
from hearth.errors import HearthError
from hearth.periods import Period

Values = npt.NDArray[Any]


@dataclass(frozen=True)
class Seen:
    """What the aggregates of one group look at: the hits, and the windows they are added up over.

    Whatever is computed for several aggregates is computed once, for all windows together.
    """

    events: Events
    columns: dict[str, Column]
    hits: Hits
    edges: Edges
    as_of: Days
    windows: tuple[Period, ...]
    _kept: dict[tuple[Any, ...], Any] = field(default_factory=dict)

    def place_of(self, window: Period) -> int:
        """Place of a window among the windows."""
        return self.windows.index(window)

    def once(self, what: tuple[Any, ...], compute: Callable[[], Any]) -> Any:
        """Result of `compute`, made at the first asking."""
        if what not in self._kept:
            self._kept[what] = compute()
        return self._kept[what]

    def blank(self, kind: type, *, windows: int | None = None) -> Values:
        """Room for a value of every window and slot."""
        return np.empty((len(self.windows) if windows is None else windows, self.hits.slots), kind)

    def numbers(self, asked: Aggregate) -> Column:
        """Column of numbers that the aggregate reads."""
        column = self.columns[str(asked.column)]
        if column.is_words:
            raise HearthError(
                f"{asked.name}: {asked.function} needs a column of numbers, {asked.column} holds words"
            )
        return column


def _counts(seen: Seen, windows: tuple[Period, ...], *, halves: bool = False) -> Values:
    counted = seen.blank(np.int32, windows=len(windows))
    reach = seen.edges.of_recent_halves(windows) if halves else seen.edges.of_windows(windows)
    hits = seen.hits
    loops.count(hits.start, hits.ring, seen.edges.rings, hits.date_of, reach, counted)
    return counted


def _count(seen: Seen, asked: Aggregate) -> Values:
    counts = seen.once(("count",), lambda: _counts(seen, seen.windows))
    return np.asarray(counts[seen.place_of(asked.window)])


def _trend(seen: Seen, asked: Aggregate) -> Values:
    """Rows in the nearer half of the window less rows in the further half."""
    recent = _counts(seen, (asked.window,), halves=True)[0]
    return np.asarray(2 * recent - _count(seen, asked))


def _totals(seen: Seen, name: str, present: Flags | None = None) -> tuple[Values, Values, int]:
    """Sums and counts by window of a column's values, and the decimals the sums are in."""
    column, hits = seen.columns[name], seen.hits
    value, decimals = column.exact or (column.numbers, 0)
    summed, counted = seen.blank(value.dtype.type), seen.blank(np.int32)
    loops.total(
        hits.start,
        hits.at,
        hits.ring,
        seen.edges.rings,
        value,
        column.present if present is None else present,
        hits.date_of,
        seen.edges.of_windows(seen.windows),
        summed,
        counted,
    )
    return summed, counted, decimals


def _total(seen: Seen, asked: Aggregate) -> tuple[Floats, Values]:
    """Sum and count of the aggregate's values in its window."""
    seen.numbers(asked)
    name = str(asked.column)
    summed, counted, decimals = seen.once(("total", name), lambda: _totals(seen, name))
    place = seen.place_of(asked.window)
    return summed[place] / np.float64(10**decimals), counted[place]


def _sum(seen: Seen, asked: Aggregate) -> Values:
    return _total(seen, asked)[0]


def _mean(seen: Seen, asked: Aggregate) -> Values:
    summed, counted = _total(seen, asked)
    return _divided(summed, counted)


def _ratio(seen: Seen, asked: Aggregate) -> Values:
    """Sum of one column over the sum of another, of the rows that hold both."""
    over, under = seen.numbers(asked), seen.columns[str(asked.per)]
    names, both = (str(asked.column), str(asked.per)), over.present & under.present
    totals = seen.once(
        ("ratio", *names), lambda: tuple(_totals(seen, name, both) for name in names)
    )
    place = seen.place_of(asked.window)
    (above, _, scale), (below, _, other) = totals
    return _divided(above[place] / np.float64(10**scale), below[place] / np.float64(10**other))


def _divided(above: Floats, below: Values) -> Floats:
    """Quotient, nan where the divisor is 0."""
    quotient = np.full(len(above), np.nan)
    np.divide(above, below, out=quotient, where=below != 0)
    return quotient


def _both_extremes(seen: Seen, asked: Aggregate) -> tuple[Values, Values]:
    def compute() -> tuple[Values, Values]:
        least, greatest = seen.blank(np.float64), seen.blank(np.float64)
        hits = seen.hits
        loops.extremes(
            hits.start,
            hits.at,
            hits.ring,
            seen.edges.rings,
            seen.numbers(asked).numbers,
            hits.date_of,
            seen.edges.of_windows(seen.windows),
            least,
            greatest,
        )
        return least, greatest

    found: tuple[Values, Values] = seen.once(("extremes", asked.column), compute)
    return found


def _least(seen: Seen, asked: Aggregate) -> Values:
    return np.asarray(_both_extremes(seen, asked)[0][seen.place_of(asked.window)])


def _greatest(seen: Seen, asked: Aggregate) -> Values:
    return np.asarray(_both_extremes(seen, asked)[1][seen.place_of(asked.window)])


def _distinct(seen: Seen, asked: Aggregate) -> Values:
    def compute() -> Values:
        column, hits, counted = seen.columns[str(asked.column)], seen.hits, seen.blank(np.int32)
        different = len(column.different)
        loops.distinct(
            hits.start,
            hits.at,
            hits.ring,
            seen.edges.rings,
            column.codes,
            np.full(different, -1, dtype=np.int64),
            np.empty(different, dtype=np.uint8),
            hits.date_of,
            seen.edges.of_windows(seen.windows),
            counted,
        )
        return counted

    return np.asarray(seen.once(("distinct", asked.column), compute)[seen.place_of(asked.window)])


def latest_hit(events: Events, hits: Hits, present: Flags) -> npt.NDArray[np.int64]:
    """Event of each slot's latest hit with a value, (slots,); -1 where it has none."""
    best = np.empty(hits.slots, dtype=np.int64)
    loops.latest(
        hits.start, hits.at, events.event_day, events.known_day, events.order, present, best
    )
    return best


def _last(seen: Seen, asked: Aggregate) -> Values:
    """Value, or code of the word, in the latest row that has one."""
    column = seen.columns[str(asked.column)]
    values = np.where(column.present, column.codes, np.nan) if column.is_words else column.numbers
    best = latest_hit(seen.events, seen.hits, column.present)
    return np.asarray(np.append(values, np.nan)[best])


def _days_since(seen: Seen, asked: Aggregate) -> Values:
    """Days from the first, or last, hit to the as-of date; nan where there is none."""

    def compute() -> tuple[Values, Values]:
        first, last = seen.blank(np.float64, windows=1), seen.blank(np.float64, windows=1)
        loops.span(seen.hits.start, seen.hits.at, seen.events.event_day, first[0], last[0])
        return first[0], last[0]

    first, last = seen.once(("span",), compute)
    return np.asarray(seen.as_of - (last if asked.function is Function.DAYS_SINCE_LAST else first))


FUNCTIONS: dict[Function, Callable[[Seen, Aggregate], Values]] = {
    Function.COUNT: _count,
    Function.SUM: _sum,
    Function.MEAN: _mean,
    Function.SHARE: _mean,
    Function.RATIO: _ratio,
    Function.MIN: _least,
    Function.MAX: _greatest,
    Function.DISTINCT: _distinct,
    Function.LAST: _last,
    Function.TREND: _trend,
    Function.DAYS_SINCE_LAST: _days_since,
    Function.DAYS_SINCE_FIRST: _days_since,
}
