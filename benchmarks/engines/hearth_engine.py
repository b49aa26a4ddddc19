"""Hearth's own engine, as it ships: what `features.assembly` does for a model's groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engines.workload import AS_OF, TABLES, Checks, plan
from features.feature_parts import part_table, write_parts
from features.followed import Followed
from features.ingest.snapshot import BATCH
from features.point_in_time import kernel
from features.point_in_time.partitions import Partitions, entities_in_partition, in_parallel
from features.point_in_time.spill import PartedPairs, Spill
from hearth.cores import core_count

_FEATURES = len(TABLES) * len(plan().aggregates)


@dataclass(frozen=True)
class _Group:
    """Columns of one table, as `GroupColumns`."""

    name: str
    spill: Spill

    def table(self, rows: pa.Table, part: int) -> pa.Table:
        made = kernel.aggregate(plan(), rows, self.spill.pairs(part), self.spill.events(part))
        return made.rename_columns([f"{self.name}_{column}" for column in made.column_names])


def compute(folder: str, entities: int) -> dict[str, Any]:
    """Features made partition by partition and let go."""
    rows, partitions, groups = _read(Path(folder), entities)
    checks = Checks()

    def make(part: int) -> dict[str, float]:
        made = Checks()
        mine = rows.take(pa.array(partitions.rows[part]))
        made.add(part_table(mine, groups, part).drop_columns(["entity_id", "as_of"]))
        return made.totals

    for totals in in_parallel(make, range(len(partitions.rows)), workers=core_count()):
        for name, total in totals.items():
            checks.totals[name] = checks.totals.get(name, 0.0) + total
    return {"checks": checks.totals}


def parquet(folder: str, entities: int, out: str) -> None:
    """Features in Parquet files, one for each partition."""
    rows, partitions, groups = _read(Path(folder), entities)
    write_parts(Path(out), rows, partitions, groups, model="benchmark", progress=lambda *_: None)


def _read(folder: Path, entities: int) -> tuple[pa.Table, Partitions, list[_Group]]:
    """Rows of the matrix, their partitions, and each table laid out by partition on disk."""
    days = pa.array(AS_OF, pa.date32())
    of_date = np.repeat(np.arange(len(AS_OF), dtype=np.int8), entities)
    entity = np.tile(np.arange(entities, dtype=np.int32), len(AS_OF))
    rows = pa.table({"entity_id": entity, "as_of": days.take(pa.array(of_date))})
    partitions = Partitions.of(rows["entity_id"], entities_in_partition(_FEATURES, len(AS_OF)))
    followed = Followed.of(
        pa.table({"row": np.arange(len(rows), dtype=np.int32), "key": rows["entity_id"]})
    )
    parted = PartedPairs(followed, partitions)
    scratch = folder / "scratch"
    scratch.mkdir(exist_ok=True)
    groups = [_Group(table, Spill(scratch / table, parted)) for table in TABLES]
    for group in groups:
        group.spill.write(_batches(folder / f"{group.name}.parquet"))
    return rows, partitions, groups


def _batches(file: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(file) as events:
        for batch in events.iter_batches(batch_size=BATCH, use_threads=False):
            yield pa.Table.from_batches([batch])
