"""The same features as plain DuckDB SQL: readable, slow, and the oracle that tests hold the kernel to."""

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import pyarrow as pa

from features.point_in_time.events import SUPERSEDED_DATE
from features.point_in_time.plan import Aggregate, Function, GroupPlan
from hearth.periods import Period

_QUERY = """\
SELECT
  {features}
FROM rows AS r
LEFT JOIN followed AS f
  ON f."row" = r."row"
LEFT JOIN events AS e
  ON e.key = f.key
  AND e.event_date < r.as_of
  AND e.knowledge_date < r.as_of
  AND (e.superseded_date IS NULL OR e.superseded_date >= r.as_of)
GROUP BY r."row"
ORDER BY r."row"
"""


def group_sql(
    plan: GroupPlan, *, words: frozenset[str] = frozenset(), exact: frozenset[str] = frozenset()
) -> str:
    """Query for the features of one group over tables `rows`, `followed` and `events`.

    Parameters
    ----------
    plan
        The aggregates asked for.
    words
        Columns that hold words rather than numbers.
    exact
        Columns of integers or decimals, which are added up as such.
    """
    query = _Query(plan, words, exact)
    features = [f"{_VALUE[a.function](query, a)} AS {_quoted(a.name)}" for a in plan.aggregates]
    return _QUERY.format(features=",\n  ".join(features))


def aggregate(plan: GroupPlan, rows: pa.Table, followed: pa.Table, events: pa.Table) -> pa.Table:
    """Features of each row by SQL; takes and gives what `kernel.aggregate` does."""
    if SUPERSEDED_DATE not in events.column_names:
        events = events.append_column(SUPERSEDED_DATE, pa.nulls(len(events), pa.date32()))
    exact = frozenset(name for name in plan.columns if _is_exact(events[name].type))
    words = frozenset(name for name in plan.columns if _is_words(events[name].type))
    numbered = rows.append_column("row", pa.array(np.arange(len(rows)), pa.int64()))
    with duckdb.connect(config={"threads": 1}) as connection:
        for name, table in (("rows", numbered), ("followed", followed), ("events", events)):
            connection.register(name, table)
        query = group_sql(plan, words=words, exact=exact)
        result = connection.execute(query).to_arrow_table()
    kinds = [pa.string() if pa.types.is_string(t) else pa.float64() for t in result.schema.types]
    return result.cast(pa.schema(zip(result.column_names, kinds, strict=True)))


def window_start(window: Period) -> str:
    """First day of the window, in SQL."""
    if window.unbounded:
        return "DATE '0001-01-01'"
    length = f"INTERVAL {window.months} MONTH" if window.months else f"INTERVAL {window.days} DAY"
    return f"CAST(r.as_of - {length} AS DATE)"


@dataclass(frozen=True)
class _Query:
    """What a feature's SQL depends on beside itself."""

    plan: GroupPlan
    words: frozenset[str]
    exact: frozenset[str]


def _is_exact(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_decimal(kind))


def _is_words(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_dictionary(kind))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _rows(query: _Query, asked: Aggregate, *conditions: str) -> str:
    """FILTER clause: rows in the window, of the category, that meet the conditions."""
    met = ["e.key IS NOT NULL"]
    if not asked.window.unbounded:
        met.append(f"e.event_date >= {window_start(asked.window)}")
    if asked.category is not None:
        met.append(f"e.{_quoted(str(query.plan.split_by))} = {_literal(asked.category)}")
    return f"FILTER (WHERE {' AND '.join([*met, *conditions])})"


def _column(asked: Aggregate) -> str:
    return f"e.{_quoted(str(asked.column))}"


def _added(query: _Query, column: str) -> str:
    """A column as it is added up: exactly where it is exact."""
    named = f"e.{_quoted(column)}"
    return named if column in query.exact else f"CAST({named} AS DOUBLE)"


def _sum(query: _Query, asked: Aggregate) -> str:
    summed = f"sum({_added(query, str(asked.column))}) {_rows(query, asked)}"
    return f"coalesce(CAST({summed} AS DOUBLE), 0)"


def _mean(query: _Query, asked: Aggregate) -> str:
    summed = f"sum({_added(query, str(asked.column))}) {_rows(query, asked)}"
    counted = f"count({_column(asked)}) {_rows(query, asked)}"
    return f"CAST({summed} AS DOUBLE) / nullif({counted}, 0)"


def _ratio(query: _Query, asked: Aggregate) -> str:
    both = (f"{_column(asked)} IS NOT NULL", f"e.{_quoted(str(asked.per))} IS NOT NULL")
    above, below = (
        f"CAST(sum({_added(query, str(name))}) {_rows(query, asked, *both)} AS DOUBLE)"
        for name in (asked.column, asked.per)
    )
    return f"{above} / nullif({below}, 0)"


def _extreme(function: str) -> Callable[[_Query, Aggregate], str]:
    def value(query: _Query, asked: Aggregate) -> str:
        return f"{function}(CAST({_column(asked)} AS DOUBLE)) {_rows(query, asked)}"

    return value


def _count(query: _Query, asked: Aggregate) -> str:
    return f"count(*) {_rows(query, asked)}"


def _distinct(query: _Query, asked: Aggregate) -> str:
    return f"count(DISTINCT {_column(asked)}) {_rows(query, asked)}"


def _last(query: _Query, asked: Aggregate) -> str:
    column = _column(asked) if asked.column in query.words else f"CAST({_column(asked)} AS DOUBLE)"
    in_time = 'row(e.event_date, e.knowledge_date, e."order")'
    return f"arg_max({column}, {in_time}) {_rows(query, asked, f'{_column(asked)} IS NOT NULL')}"


def _trend(query: _Query, asked: Aggregate) -> str:
    start = window_start(asked.window)
    middle = f"r.as_of - CAST((r.as_of - {start}) // 2 AS INTEGER)"
    recent = f"count(*) {_rows(query, asked, f'e.event_date >= {middle}')}"
    earlier = f"count(*) {_rows(query, asked, f'e.event_date < {middle}')}"
    return f"{recent} - {earlier}"


def _days_since(extreme: str) -> Callable[[_Query, Aggregate], str]:
    def value(query: _Query, asked: Aggregate) -> str:
        return f"min(r.as_of) - {extreme}(e.event_date) {_rows(query, asked)}"

    return value


_VALUE: dict[Function, Callable[[_Query, Aggregate], str]] = {
    Function.COUNT: _count,
    Function.SUM: _sum,
    Function.MEAN: _mean,
    Function.SHARE: _mean,
    Function.RATIO: _ratio,
    Function.MIN: _extreme("min"),
    Function.MAX: _extreme("max"),
    Function.DISTINCT: _distinct,
    Function.LAST: _last,
    Function.TREND: _trend,
    Function.DAYS_SINCE_LAST: _days_since("max"),
    Function.DAYS_SINCE_FIRST: _days_since("min"),
}
