"""The point-in-time kernel beside naive DuckDB SQL: one GROUP BY per as-of date and window.

Both read the same Parquet files of made-up events and compute the same features; each keeps a
checksum of every column, and the checksums must agree.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import harness
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.point_in_time import kernel
from features.point_in_time.plan import Aggregate, Function, GroupPlan
from hearth.periods import Period, schedule

TABLES = ("complaints", "absences", "arrears", "contacts", "repairs")
CATEGORIES = ("a", "b", "c", "d", "e", "f")
WINDOWS = ("3m", "6m", "12m", "24m", "all")
AS_OF = schedule(date(2021, 10, 1), date(2024, 4, 1), Period.parse("6m"))
NUMERIC = (Function.SUM, Function.MEAN, Function.MIN, Function.MAX)
CHUNK = 16_384  # entities in one partition of the kernel
DAYS = (
    date(2018, 1, 1).toordinal() - date(1970, 1, 1).toordinal(),
    date(2024, 4, 1).toordinal() - date(1970, 1, 1).toordinal(),
)


def plan() -> GroupPlan:
    """Aggregates of one table: 36 features for each as-of date."""
    windows = [Period.parse(window) for window in WINDOWS]
    asked = [Aggregate(f"count_{w}", Function.COUNT, window=w) for w in windows]
    asked += [
        Aggregate(f"{f}_amount_{w}", f, column="amount", window=w) for f in NUMERIC for w in windows
    ]
    asked += [
        Aggregate(f"distinct_category_{w}", Function.DISTINCT, column="category", window=w)
        for w in windows
    ]
    asked += [
        Aggregate(f"count_{c}_12m", Function.COUNT, window=Period.parse("12m"), category=c)
        for c in CATEGORIES
    ]
    asked += [Aggregate("days_since_last", Function.DAYS_SINCE_LAST)]
    return GroupPlan("events", tuple(asked), split_by="category")


def synthesise(entities: int, events: int, out: str) -> dict[str, Any]:
    """Event files: two dates (recorded up to 60 days late), a sum of pence and a category; unsorted."""
    random = np.random.default_rng(20_261_102)
    for table in TABLES:
        event_day = random.integers(*DAYS, events).astype(np.int32)
        lag = random.integers(0, 60, events).astype(np.int32)
        columns = {
            "key": random.integers(0, entities, events),
            "event_date": pa.array(event_day).cast(pa.date32()),
            "knowledge_date": pa.array(event_day + lag).cast(pa.date32()),
            "order": np.arange(events),
            "amount": random.integers(0, 100_000, events),
            "category": pa.array(np.array(CATEGORIES)[random.integers(0, len(CATEGORIES), events)]),
        }
        pq.write_table(pa.table(columns), Path(out) / f"{table}.parquet")
    return {}


def run_kernel(entities: int, out: str, **_: object) -> dict[str, Any]:
    """Features by the kernel: whole rows of one partition of entities after the other; one core."""
    checks = _Checks()
    tables = {
        table: _by_partition(pq.read_table(Path(out) / f"{table}.parquet"), entities)
        for table in TABLES
    }
    for partition, low in enumerate(range(0, entities, CHUNK)):
        size = min(CHUNK, entities - low)
        as_of = pa.array(np.repeat(np.array(AS_OF, dtype="datetime64[D]"), size)).cast(pa.date32())
        rows = pa.table({"as_of": as_of})
        followed = pa.table(
            {"row": np.arange(len(rows)), "key": np.tile(np.arange(size), len(AS_OF))}
        )
        whole = [
            kernel.aggregate(plan(), rows, followed, parts[partition]) for parts in tables.values()
        ]
        for table, features in zip(tables, whole, strict=True):
            checks.add(
                features.rename_columns([f"{table}_{name}" for name in features.column_names])
            )
    return {"checks": checks.totals}


def _by_partition(events: pa.Table, entities: int) -> list[pa.Table]:
    """Events of each run of entities, with keys counted from the first of them."""
    keys = events["key"].to_numpy()
    order = np.argsort(keys // CHUNK, kind="stable")
    edges = np.searchsorted(keys[order] // CHUNK, np.arange(math.ceil(entities / CHUNK) + 1))
    local = events.set_column(0, "key", pa.array(keys % CHUNK))
    return [local.take(pa.array(order[low:high])) for low, high in pairwise(edges)]


def run_naive_sql(entities: int, out: str, **_: object) -> dict[str, Any]:
    """Features by one query for each as-of date; all cores."""
    checks = _Checks()
    with duckdb.connect() as connection:
        for as_of in AS_OF:
            checks.add(connection.execute(naive_sql(Path(out), entities, as_of)).to_arrow_table())
    return {"checks": checks.totals}


def naive_sql(folder: Path, entities: int, as_of: date) -> str:
    """Whole rows at one as-of date: every table and window grouped on its own, then joined."""
    joins = "\n".join(
        f"LEFT JOIN ({_windowed(folder / f'{table}.parquet', table, window, as_of)}) AS {table}_{window} USING (key)"
        for table in TABLES
        for window in WINDOWS
    )
    joined = f"SELECT * FROM (SELECT unnest(range({entities})) AS key) AS entities\n{joins}"
    return (
        "SELECT coalesce(COLUMNS('_(count|distinct|sum)_'), 0), COLUMNS('_(mean|min|max|days)_') "
        f"FROM ({joined})"
    )


def _windowed(file: Path, table: str, window: str, as_of: date) -> str:
    """One GROUP BY: a table's features over one window."""
    parts = {
        f"count_{window}": "count(*)",
        f"distinct_category_{window}": "count(DISTINCT category)",
    }
    parts |= {f"{function}_amount_{window}": f"{_SQL[function]}(amount)" for function in NUMERIC}
    where = f"event_date < DATE '{as_of}' AND knowledge_date < DATE '{as_of}'"
    if window == "12m":
        parts |= {f"count_{c}_12m": f"count(*) FILTER (WHERE category = '{c}')" for c in CATEGORIES}
    if window == "all":
        parts |= {"days_since_last": f"DATE '{as_of}' - max(event_date)"}
    else:
        where += f" AND event_date >= DATE '{Period.parse(window).before(as_of)}'"
    picked = ", ".join(f"{expression} AS {table}_{name}" for name, expression in parts.items())
    return f"SELECT key, {picked} FROM '{file}' WHERE {where} GROUP BY key"


