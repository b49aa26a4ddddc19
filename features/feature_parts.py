"""A model's features, partition by partition: each written once it is whole, so that a stop loses little."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features import artefacts
from features.point_in_time.partitions import Partitions, in_parallel
from hearth.cores import core_count
from hearth.progress import Progress

FEATURES = "features"
"""Folder of a matrix that holds its features, a Parquet file for each partition of entities."""


class GroupColumns(Protocol):
    """What computes the columns of one feature group."""

    def table(self, rows: pa.Table, part: int) -> pa.Table:
        """Columns of the rows of one partition."""


def write_parts(
    folder: Path,
    rows: pa.Table,
    partitions: Partitions,
    groups: Sequence[GroupColumns],
    *,
    model: str,
    progress: Progress,
) -> dict[str, str]:
    """Write the features of every partition that is not there yet; the SHA-256 of each file.

    Parameters
    ----------
    folder
        Where the parts go.
    rows, partitions
        Rows of the matrix, `entity_id` and `as_of`, and the partition of each.
    groups
        The columns, in order.
    model, progress
        Told of each partition.
    """
    many = len(partitions.rows)

    def write(part: int) -> str:
        path = folder / part_name(part)
        if not path.exists():
            with artefacts.written(path) as aside:
                mine = rows.take(pa.array(partitions.rows[part]))
                artefacts.write_table(aside, part_table(mine, groups, part))
        return artefacts.file_sha256(path)

    made = {}
    for done, sha256 in enumerate(in_parallel(write, range(many), workers=core_count())):
        made[part_name(done)] = sha256
        progress(f"Build features of {model}", done + 1, many)
    return made


def part_table(rows: pa.Table, groups: Sequence[GroupColumns], part: int) -> pa.Table:
    """`entity_id`, `as_of` and the features in order, a row for each of a partition's."""
    table = rows
    for group in groups:
        made = group.table(rows, part)
        for name in made.column_names:
            table = table.append_column(name, made[name])
    return table


def part_name(part: int) -> str:
    """File of a partition, within the folder of parts."""
    return f"part-{part:05d}.parquet"


def read_parts(folder: Path, *, as_of: date | None = None) -> pa.Table:
    """Features of a matrix, all of them or those of one as-of date."""
    found = []
    for path in sorted(folder.glob("part-*.parquet")):
        table = artefacts.read_table(path)
        found.append(table if as_of is None else table.filter(pc.equal(table["as_of"], as_of)))
    return pa.concat_tables(found)


def read_columns(folder: Path, names: Sequence[str]) -> pa.Table:
    """Some features of a matrix, in the order of `read_parts`."""
    return pa.concat_tables(
        artefacts.read_table(path, names) for path in sorted(folder.glob("part-*.parquet"))
    )


def read_column(folder: Path, name: str) -> pa.ChunkedArray:
    """One feature of a matrix, in the order of `read_parts`."""
    return read_columns(folder, [name])[name]


def read_part(folder: Path, part: int, names: Sequence[str]) -> pa.Table:
    """Some features of one partition."""
    return artefacts.read_table(folder / part_name(part), names)


def part_sizes(folder: Path) -> list[int]:
    """Number of rows of each partition."""
    return [pq.read_metadata(path).num_rows for path in sorted(folder.glob("part-*.parquet"))]
