"""The first rows of a data file as text, and how the file is written."""

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import TypeVar

import pyarrow as pa
import pyarrow.parquet as pq
from python_calamine import CalamineError, load_workbook

from features.ingest.cells import as_array, cell_text
from hearth.errors import DataError, Fault
from hearth.source_contract.extract import WORKBOOKS

_Cell = TypeVar("_Cell")

MOST_ROWS = 20_000
_ENDINGS = ", ".join((".csv", ".csv.gz", ".parquet", *WORKBOOKS))
_MOST_BYTES = 8 << 20
_DELIMITERS = (",", ";", "\t", "|")
_TITLES = 4  # lines above a header: a title, a date, who made it
_ENCODINGS = ("utf-8", "cp1252")
_STANDS_FOR_MISSING = ("", "NULL", "null", "N/A", "n/a", "NA", "#N/A", "None")


@dataclass(frozen=True)
class Sample:
    """Rows of a file, by column, as text; None where a value is missing.

    `is_whole` says whether these are all the rows. `typed` names columns whose type the file
    itself says (Parquet), with that type in the words of a contract. `skip_rows` counts the lines
    above the header.
    """

    columns: dict[str, tuple[str | None, ...]]
    rows: int
    is_whole: bool
    typed: dict[str, str]
    missing_values: tuple[str, ...] = ("",)
    encoding: str = "utf-8"
    delimiter: str = ","
    skip_rows: int = 0


def read_sample(path: Path) -> Sample:
    """First rows of a CSV, Excel or Parquet file.

    Raises
    ------
    DataError
        If there is no such file, or it cannot be read as what its name says.
    """
    try:
        if path.name.endswith(".parquet"):
            return _parquet(path)
        if path.name.endswith((".csv", ".csv.gz")):
            return _csv(path)
        if path.suffix in WORKBOOKS:
            return _workbook(path)
    except FileNotFoundError:
        raise _refused(path, "is not there", "mend the path") from None
    except (OSError, EOFError, csv.Error, pa.ArrowInvalid, CalamineError):
        raise _refused(
            path, "cannot be read", "see that it is whole, and what its name says"
        ) from None
    raise _refused(path, f"ends in none of {_ENDINGS}", "save it as one of them")


def _refused(path: Path, found: str, remedy: str) -> DataError:
    return DataError([Fault(path.name, "", found, remedy)])


def _csv(path: Path) -> Sample:
    with gzip.open(path) if path.name.endswith(".gz") else path.open("rb") as file:
        content = file.read(_MOST_BYTES)
        is_whole = not file.read(1)
    if not is_whole:
        content = content[: content.rfind(b"\n") + 1]
    text, encoding = _decoded(path, content)
    delimiter = max(_DELIMITERS, key=lambda one: len(next(_below_titles(_lines(text, one))[1], ())))
    skip_rows, lines = _below_titles(_lines(text, delimiter))
    header: list[str] = next(lines, [])
    if not any(header):
        raise _refused(path, "is empty: it has not even a header", "ask for the extract again")
    if len(set(header)) != len(header):
        raise _refused(path, "has two columns of one name", "rename one of them")
    rows = [row for row in islice(lines, MOST_ROWS) if len(row) == len(header)]
    if not rows:
        raise _refused(path, "holds a header and no rows", "ask for the extract again")
    held = {value.strip() for row in rows for value in row}
    missing = tuple(word for word in _STANDS_FOR_MISSING if word in held or word == "")
    columns = {
        name: tuple(None if (value := row[j].strip()) in missing else value for row in rows)
        for j, name in enumerate(header)
    }
    is_whole = is_whole and next(lines, None) is None
    return Sample(columns, len(rows), is_whole, {}, missing, encoding, delimiter, skip_rows)


def _lines(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    return ((reader.line_num, row) for row in reader)


def _below_titles(
    rows: Iterator[tuple[int, list[_Cell]]],
) -> tuple[int, Iterator[list[_Cell]]]:
    """Lines above the header, and the rows from it on, blank ones aside; a title fills one cell."""
    filled = ((number, row) for number, row in rows if _width(row))
    top = list(islice(filled, _TITLES + 1))
    titles = next((i for i, (_, row) in enumerate(top) if _width(row) > 1), 0)
    skip_rows = top[titles - 1][0] if titles else 0
    return skip_rows, (row for _, row in chain(top[titles:], filled))


def _width(row: Sequence[object]) -> int:
    return sum(str(cell).strip() != "" for cell in row)


def _decoded(path: Path, content: bytes) -> tuple[str, str]:
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding).removeprefix("\ufeff"), encoding
        except UnicodeDecodeError:
            continue
    raise _refused(path, f"is text in neither {' nor '.join(_ENCODINGS)}", "save it as UTF-8")


def _workbook(path: Path) -> Sample:
    """First rows of the first sheet; a column that holds days alone has that type."""
    rows = enumerate(load_workbook(str(path)).get_sheet_by_index(0).iter_rows(), 1)
    skip_rows, filled = _below_titles(rows)
    header = [str(name) for name in next(filled, [])]
    held = list(islice(filled, MOST_ROWS))
    if not held:
        raise _refused(path, "holds no rows", "ask for the extract again")
    arrays = {name: as_array([row[j] for row in held]) for j, name in enumerate(header) if name}
    columns = {
        name: tuple(None if value is None else cell_text(value) for value in array.to_pylist())
        for name, array in arrays.items()
    }
    typed = {n: "date" for n, array in arrays.items() if pa.types.is_temporal(array.type)}
    is_whole = next(filled, None) is None
    return Sample(columns, len(held), is_whole, typed, skip_rows=skip_rows)


def _parquet(path: Path) -> Sample:
    with pq.ParquetFile(path) as file:
        rows = file.metadata.num_rows
        batch = next(file.iter_batches(batch_size=MOST_ROWS), None)
        schema = file.schema_arrow
    if batch is None or rows == 0:
        raise _refused(path, "holds no rows", "ask for the extract again")
    columns = {
        name: tuple(
            None if value is None else str(value) for value in batch.column(name).to_pylist()
        )
        for name in schema.names
    }
    typed = {field.name: told for field in schema if (told := _type(field.type)) is not None}
    return Sample(columns, batch.num_rows, batch.num_rows == rows, typed)


def _type(kind: pa.DataType) -> str | None:
    """Type as a contract says it; None for texts, which may be anything."""
    told = {
        "boolean": pa.types.is_boolean,
        "integer": pa.types.is_integer,
        "number": lambda t: pa.types.is_floating(t) or pa.types.is_decimal(t),
        "date": lambda t: pa.types.is_date(t) or pa.types.is_timestamp(t),
    }
    return next((word for word, is_so in told.items() if is_so(kind)), None)
