"""What each aggregate makes of the visible rows: a value for every slot."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from features.point_in_time.events import Column, Events, Floats, Ints
from features.point_in_time.plan import Aggregate, Function
from features.point_in_time.rings import Edges, Rings
from hearth.errors import HearthError


@dataclass(frozen=True)
class Visible:
    """What is known at one as-of date: positions among the events, and the cells they fall in."""

    events: Events
    at: Ints
    rings: Rings
    edges: Edges
    _kept: dict[tuple[str, str | None], Floats] = field(default_factory=dict)

    def by_ring(self, what: str, column: str | None, compute: Callable[[], Floats]) -> Floats:
        """Running values over the rings, (slots, rings), computed once for all windows."""
        if (what, column) not in self._kept:
            self._kept[what, column] = compute()
        return self._kept[what, column]


def column_of(events: Events, asked: Aggregate) -> Column:
    """Column that the aggregate reads."""
    return events.columns[str(asked.column)]


def _numbers(visible: Visible, asked: Aggregate) -> Floats:
    column = column_of(visible.events, asked)
    if not column.is_number:
        raise HearthError(
            f"{asked.name}: {asked.function} needs a column of numbers, {asked.column} holds words"
        )
    return column.numbers[visible.at]


def _in_window(
    visible: Visible, asked: Aggregate, what: str, compute: Callable[[], Floats]
) -> Floats:
    return visible.by_ring(what, asked.column, compute)[
        :, visible.edges.ring_of_window(asked.window)
    ]


def _count(visible: Visible, asked: Aggregate) -> Floats:
    return _in_window(visible, asked, "rows", visible.rings.counts)


def _sum(visible: Visible, asked: Aggregate) -> Floats:
    return _in_window(visible, asked, "sum", lambda: visible.rings.sums(_numbers(visible, asked)))


def _mean(visible: Visible, asked: Aggregate) -> Floats:
    total = _sum(visible, asked)
    counted = _in_window(
        visible, asked, "values", lambda: visible.rings.counts(~np.isnan(_numbers(visible, asked)))
    )
    mean = np.full(len(total), np.nan)
    np.divide(total, counted, out=mean, where=counted > 0)
    return mean


def _least(visible: Visible, asked: Aggregate) -> Floats:
    return _in_window(
        visible, asked, "least", lambda: visible.rings.extremes(_numbers(visible, asked), np.fmin)
    )


def _greatest(visible: Visible, asked: Aggregate) -> Floats:
    return _in_window(
        visible,
        asked,
        "greatest",
        lambda: visible.rings.extremes(_numbers(visible, asked), np.fmax),
    )


def _distinct(visible: Visible, asked: Aggregate) -> Floats:
    codes = column_of(visible.events, asked).codes[visible.at]
    return _in_window(visible, asked, "distinct", lambda: visible.rings.distinct(codes))


def _trend(visible: Visible, asked: Aggregate) -> Floats:
    """Rows in the nearer half of the window less rows in the further half."""
    counts = visible.by_ring("rows", None, visible.rings.counts)
    recent = counts[:, visible.edges.ring_of_recent_half(asked.window)]
    return 2 * recent - counts[:, visible.edges.ring_of_window(asked.window)]


def _last(visible: Visible, asked: Aggregate) -> Floats:
    """Value, or code of the word, in the latest row that has one."""
    column = column_of(visible.events, asked)
    values = (
        column.numbers if column.is_number else np.where(column.codes < 0, np.nan, column.codes)
    )
    here = values[visible.at]
    best = visible.rings.latest(visible.events.rank[visible.at], ~np.isnan(here))
    return np.asarray(np.append(here, np.nan)[best], dtype=np.float64)


def _days_since(what: str, extreme: np.ufunc) -> Callable[[Visible, Aggregate], Floats]:
    def days_since(visible: Visible, asked: Aggregate) -> Floats:
        event_day = visible.events.event_day[visible.at].astype(np.float64)
        return visible.edges.day - _in_window(
            visible, asked, what, lambda: visible.rings.extremes(event_day, extreme)
        )

    return days_since


FUNCTIONS: dict[Function, Callable[[Visible, Aggregate], Floats]] = {
    Function.COUNT: _count,
    Function.SUM: _sum,
    Function.MEAN: _mean,
    Function.SHARE: _mean,
    Function.MIN: _least,
    Function.MAX: _greatest,
    Function.DISTINCT: _distinct,
    Function.LAST: _last,
    Function.TREND: _trend,
    Function.DAYS_SINCE_LAST: _days_since("last day", np.fmax),
    Function.DAYS_SINCE_FIRST: _days_since("first day", np.fmin),
}
