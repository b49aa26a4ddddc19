"""The point-in-time kernel: features of many entities at many dates, from rows known by then.

A pure function of one partition of entities, Arrow in and Arrow out: any way of cutting the
entities into partitions gives the same features.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.point_in_time.events import Events, Floats, Ints, days, group_by_key
from features.point_in_time.functions import FUNCTIONS, Visible, column_of
from features.point_in_time.plan import Function, GroupPlan
from features.point_in_time.rings import Edges, Rings

AS_OF, ROW, KEY = "as_of", "row", "key"


def aggregate(plan: GroupPlan, rows: pa.Table, followed: pa.Table, events: pa.Table) -> pa.Table:
    """Features of each row from the events of the keys it follows, known and past by its as-of date.

    Parameters
    ----------
    plan
        The aggregates asked for.
    rows
        One row per (entity, as-of date): column `as_of` (date32).
    followed
        Keys that each row follows: `row` (position in `rows`) and `key` (int, dense from 0); a pair
        stands once. A row may follow none, one (an address) or several (the people in a role).
    events
        Columns `key`, `event_date`, `knowledge_date`, `order` and those the plan reads.

    Returns
    -------
    pa.Table
        One column per aggregate in the plan's order, (rows,): float64, null where undefined, or
        string for `last` of a column of words.
    """
    grouped = group_by_key(events, plan.columns)
    as_of_days = days(rows[AS_OF])
    row, key = _pairs(followed)
    columns = [_Output(len(as_of_days)) for _ in plan.aggregates]
    for day in np.unique(as_of_days):
        members = np.flatnonzero(as_of_days == day)
        local = np.full(len(as_of_days), -1, dtype=np.int64)
        local[members] = np.arange(len(members))
        here = local[row] >= 0
        slot, at = _known_by(grouped, local[row[here]], key[here], int(day))
        _fill(columns, plan, grouped, (slot, at, members), int(day))
    return pa.table(
        {a.name: column.array() for a, column in zip(plan.aggregates, columns, strict=True)}
    )


def latest(rows: pa.Table, followed: pa.Table, events: pa.Table) -> Ints:
    """Place in `events` of the latest row known by each row's as-of date, (rows,); -1 where none is.

    Of rows known on one day the last in `order` counts; a missing value in it stands as missing.
    """
    grouped = group_by_key(
        events.append_column("place", pa.array(np.arange(len(events)))), ["place"]
    )
    as_of_days = days(rows[AS_OF])
    row, key = _pairs(followed)
    place = np.full(len(as_of_days), -1, dtype=np.int64)
    for day in np.unique(as_of_days):
        here = as_of_days[row] == day
        slot, at = _known_by(grouped, row[here], key[here], int(day))
        if len(at):
            rings = Rings(slot, np.zeros(len(slot), dtype=np.int64), (len(as_of_days), 1))
            best = rings.latest(grouped.rank[at], np.ones(len(at), dtype=bool))
            found = best >= 0
            place[found] = grouped.columns["place"].numbers[at[best[found]]].astype(np.int64)
    return place


def _pairs(followed: pa.Table) -> tuple[Ints, Ints]:
    """Pairs (row, key) in a fixed order, so that sums are added in one order however they came."""
    row, key = followed[ROW].to_numpy().astype(np.int64), followed[KEY].to_numpy().astype(np.int64)
    order = np.lexsort((key, row))
    return row[order], key[order]


def _known_by(events: Events, slot: Ints, key: Ints, day: int) -> tuple[Ints, Ints]:
    """Slot and position of each followed event that happened and was known before `day`."""
    asked, at = events.of(key)
    visible = (events.event_day[at] < day) & (events.known_day[at] < day)
    return slot[asked[visible]], at[visible]


class _Output:
    """One feature while it is being made: numbers, or codes of words."""

    def __init__(self, size: int) -> None:
        self.numbers: Floats = np.full(size, np.nan)
        self.words: pa.Array | None = None

    def array(self) -> pa.Array:
        """Finished column; nan and negative codes become null."""
        missing = np.isnan(self.numbers)
        if self.words is None:
            return pa.array(self.numbers, mask=missing)
        codes = pa.array(np.nan_to_num(self.numbers).astype(np.int64), mask=missing)
        return pc.cast(self.words, pa.string()).take(codes)


def _fill(
    columns: list[_Output],
    plan: GroupPlan,
    events: Events,
    known: tuple[Ints, Ints, Ints],
    day: int,
) -> None:
    """Compute every aggregate of the plan at one as-of date."""
    slot, at, members = known
    edges = Edges.of(plan.aggregates, day)
    ring = edges.rings(events.event_day[at])
    shape = (len(members), len(edges.days))
    whole = Visible(events, at, Rings(slot, ring, shape), edges)
    split = _split(plan, whole) if plan.split_by else whole
    width = len(plan.categories)
    for asked, column in zip(plan.aggregates, columns, strict=True):
        visible = whole if asked.category is None else split
        values = FUNCTIONS[asked.function](visible, asked)
        if asked.category is not None:
            values = values[plan.categories.index(asked.category) :: width]
        column.numbers[members] = values
        if asked.function is Function.LAST and not column_of(events, asked).is_number:
            column.words = column_of(events, asked).values


def _split(plan: GroupPlan, whole: Visible) -> Visible:
    """The same rows in finer slots, one for each category; rows of other categories fall away."""
    column = whole.events.columns[str(plan.split_by)]
    words = {word.as_py(): code for code, word in enumerate(column.values)}
    category = np.full(len(column.values) + 1, -1, dtype=np.int64)
    for place, word in enumerate(plan.categories):
        if word in words:
            category[words[word]] = place
    mine = category[column.codes[whole.at]]
    kept, width = mine >= 0, len(plan.categories)
    rings = whole.rings
    fine = Rings(
        rings.slot[kept] * width + mine[kept],
        rings.ring[kept],
        (rings.shape[0] * width, rings.shape[1]),
    )
    return Visible(whole.events, whole.at[kept], fine, whole.edges)
