"""An extract as its file holds it, before its contract is applied: CSV or Parquet."""

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc_csv

from features.artefacts import read_table
from hearth.errors import DataError, Fault
from hearth.source_contract import SourceContract

_BLOCK_BYTES = 64 << 20
_AGAIN = "ask for the extract again"


@dataclass(frozen=True)
class Extract:
    """Columns of the contract under its names, and what the file held beside them.

    `misshapen` holds the numbers of rows with too few or too many fields; they are not in `table`.
    Rows are numbered from 1, the header aside.
    """

    table: pa.Table
    numbers: pa.Array
    misshapen: tuple[int, ...]
    ignored_columns: tuple[str, ...]


def read_extract(contract: SourceContract, workspace: Path) -> Extract:
    """Extract of a source, as its file holds it.

    Raises
    ------
    DataError
        If the file is missing, empty, cut short, in another encoding, or lacks columns; all faults
        that can be seen are reported together.
    """
    path, file = workspace / contract.read.file, contract.read.file
    if not path.is_file():
        remedy = "put the extract there, or mend read.file in its contract"
        raise DataError([Fault(file, "", "is not there", remedy)])
    if path.stat().st_size == 0:
        raise DataError([Fault(file, "", "is empty: it has not even a header", _AGAIN)])
    misshapen: list[int] = []
    try:
        table = read_table(path) if file.endswith(".parquet") else _csv(path, contract, misshapen)
    except (pa.ArrowInvalid, OSError, EOFError, UnicodeError) as error:
        raise DataError([_unreadable(contract, error)]) from None
    if len(table) + len(misshapen) == 0:
        raise DataError([Fault(file, "", "holds a header and no rows", _AGAIN)])
    numbers = _numbers(len(table), misshapen)
    named = table.rename_columns([contract.read.rename.get(c, c) for c in table.column_names])
    _check_columns(contract, named.column_names)
    ignored = tuple(sorted(set(named.column_names) - contract.columns.keys()))
    return Extract(named.select(list(contract.columns)), numbers, tuple(misshapen), ignored)


def _csv(path: Path, contract: SourceContract, misshapen: list[int]) -> pa.Table:
    """CSV with every field as text."""

    def set_aside(row: pc_csv.InvalidRow) -> str:
        misshapen.append(row.number - 1)  # the parser counts the header as its first row
        return "skip"

    parse = pc_csv.ParseOptions(
        delimiter=contract.read.delimiter, newlines_in_values=True, invalid_row_handler=set_aside
    )
    read = pc_csv.ReadOptions(
        use_threads=False, block_size=_BLOCK_BYTES, encoding=contract.read.encoding
    )
    header = _header(path, contract)
    convert = pc_csv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()),
        null_values=list(contract.read.missing_values),
        strings_can_be_null=True,
    )
    return pc_csv.read_csv(path, read_options=read, parse_options=parse, convert_options=convert)


def _header(path: Path, contract: SourceContract) -> list[str]:
    """Names of the file's columns."""
    options = pc_csv.ReadOptions(
        use_threads=False, block_size=_BLOCK_BYTES, encoding=contract.read.encoding
    )
    parse = pc_csv.ParseOptions(
        delimiter=contract.read.delimiter,
        newlines_in_values=True,
        invalid_row_handler=lambda _row: "skip",
    )
    with pc_csv.open_csv(path, read_options=options, parse_options=parse) as reader:
        return list(reader.schema.names)


def _numbers(kept: int, misshapen: list[int]) -> pa.Array:
    """Row numbers in the file of the rows that were kept."""
    out = set(misshapen)
    everything = range(1, kept + len(misshapen) + 1)
    return pa.array([n for n in everything if n not in out] if out else everything, pa.int64())


def _check_columns(contract: SourceContract, found: list[str]) -> None:
    original = {new: old for old, new in contract.read.rename.items()}
    faults = [
        Fault(
            contract.read.file, original.get(column, column), "is a column the file lacks", _LACKS
        )
        for column in contract.columns
        if column not in found
    ]
    faults += [
        Fault(contract.read.file, column, "is a column the file has twice", "rename one of them")
        for column in contract.columns
        if found.count(column) > 1
    ]
    if faults:
        raise DataError(faults)


_LACKS = "ask for it in the extract, or mend read.rename or columns in its contract"


def _unreadable(contract: SourceContract, error: Exception) -> Fault:
    """What is wrong with the file, without quoting what it holds."""
    file, text = contract.read.file, str(error).lower()
    if isinstance(error, UnicodeError) or "utf" in text or "codec" in text or "decod" in text:
        encoding = contract.read.encoding
        return Fault(file, "", f"is not text in {encoding}", "mend read.encoding, often cp1252")
    if file.endswith(".parquet"):
        return Fault(file, "", "is not a whole Parquet file", f"it may be cut short: {_AGAIN}")
    if file.endswith(".gz") and isinstance(error, OSError | EOFError):
        return Fault(file, "", "is not a whole gzip file", f"it may be cut short: {_AGAIN}")
    remedy = f"mend read.delimiter or read.encoding, or {_AGAIN}"
    return Fault(file, "", "cannot be read as CSV", remedy)
