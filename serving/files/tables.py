"""Files of rows, CSV or Parquet, read and written a chunk of columns at a time."""

import csv
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from hearth.errors import DataError, Fault

Columns = dict[str, Any]
"""A chunk of rows by column, lists or arrays; None where a cell is empty. CSV cells are texts."""

Chunk = tuple[Columns, list[Fault]]
"""Columns, and what is wrong with the shape of their rows."""

_FORMATS = ".csv or .parquet"


def read_names(file: Path) -> list[str]:
    """Column names of a file, in order.

    Raises
    ------
    DataError
        If it is empty, of neither format, or cannot be read.
    """
    with _faults_of(file):
        names = _READERS[_format(file)][0](file)
    if not names:
        raise DataError([Fault(file.name, "", "is empty", "give it a header and rows")])
    return names


def read_chunks(file: Path, rows: int, *, skip: int = 0) -> Iterator[Chunk]:
    """Chunks of at most `rows` rows, but for the first `skip` of them; the same at each reading.

    Numbers of a Parquet file come as arrays, NaN where a cell is empty, if they can. A row of a CSV
    with too few or too many cells is a fault, and is read as if filled up or cut; blank lines at
    the end are no rows.

    Raises
    ------
    DataError
        If the file breaks off.
    """
    with _faults_of(file):
        yield from _READERS[_format(file)][1](file, rows, skip)


def write_table(file: Path, columns: Columns, *, header: bool = True) -> None:
    """Columns as a new file of the format its name says; lists are texts, arrays what they are."""
    _WRITERS[_format(file)](file, columns, header)


def join_tables(target: Path, parts: Sequence[Path]) -> None:
    """Parts written by `write_table`, one after the other, as one file of the same format."""
    _JOINERS[_format(target)](target, parts)


def check_format(file: Path) -> None:
    """Nothing, if a file's name says a format we write."""
    _format(file)


def _format(file: Path) -> str:
    ending = file.suffix.lower()
    if ending not in _READERS:
        raise DataError([Fault(file.name, "", "is of no known format", f"use {_FORMATS}")])
    return ending


@contextmanager
def _faults_of(file: Path) -> Iterator[None]:
    """Errors of reading told without a line of the file in them."""
    try:
        yield
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        found = f"cannot be read ({type(error).__name__})"
        remedy = "check that it is whole: UTF-8 CSV with a header, or Parquet"
        raise DataError([Fault(file.name, "", found, remedy)]) from None


def _csv_names(file: Path) -> list[str]:
    with file.open(newline="", encoding="utf-8-sig") as stream:
        return next(csv.reader(stream, strict=True), [])


def _csv_chunks(file: Path, rows: int, skip: int) -> Iterator[Chunk]:
    with file.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.reader(stream, strict=True)
        names = next(reader)
        lines = _without_blank_end(reader)
        start = 1 + sum(1 for _ in islice(lines, skip * rows))
        while chunk := list(islice(lines, rows)):
            faults = _of_widths(file, names, chunk, start)
            start += len(chunk)
            if faults:
                chunk = [[*row, *[""] * len(names)] for row in chunk]
            cells = {
                name: [row[j].strip() or None for row in chunk] for j, name in enumerate(names)
            }
            yield cells, faults


def _without_blank_end(lines: Iterable[list[str]]) -> Iterator[list[str]]:
    """Lines up to the last that is not blank."""
    blank = 0
    for line in lines:
        if not line:
            blank += 1
            continue
        yield from ([] for _ in range(blank))
        blank = 0
        yield line


def _of_widths(
    file: Path, names: Sequence[str], chunk: Sequence[Sequence[str]], start: int
) -> list[Fault]:
    return [
        Fault(file.name, f"row {start + i}", f"has {len(row)} cells", f"give it {len(names)}")
        for i, row in enumerate(chunk)
        if len(row) != len(names)
    ]


def _parquet_names(file: Path) -> list[str]:
    import pyarrow.parquet as pq  # noqa: PLC0415 only files of this format need it

    return list(pq.read_schema(file).names)


def _parquet_chunks(file: Path, rows: int, skip: int) -> Iterator[Chunk]:
    import pyarrow.parquet as pq  # noqa: PLC0415 only files of this format need it

    with pq.ParquetFile(file) as opened:
        for batch in islice(opened.iter_batches(batch_size=rows), skip, None):
            yield {name: _cells(batch.column(name)) for name in batch.schema.names}, []


def _cells(column: Any) -> Any:
    """A Parquet column as an array if it holds numbers, and none of them is NaN; else as a list."""
    import pyarrow as pa  # noqa: PLC0415 only files of this format need it

    if pa.types.is_integer(column.type) and not column.null_count:
        return column.to_numpy()
    if pa.types.is_floating(column.type):
        numbers = column.to_numpy(zero_copy_only=False)
        if np.count_nonzero(np.isnan(numbers)) == column.null_count:
            return numbers
    return column.to_pylist()


def _write_csv(file: Path, columns: Columns, header: bool) -> None:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if header:
            writer.writerow(columns)
        cells = (c.tolist() if isinstance(c, np.ndarray) else c for c in columns.values())
        writer.writerows(zip(*cells, strict=True))


def _join_csv(target: Path, parts: Sequence[Path]) -> None:
    with target.open("wb") as stream:
        for part in parts:
            with part.open("rb") as opened:
                shutil.copyfileobj(opened, stream)


def _write_parquet(file: Path, columns: Columns, _header: bool) -> None:
    import pyarrow as pa  # noqa: PLC0415 only files of this format need it
    import pyarrow.parquet as pq  # noqa: PLC0415 only files of this format need it

    texts = pa.string()
    table = pa.table(
        {
            name: pa.array(cells) if isinstance(cells, np.ndarray) else pa.array(cells, texts)
            for name, cells in columns.items()
        }
    )
    pq.write_table(table, file)


def _join_parquet(target: Path, parts: Sequence[Path]) -> None:
    import pyarrow.parquet as pq  # noqa: PLC0415 only files of this format need it

    with pq.ParquetWriter(target, pq.read_schema(parts[0])) as writer:
        for part in parts:
            writer.write_table(pq.read_table(part))


_READERS: Mapping[
    str, tuple[Callable[[Path], list[str]], Callable[[Path, int, int], Iterator[Chunk]]]
]
_READERS = {".csv": (_csv_names, _csv_chunks), ".parquet": (_parquet_names, _parquet_chunks)}
_WRITERS = {".csv": _write_csv, ".parquet": _write_parquet}
_JOINERS = {".csv": _join_csv, ".parquet": _join_parquet}
