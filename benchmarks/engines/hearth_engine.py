"""Hearth's own engine, as it ships."""

import math
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from engines.workload import AS_OF, TABLES, Checks, plan
from features.point_in_time import kernel

_CHUNK = 16_384  # entities in one partition of the kernel


def compute(folder: str, entities: int) -> dict[str, Any]:
    """Features made partition by partition and let go."""
    checks = Checks()
    for features in _partitions(Path(folder), entities):
        checks.add(features)
    return {"checks": checks.totals}


def parquet(folder: str, entities: int, out: str) -> None:
    """Features in one Parquet file, a row group for each partition."""
    writer = None
    for features in _partitions(Path(folder), entities):
        writer = writer or pq.ParquetWriter(
            Path(out) / "features.parquet", features.schema, use_dictionary=False
        )
        writer.write_table(features)
    if writer is not None:
        writer.close()


def _partitions(folder: Path, entities: int) -> Iterator[pa.Table]:
    """Whole rows of one partition of entities after the other."""
    tables = {
        table: _by_partition(pq.read_table(folder / f"{table}.parquet"), entities)
        for table in TABLES
    }
    for partition, low in enumerate(range(0, entities, _CHUNK)):
        size = min(_CHUNK, entities - low)
        as_of = np.repeat(np.array(AS_OF, dtype="datetime64[D]"), size)
        rows = pa.table({"as_of": pa.array(as_of).cast(pa.date32())})
        key = np.tile(np.arange(size), len(AS_OF))
        followed = pa.table({"row": np.arange(len(rows)), "key": key})
        whole: dict[str, pa.ChunkedArray] = {}
        for table, parts in tables.items():
            made = kernel.aggregate(plan(), rows, followed, parts[partition])
            whole |= {f"{table}_{name}": made[name] for name in made.column_names}
        yield pa.table(whole)


def _by_partition(events: pa.Table, entities: int) -> list[pa.Table]:
    """Events of each run of entities, with keys counted from the first of them."""
    keys = events["key"].to_numpy()
    order = np.argsort(keys // _CHUNK, kind="stable")
    edges = np.searchsorted(keys[order] // _CHUNK, np.arange(math.ceil(entities / _CHUNK) + 1))
    local = events.set_column(0, "key", pa.array(keys % _CHUNK))
    return [local.take(pa.array(order[low:high])) for low, high in pairwise(edges)]
