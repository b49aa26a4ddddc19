"""What every engine is asked for: five tables of made-up events, six as-of dates, 185 features."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.point_in_time.plan import Aggregate, Function, GroupPlan
from hearth.periods import Period, schedule

TABLES = ("complaints", "absences", "arrears", "contacts", "repairs")
CATEGORIES = ("a", "b", "c", "d", "e", "f")
WINDOWS = ("3m", "6m", "12m", "24m", "all")
AS_OF = schedule(date(2021, 10, 1), date(2024, 4, 1), Period.parse("6m"))
NUMERIC = (Function.SUM, Function.MEAN, Function.MIN, Function.MAX)
EVENTS_PER_ENTITY = 5  # in each table
_EPOCH = date(1970, 1, 1).toordinal()
_DAYS = (date(2018, 1, 1).toordinal() - _EPOCH, date(2024, 4, 1).toordinal() - _EPOCH)
_LATEST_RECORDING = 60  # days after the event
_ROWS_AT_A_TIME = 500_000


def plan() -> GroupPlan:
    """Aggregates of one table: 37 features."""
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


def feature_names() -> list[str]:
    """Names of the 185 features, `table_aggregate`, in order."""
    return [f"{table}_{asked.name}" for table in TABLES for asked in plan().aggregates]


def synthesise(entities: int, folder: str) -> dict[str, Any]:
    """Write a Parquet file of events for each table, unless they are there; a part at a time.

    Each event has two dates (recorded up to 60 days late), an amount in whole pence and a category,
    and comes in no order.
    """
    out = Path(folder)
    for number, table in enumerate(TABLES):
        file = out / f"{table}.parquet"
        if not file.exists():
            aside = out / f".{table}.parquet"
            _write_events(aside, np.random.default_rng([20_261_102, number]), entities)
            aside.rename(file)
    return {}


def _write_events(file: Path, random: np.random.Generator, entities: int) -> None:
    events, writer = entities * EVENTS_PER_ENTITY, None
    for start in range(0, events, _ROWS_AT_A_TIME):
        part = _events(random, entities, start, min(_ROWS_AT_A_TIME, events - start))
        writer = writer or pq.ParquetWriter(file, part.schema)
        writer.write_table(part)
    if writer is not None:
        writer.close()


def _events(random: np.random.Generator, entities: int, start: int, rows: int) -> pa.Table:
    event_day = random.integers(*_DAYS, rows).astype(np.int32)
    lag = random.integers(0, _LATEST_RECORDING, rows).astype(np.int32)
    return pa.table(
        {
            "key": random.integers(0, entities, rows),
            "event_date": pa.array(event_day).cast(pa.date32()),
            "knowledge_date": pa.array(event_day + lag).cast(pa.date32()),
            "order": np.arange(start, start + rows),
            "amount": random.integers(0, 100_000, rows),
            "category": pa.array(np.array(CATEGORIES)[random.integers(0, len(CATEGORIES), rows)]),
        }
    )


class Checks:
    """Sum of every feature over all rows, so that nothing computed is kept and engines can be compared."""

    def __init__(self) -> None:
        self.totals: dict[str, float] = {}

    def add(self, features: pa.Table | pa.RecordBatch) -> None:
        """Add the columns of some rows, the key aside."""
        for name in features.schema.names:
            if name == "key":
                continue
            total = pc.sum(features[name]).as_py() or 0
            self.totals[name] = self.totals.get(name, 0.0) + float(total)

    def add_all(self, batches: Iterable[pa.RecordBatch]) -> "Checks":
        """Add batch after batch."""
        for batch in batches:
            self.add(batch)
        return self


def checks_of_parquet(folder: str) -> dict[str, Any]:
    """Checks of features written as Parquet files of any cut, whatever other columns they have."""
    checks, names = Checks(), feature_names()
    for file in sorted(Path(folder).glob("*.parquet")):
        with pq.ParquetFile(file) as features:
            checks.add_all(features.iter_batches(columns=names))
    return {"checks": checks.totals}
