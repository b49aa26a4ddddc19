"""Files of rows, CSV or Parquet, read and written a chunk of columns at a time."""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from hearth.errors import DataError, Fault

Columns = dict[str, list[Any]]
"""A chunk of rows by column; None where a cell is empty. CSV cells are texts."""

Write = Callable[[Columns], None]

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


def read_chunks(file: Path, rows: int) -> Iterator[Columns]:
    """Chunks of at most `rows` rows.

    Raises
    ------
    DataError
        If a row of a CSV has too few or too many cells, or the file breaks off.
    """
    with _faults_of(file):
        yield from _READERS[_format(file)][1](file, rows)


@contextmanager
def writing_chunks(file: Path) -> Iterator[Write]:
    """Function that appends chunks to a new file of the format its name says."""
    with _WRITERS[_format(file)](file) as write:
        yield write


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


def _csv_chunks(file: Path, rows: int) -> Iterator[Columns]:
    with file.open(newline="", encoding="utf-8-sig") as stream:
        reader = csv.reader(stream, strict=True)
        names = next(reader)
        start = 1
        while chunk := list(islice(reader, rows)):
            _check_widths(file, names, chunk, start)
            start += len(chunk)
            yield {name: [row[j].strip() or None for row in chunk] for j, name in enumerate(names)}


def _check_widths(
    file: Path, names: Sequence[str], chunk: Sequence[Sequence[str]], start: int
) -> None:
    faults = [
        Fault(file.name, f"row {start + i}", f"has {len(row)} cells", f"give it {len(names)}")
        for i, row in enumerate(chunk)
        if len(row) != len(names)
    ]
    if faults:
        raise DataError(faults[:100])


def _parquet_names(file: Path) -> list[str]:
    import pyarrow.parquet as pq  # noqa: PLC0415 only files of this format need it

    return list(pq.read_schema(file).names)


def _parquet_chunks(file: Path, rows: int) -> Iterator[Columns]:
    import pyarrow.parquet as pq  # noqa: PLC0415 only files of this format need it

    with pq.ParquetFile(file) as opened:
        for batch in opened.iter_batches(batch_size=rows):
            yield batch.to_pydict()


@contextmanager
def _csv_writer(file: Path) -> Iterator[Write]:
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        is_first = True

        def write(columns: Columns) -> None:
            nonlocal is_first
            if is_first:
                writer.writerow(columns)
            is_first = False
            writer.writerows(zip(*columns.values(), strict=True))

        yield write


@contextmanager
def _parquet_writer(file: Path) -> Iterator[Write]:
    import pyarrow as pa  # noqa: PLC0415 only files of this format need it
    import pyarrow.parquet as pq  # noqa: PLC0415 only files of this format need it

    opened: Any = None

    def write(columns: Columns) -> None:
        nonlocal opened
        table = pa.table(columns)
        if opened is None:
            opened = pq.ParquetWriter(file, table.schema)
        opened.write_table(table.cast(opened.schema))

    try:
        yield write
    finally:
        if opened is not None:
            opened.close()


_READERS: Mapping[str, tuple[Callable[[Path], list[str]], Callable[[Path, int], Iterator[Columns]]]]
_READERS = {".csv": (_csv_names, _csv_chunks), ".parquet": (_parquet_names, _parquet_chunks)}
_WRITERS = {".csv": _csv_writer, ".parquet": _parquet_writer}
