"""Rows of a Parquet file, in the file's own types."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from features.ingest.file_kinds import AGAIN, refused
from features.ingest.rows import Opened, Positions, Rows
from hearth.errors import DataError, Fault
from hearth.source_contract import Read

_ROWS = 1 << 17


@contextmanager
def open_parquet(path: Path, read: Read) -> Iterator[Opened]:
    """Columns of a Parquet file, and its rows to come; they are numbered from 1."""
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError):
        raise _not_whole(read) from None
    schema = file.schema_arrow

    def rows(positions: Positions) -> Iterator[Rows]:
        _check_types(read, schema, positions)
        names = {column: schema.names[position] for column, position in positions.items()}
        try:
            yield from _batches(file, names)
        except (pa.ArrowException, OSError):
            raise _not_whole(read) from None

    with file:
        yield Opened(schema.names, rows)


def _batches(file: pq.ParquetFile, names: dict[str, str]) -> Iterator[Rows]:
    last = 0
    for batch in file.iter_batches(_ROWS, columns=list(names.values()), use_threads=False):
        numbers = np.arange(last + 1, last + len(batch) + 1)
        yield Rows({column: batch[name] for column, name in names.items()}, numbers)
        last += len(batch)


def _check_types(read: Read, schema: pa.Schema, positions: Positions) -> None:
    """Refuse columns of lists, records and bytes: a contract's column holds one value a row."""
    fields = [schema.field(position) for position in positions.values()]
    wrong = [
        Fault(read.place, field.name, f"holds {field.type}, not a value a row", AGAIN)
        for field in fields
        if pa.types.is_nested(field.type) or _is_bytes(field.type)
    ]
    if wrong:
        raise DataError(wrong)


def _is_bytes(kind: pa.DataType) -> bool:
    tests = (pa.types.is_binary, pa.types.is_large_binary, pa.types.is_fixed_size_binary)
    return any(test(kind) for test in tests)


def _not_whole(read: Read) -> DataError:
    return refused(read, "is not a whole Parquet file", f"it may be cut short: {AGAIN}")