_SQL = {Function.SUM: "sum", Function.MEAN: "avg", Function.MIN: "min", Function.MAX: "max"}


class _Checks:
    """Sum of every feature, so that nothing computed is kept and engines can be compared."""

    def __init__(self) -> None:
        self.totals: dict[str, float] = {}

    def add(self, features: pa.Table) -> None:
        for name in features.column_names:
            total = pc.sum(pc.cast(features[name], pa.float64())).as_py() or 0.0
            self.totals[name] = self.totals.get(name, 0.0) + total


def compare(arguments: Sequence[str]) -> None:
    """Both engines in turn at a stated size; ratios are naive SQL over kernel, above 1 is in our favour."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, default=100_000)
    parser.add_argument(
        "--events", type=int, default=500_000, help="events in each of the five tables"
    )
    parser.add_argument("--repeats", type=int, default=3)
    given = parser.parse_args(arguments)
    out = harness.WORK / "point_in_time"
    out.mkdir(parents=True, exist_ok=True)
    size = {"entities": given.entities, "out": str(out)}
    harness.run(__file__, "synthesise", events=given.events, **size)
    costs = harness.run_in_turn(__file__, ["kernel", "naive_sql"], repeats=given.repeats, **size)
    _agree(costs)
    kernel_cost, sql_cost = costs["kernel"], costs["naive_sql"]
    ratios = {
        "wall_vs_naive_sql": sql_cost.wall_seconds / kernel_cost.wall_seconds,
        "cpu_vs_naive_sql": sql_cost.cpu_seconds / kernel_cost.cpu_seconds,
        "memory_vs_naive_sql": sql_cost.peak_mb / kernel_cost.peak_mb,
    }
    rows = [
        {
            "engine": engine,
            "entities": given.entities,
            "events": given.events * len(TABLES),
            "as_of_dates": len(AS_OF),
            "features": len(plan().aggregates) * len(TABLES),
            "wall_seconds": round(cost.wall_seconds, 2),
            "cpu_seconds": round(cost.cpu_seconds, 2),
            "peak_mb": round(cost.peak_mb),
        }
        for engine, cost in costs.items()
    ]
    harness.write_result("point_in_time", ratios, rows)


def _agree(costs: dict[str, harness.Cost]) -> None:
    """Stop if the engines computed different features."""
    ours, theirs = costs["kernel"].said["checks"], costs["naive_sql"].said["checks"]
    differ = [
        name
        for name in theirs
        if not math.isclose(ours.get(name, math.nan), theirs[name], rel_tol=1e-9)
    ]
    if differ or ours.keys() != theirs.keys():
        sys.exit(
            f"the engines disagree on {', '.join(sorted(differ)) or 'which features there are'}"
        )


if __name__ == "__main__":
    harness.main(
        {"synthesise": synthesise, "kernel": run_kernel, "naive_sql": run_naive_sql}, compare
    )
