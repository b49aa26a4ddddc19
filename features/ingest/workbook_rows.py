"""Rows of a spreadsheet: Excel (.xlsx, .xls, .xlsb) and OpenDocument (.ods)."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetVisibleEnum,
    load_workbook,
)

from features.ingest.cells import as_array
from features.ingest.file_kinds import AGAIN, refused
from features.ingest.rows import Opened, Positions, Rows
from hearth.source_contract import ColumnType, Read, SourceContract

_ROWS = 50_000
_LOCKED = b"\xd0\xcf\x11\xe0"  # an OLE file: what Excel makes of a workbook with a password

Cells = list[Any]


@contextmanager
def open_workbook(path: Path, contract: SourceContract) -> Iterator[Opened]:
    """Header of a sheet, and its rows to come, numbered as the spreadsheet shows them.

    An error in a cell (#N/A) is no value; nor is a cell merged into another, so that merged cells
    from the header down are refused.
    """
    read = contract.read
    sheet = _sheet(_loaded(path, read), read)
    rows = ((n, row) for n, row in enumerate(sheet.iter_rows(), 1) if any(c != "" for c in row))
    top, header = next(((n, row) for n, row in rows if n > read.skip_rows), (0, []))
    if not header:
        raise refused(read, "is empty: it has not even a header", AGAIN)
    _check_merged(sheet, read, top)
    names = [str(name) for name in header]

    def blocks(positions: Positions) -> Iterator[Rows]:
        while block := list(islice(rows, _ROWS)):
            yield _rows(block, positions, contract)

    yield Opened(names, blocks)


def _loaded(path: Path, read: Read) -> CalamineWorkbook:
    locked = "is locked by a password, or is an old workbook", "save it without a password as .xlsx"
    try:
        return load_workbook(str(path))
    except PasswordError:
        raise refused(read, *locked) from None
    except (CalamineError, OSError):
        with path.open("rb") as file:
            if path.suffix != ".xls" and file.read(4) == _LOCKED:
                raise refused(read, *locked) from None
        remedy = f"it may be another kind of file, or cut short: {AGAIN}"
        raise refused(read, f"is not a whole {path.suffix} workbook", remedy) from None


def _sheet(workbook: CalamineWorkbook, read: Read) -> CalamineSheet:
    visible = [s.name for s in workbook.sheets_metadata if s.visible is SheetVisibleEnum.Visible]
    named = ", ".join(f"`{name}`" for name in workbook.sheet_names)
    if read.sheet is not None and read.sheet not in workbook.sheet_names:
        raise refused(
            read, f"has no such sheet; it has {named}", "mend read.sheet", place=read.sheet
        )
    if read.sheet is None and len(visible) != 1:
        raise refused(
            read, f"has {len(visible)} sheets to choose from: {named}", "name one in read.sheet"
        )
    return workbook.get_sheet_by_name(read.sheet or visible[0])


def _check_merged(sheet: CalamineSheet, read: Read, header: int) -> None:
    below = [first for first, last in sheet.merged_cell_ranges or () if last[0] >= header - 1]
    if below:
        found = f"has merged cells in row {min(row for row, _ in below) + 1}"
        raise refused(read, found, "unmerge them and write each row's value in it")


def _rows(
    block: Iterable[tuple[int, Cells]], positions: Positions, contract: SourceContract
) -> Rows:
    numbers, rows = zip(*block, strict=True)
    return Rows(
        {
            column: as_array([row[at] for row in rows], days=_days(contract, column))
            for column, at in positions.items()
        },
        np.array(numbers, dtype=np.int64),
    )


def _days(contract: SourceContract, column: str) -> str | None:
    """Format in which a day that stands among texts is written, so that both are read alike."""
    return contract.read.dates[0] if contract.columns[column].type is ColumnType.DATE else None
