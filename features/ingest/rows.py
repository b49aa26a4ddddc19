"""Rows of an extract as a reader gives them, and which of its columns are the contract's."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from features.ingest.quotes import Places
from hearth.errors import DataError, Fault
from hearth.source_contract import SourceContract

Positions = dict[str, int]
"""Where in the extract each column of the contract stands, from 0."""

MOST_COLUMNS = 16_384  # Excel's own limit: more is a file with the wrong line ends
_DELIMITERS = ",;\t|"
_LACKS = "ask for it in the extract, or mend read.rename or columns in its contract"
_NO_HEADER = "see that read.skip_rows leads to the header, and that there is one"


@dataclass(frozen=True)
class Rows:
    """Some rows: columns of the contract as the extract writes them, and each row's number.

    `misshapen` holds the numbers of rows with too few or too many fields; they have no values.
    """

    columns: dict[str, pa.Array]
    numbers: Places
    misshapen: Places = field(default_factory=lambda: np.zeros(0, dtype=np.int64))


@dataclass(frozen=True)
class Opened:
    """An extract whose column names are known and whose rows are still to be read."""

    names: Sequence[str]
    rows: Callable[[Positions], Iterator[Rows]]


def find_columns(contract: SourceContract, names: Sequence[str]) -> Positions:
    """Where each column of the contract stands among the extract's.

    Raises
    ------
    DataError
        With every column that is missing or stands twice. A name of the file is repeated only where
        it differs from the contract's in case, spaces or punctuation.
    """
    given = {new: old for old, new in contract.read.rename.items()}
    wanted = {column: given.get(column, column) for column in contract.columns}
    if len(names) == 1 and names[0] not in wanted.values():
        _check_delimiter(contract, names[0])
    faults = [
        fault
        for name in wanted.values()
        if (fault := _fault(contract, name, names, any_found=bool(set(names) & {*wanted.values()})))
    ]
    if faults:
        raise DataError(faults)
    return {column: names.index(name) for column, name in wanted.items()}


def _fault(
    contract: SourceContract, name: str, names: Sequence[str], *, any_found: bool
) -> Fault | None:
    times = names.count(name)
    if times == 1:
        return None
    place = contract.read.place
    if times > 1:
        return Fault(place, name, "is a column the file has twice", "rename one of them")
    close = next((other for other in names if _plain(other) == _plain(name)), None)
    if close is not None:
        found = f"is a column the file lacks; it has `{close}`"
        return Fault(place, name, found, "mend read.rename in its contract")
    return Fault(place, name, "is a column the file lacks", _LACKS if any_found else _NO_HEADER)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


def _check_delimiter(contract: SourceContract, header: str) -> None:
    other = next((mark for mark in _DELIMITERS if mark in header), None)
    if other is not None:
        found = f"has one column, and its header looks as if `{other}` stood between names".replace(
            "\t", "a tab"
        )
        fault = Fault(contract.read.place, "", found, "mend read.delimiter in its contract")
        raise DataError([fault])
