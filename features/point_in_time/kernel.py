"""The point-in-time kernel: features of many entities at many dates, from rows known by then.

A pure function of one partition of entities, Arrow in and Arrow out: any way of cutting the
entities into partitions gives the same features.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.days import date_of, days
from features.point_in_time.edges import Edges, edges_of
from features.point_in_time.events import (
    Codes,
    Column,
    Events,
    Ints,
    group_by_key,
    sorted_by_code,
)
from features.point_in_time.functions import FUNCTIONS, Seen, Values, latest_hit
from features.point_in_time.hits import Hits, find_hits
from features.point_in_time.plan import Aggregate, Function, GroupPlan
from hearth.periods import Period

AS_OF, ROW, KEY = "as_of", "row", "key"
_ANY: tuple[Aggregate, ...] = (Aggregate("any", Function.COUNT),)


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
        Columns `key`, `event_date`, `knowledge_date`, `order` and those the plan reads; perhaps
        `superseded_date`, from the day after which a row no longer counts.

    Returns
    -------
    pa.Table
        One column per aggregate in the plan's order, (rows,): int32 for counts, else float64, null
        where undefined, or string for `last` of a column of words.
    """
    grouped, hits, edges = _hits(plan.aggregates, rows, followed, events)
    columns = {name: grouped.column(name) for name in plan.columns}
    as_of = days(rows[AS_OF])
    whole = Seen(grouped, columns, hits, edges, as_of, _windows(plan, apart=False))
    split = whole
    if plan.categories:
        width = len(plan.categories)
        apart = hits.split(_category(plan, columns[str(plan.split_by)]), width)
        apart_as_of = np.tile(as_of, width)
        split = Seen(grouped, columns, apart, edges, apart_as_of, _windows(plan, apart=True))
    made = {}
    for asked in plan.aggregates:
        values = FUNCTIONS[asked.function](whole if asked.category is None else split, asked)
        if asked.category is not None:
            first = plan.categories.index(asked.category) * len(rows)
            values = values[first : first + len(rows)]
        made[asked.name] = _array(values, columns.get(str(asked.column)), asked)
    return pa.table(made) if made else pa.table({})


def latest(rows: pa.Table, followed: pa.Table, events: pa.Table) -> Ints:
    """Place in `events` of the latest row known by each row's as-of date, (rows,); -1 where none is.

    Of rows known on one day the last in `order` counts; a missing value in it stands as missing.
    """
    grouped, hits, _ = _hits(_ANY, rows, followed, events)
    best = latest_hit(grouped, hits, np.ones(len(grouped.place), dtype=bool))
    return np.append(grouped.place, -1)[best]


def _hits(
    aggregates: tuple[Aggregate, ...], rows: pa.Table, followed: pa.Table, events: pa.Table
) -> tuple[Events, Hits, Edges]:
    """Events by key, which of them each row sees, and the rings they fall in."""
    as_of = days(rows[AS_OF])
    dates, place_of = np.unique(as_of, return_inverse=True)
    edges = edges_of(aggregates, tuple(date_of(day) for day in dates))
    row, key = np.asarray(followed[ROW], np.int32), np.asarray(followed[KEY], np.int32)
    keys = max(int(key.max(initial=-1)), pc.max(events[KEY]).as_py() or 0) + 1
    grouped = group_by_key(events, keys=keys)
    pairs = _pairs(row, key, len(rows))
    return grouped, find_hits(grouped, as_of, place_of.astype(np.int64), pairs, edges), edges


def _windows(plan: GroupPlan, *, apart: bool) -> tuple[Period, ...]:
    """Windows of the aggregates of single categories, or of the others."""
    asked = (a.window for a in plan.aggregates if (a.category is not None) == apart)
    return tuple(dict.fromkeys(asked))


def _pairs(row: Codes, key: Codes, rows: int) -> tuple[Ints, Codes]:
    """Where each row's keys begin, and the keys in a fixed order, so that sums are added in one order."""
    if np.any(key[1:] < key[:-1]):
        by_key = np.argsort(key, kind="stable")
        row, key = row[by_key], key[by_key]
    start, place = sorted_by_code(row, rows)
    return start, key[place]


def _category(plan: GroupPlan, column: Column) -> Codes:
    """Place of each event's category among those of the plan, -1 for others, (events,)."""
    wanted = pa.array(plan.categories, pa.string())
    places = pc.index_in(pc.cast(column.different, pa.string()), value_set=wanted)
    table = np.append(np.asarray(pc.fill_null(places, -1), dtype=np.int32), np.int32(-1))
    return table[column.codes]


def _array(values: Values, column: Column | None, asked: Aggregate) -> pa.Array:
    """A feature as an Arrow array; nan becomes null, codes of words become words."""
    if values.dtype == np.int32:
        return pa.array(values)
    missing = np.isnan(values)
    if asked.function is Function.LAST and column is not None and column.is_words:
        codes = pa.array(np.nan_to_num(values).astype(np.int64), mask=missing)
        return pc.cast(column.different, pa.string()).take(codes)
    valid = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return pa.Array.from_buffers(pa.float64(), len(values), [valid, pa.py_buffer(values)])
