"""An extract read whole: columns in their contract's types, and what could not be read so."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from features.ingest.coerce import ARROW_TYPES, Coerced, coerce
from features.ingest.csv_rows import open_csv
from features.ingest.file_kinds import AGAIN, refused
from features.ingest.missing import MISSING
from features.ingest.parquet_rows import open_parquet
from features.ingest.quotes import Places
from features.ingest.rows import Opened, Rows, find_columns
from features.ingest.table_rows import open_table
from features.ingest.workbook_rows import open_workbook
from hearth.source_contract import Read, SourceContract
from hearth.source_contract.extract import WORKBOOKS

_NONE = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class Extract:
    """Columns of the contract, in its types, and what the extract held beside them.

    `numbers` are the rows' own: those an editor or a spreadsheet shows, where the header is row 1;
    records counted from 1 where nothing shows them (Parquet, tables). `misshapen` holds the numbers
    of rows with too few or too many fields, which are in no column. `rows_sha256` is the hash of a
    table's rows as they were read; a file has its own.
    """

    columns: dict[str, Coerced]
    numbers: Places
    misshapen: tuple[int, ...]
    ignored_columns: tuple[str, ...]
    rows_sha256: str

    def as_written(self, places: Places) -> pa.Table:
        """Rows as text: values as they were read, and as the extract writes what could not be."""
        return pa.table({name: one.as_written(places) for name, one in self.columns.items()})


def read_extract(contract: SourceContract, workspace: Path) -> Extract:
    """Extract of a source, read a block at a time, so that memory holds its values once.

    Raises
    ------
    DataError
        If the file is missing, empty, cut short, in another encoding, or lacks columns; all faults
        that can be seen are reported together.
    """
    with _opened(contract, workspace) as opened:
        positions = find_columns(contract, opened.names)
        used = {opened.names[position] for position in positions.values()}
        ignored = {name for name in opened.names if name.strip()} - used
        return _whole(contract, opened.rows(positions), tuple(sorted(ignored)))


def _whole(
    contract: SourceContract, blocks: Iterator[Rows], ignored_columns: tuple[str, ...]
) -> Extract:
    """Every block of rows, coerced as it comes."""
    parts = {name: list[Coerced]() for name in contract.columns}
    numbers, misshapen = [_NONE], [_NONE]
    digest = hashlib.sha256()
    for rows in blocks:
        for name, column in contract.columns.items():
            parts[name].append(coerce(rows.columns[name], column, contract.read))
        numbers.append(rows.numbers)
        misshapen.append(rows.misshapen)
        if contract.read.table is not None:
            digest.update(pa.record_batch(rows.columns).serialize())
    if sum(map(len, (*numbers, *misshapen))) == 0:
        raise refused(contract.read, "holds a header and no rows", AGAIN)
    return Extract(
        {n: Coerced.joined(parts[n], ARROW_TYPES[c.type]) for n, c in contract.columns.items()},
        np.concatenate(numbers),
        tuple(np.concatenate(misshapen).tolist()),
        ignored_columns,
        digest.hexdigest(),
    )


def _opened(contract: SourceContract, workspace: Path) -> AbstractContextManager[Opened]:
    read = contract.read
    if read.table is not None:
        return open_table(read)
    path = file_of(read, workspace)
    if path.stat().st_size == 0:
        raise refused(read, "is empty: it has not even a header", AGAIN)
    if path.suffix == ".parquet":
        return open_parquet(path, read)
    return open_workbook(path, contract) if path.suffix in WORKBOOKS else open_csv(path, read)


def file_of(read: Read, workspace: Path) -> Path:
    """Path of the extract's file.

    Raises
    ------
    DataError
        If it is not there, is a folder, or may not be read.
    """
    path = workspace / str(read.file)
    if not path.exists():
        raise refused(read, MISSING, "put the extract there, or mend read.file in its contract")
    if not path.is_file():
        raise refused(read, "is no file", "name a file in it: mend read.file in its contract")
    try:
        path.open("rb").close()
    except OSError:
        raise refused(read, "may not be read", "mend its permissions") from None
    return path
