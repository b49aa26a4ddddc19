"""The statements that triage's collate sends to PostgreSQL for the same features.

Its shape, read from dssg/triage (`triage.component.collate.spacetime`, `architect.feature_generators`):
a feature aggregation has one FROM, one list of intervals and one date column, the knowledge date,
by which rows are both cut at the as-of date and placed in an interval. For each, one table is made
empty, filled by an INSERT … SELECT for each as-of date (the cohort joined, aggregates with FILTER for
each interval, GROUP BY entity), indexed, and joined to every (entity, date) that has rows into an
aggregation table, indexed too. Quantities over other intervals are other aggregations: here three a
source. Last, the aggregation tables are joined to the cohort, as a matrix is. What triage does beyond
(imputation with its flags, the passage through CSV and pandas) is left out, in its favour.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from engines.workload import AS_OF, CATEGORIES, TABLES

_INTERVALS = {"3m": "3 month", "6m": "6 month", "12m": "12 month", "24m": "24 month", "all": "all"}
_FUNCTIONS = {"sum": "sum", "mean": "avg", "min": "min", "max": "max"}
_COLUMNS = ("entity_id", "knowledge_date", "amount", "category")


@dataclass(frozen=True)
class Aggregation:
    """One feature aggregation: named quantities of a source over the same intervals."""

    prefix: str
    source: str
    intervals: tuple[str, ...]
    quantities: tuple[tuple[str, str], ...]
    """Name with `{window}`, and SQL up to its FILTER with `{as_of}`."""

    def features(self) -> Iterator[tuple[str, str, str]]:
        """Name, SQL and interval of each feature."""
        for window in self.intervals:
            for name, sql in self.quantities:
                yield f"{self.source}_{name.format(window=window)}", sql, window


def aggregations(source: str) -> list[Aggregation]:
    """The aggregations that say the features of one source."""
    amounts = (
        ("count_{window}", "count(*)"),
        *((f"{ours}_amount_{{window}}", f"{sql}(amount)") for ours, sql in _FUNCTIONS.items()),
        ("distinct_category_{window}", "count(distinct category)"),
    )
    categories = tuple(
        (f"count_{c}_{{window}}", f"sum((category = '{c}')::INT)") for c in CATEGORIES
    )
    since = (("days_since_last", "min('{as_of}'::date - knowledge_date)"),)
    return [
        Aggregation(f"{source}_amounts", source, tuple(_INTERVALS), amounts),
        Aggregation(f"{source}_categories", source, ("12m",), categories),
        Aggregation(f"{source}_since", source, ("all",), since),
    ]


def statements(dates: Sequence[date] = AS_OF) -> Iterator[str]:
    """Everything sent, in order; the last makes the table `features.matrix`."""
    yield "CREATE SCHEMA features"
    made = [one for table in TABLES for one in aggregations(table)]
    for one in made:
        yield from _feature_tables(one, dates)
    columns = [f'"{name}"' for one in made for name, _, _ in one.features()]
    joins = "\n".join(
        f'LEFT JOIN features."{one.prefix}_aggregation" USING (entity_id, as_of_date)'
        for one in made
    )
    yield (
        f"CREATE TABLE features.matrix AS (SELECT entity_id, as_of_date, {', '.join(columns)}\n"
        f"FROM cohort\n{joins})"
    )


def _feature_tables(one: Aggregation, dates: Sequence[date]) -> Iterator[str]:
    """Group table and aggregation table of one feature aggregation."""
    group, joined = f'features."{one.prefix}_entity_id"', f'features."{one.prefix}_aggregation"'
    yield f"CREATE TABLE {group} AS ({_select(one, dates[0])} LIMIT 0)"
    for as_of in dates:
        yield f"INSERT INTO {group} ({_select(one, as_of)})"
    yield f"CREATE INDEX ON {group} (entity_id, as_of_date)"
    pairs = "\nUNION ALL\n".join(
        f"SELECT entity_id, '{as_of}'::date AS as_of_date FROM {one.source} "
        f"WHERE {_where(one, as_of)} GROUP BY entity_id"
        for as_of in dates
    )
    yield (
        f"CREATE TABLE {joined} AS (SELECT * FROM ({pairs}) t1\n"
        f"LEFT JOIN {group} USING (entity_id, as_of_date))"
    )
    yield f"CREATE INDEX ON {joined} (entity_id, as_of_date)"


def _select(one: Aggregation, as_of: date) -> str:
    """One as-of date's features by entity."""
    columns = ", ".join(
        f'{sql.format(as_of=as_of)}{_filter(window, as_of)} AS "{name}"'
        for name, sql, window in one.features()
    )
    cohorted = (
        f"(select from_obj.* from ((select * from {one.source}) from_obj join cohort on "
        f"(cohort.entity_id = from_obj.entity_id and cohort.as_of_date = '{as_of}'::date))) cohorted"
    )
    return (
        f"SELECT entity_id, '{as_of}'::date AS as_of_date, {columns}\nFROM {cohorted}\n"
        f"WHERE {_where(one, as_of)} GROUP BY entity_id"
    )


def _filter(window: str, as_of: date) -> str:
    if window == "all":
        return ""
    since = f"'{as_of}'::date - interval '{_INTERVALS[window]}'"
    return f" FILTER (WHERE knowledge_date >= {since})"


def _where(one: Aggregation, as_of: date) -> str:
    where = f"knowledge_date < '{as_of}'"
    if "all" not in one.intervals:
        lengths = ",".join(f"interval '{_INTERVALS[window]}'" for window in one.intervals)
        where += f" AND knowledge_date >= '{as_of}'::date - greatest({lengths})"
    return where


def load(folder: str, entities: int, url: str) -> dict[str, Any]:
    """The events and the cohort in PostgreSQL, indexed on entity and date, with statistics."""
    with psycopg.connect(url, autocommit=True) as connection:
        for table in TABLES:
            connection.execute(
                f"CREATE TABLE {table} (entity_id bigint, knowledge_date date, amount bigint, category text)"
            )
            _copy_events(connection, Path(folder) / f"{table}.parquet", table)
            connection.execute(f"CREATE INDEX ON {table} (entity_id, knowledge_date)")
            connection.execute(f"CREATE INDEX ON {table} (knowledge_date)")
        days = ", ".join(f"('{as_of}'::date)" for as_of in AS_OF)
        connection.execute(
            "CREATE TABLE cohort AS SELECT entity_id, as_of_date "
            f"FROM generate_series(0, {entities - 1}) AS e(entity_id), (VALUES {days}) AS d(as_of_date)"
        )
        connection.execute("CREATE INDEX ON cohort (entity_id, as_of_date)")
        connection.execute("VACUUM ANALYZE")
    return {}


def _copy_events(connection: psycopg.Connection[Any], file: Path, table: str) -> None:
    copying = f"COPY {table} ({', '.join(_COLUMNS)}) FROM STDIN WITH (FORMAT csv)"
    options = pa_csv.WriteOptions(include_header=False)
    with pq.ParquetFile(file) as events, connection.cursor().copy(copying) as copy:
        for batch in events.iter_batches(columns=["key", *_COLUMNS[1:]]):
            rows = io.BytesIO()
            pa_csv.write_csv(batch, rows, options)
            copy.write(rows.getvalue())


def make_matrix(url: str) -> None:
    """Send the statements; what is timed."""
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements():
            connection.execute(statement)


def remove_matrix(url: str) -> None:
    """Take the features away, so that they can be made again."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS features CASCADE")
        connection.execute("CHECKPOINT")
