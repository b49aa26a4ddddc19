"""Row keys: one row each, or the versions of one record; and the rows that others replace."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.days import days
from features.ingest.quality import Finding, Flags
from hearth.source_contract import SourceContract


def repeated_keys(contract: SourceContract, table: pa.Table) -> Flags:
    """Rows to set aside because their row key stands on another row, (rows,).

    The row known first stands, so that a row learned later never takes an earlier one away; of
    several known on one day none does, as none is known to be right. Where rows with one row key
    are versions of one record (`supersedes`), it is no fault.
    """
    if contract.row_key is None or contract.has_versions or len(table) == 0:
        return np.zeros(len(table), dtype=bool)
    codes = table[contract.row_key].combine_chunks().dictionary_encode().indices
    place = np.asarray(pc.fill_null(codes, -1), dtype=np.int64) + 1
    known = _first_known(contract, table)
    earliest = np.full(int(place.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(earliest, place, known)
    is_earliest = known == earliest[place]
    rivals = np.bincount(place[is_earliest], minlength=len(earliest))[place]
    return np.asarray((place > 0) & (~is_earliest | (rivals > 1)))


def held_keys(contract: SourceContract, table: pa.Table, held: pa.Table | None) -> Flags:
    """Rows of a new extract whose row key stands on a different row that is held already, (rows,)."""
    if held is None or contract.row_key is None or contract.has_versions:
        return np.zeros(len(table), dtype=bool)
    return _known_to(table[contract.row_key], held[contract.row_key])


def replacement_findings(
    contract: SourceContract, table: pa.Table, held: pa.Table | None
) -> Iterator[Finding]:
    """Rows that replace a row that is not there, or that replace one another in a circle.

    Parameters
    ----------
    contract
        A contract; nothing is found unless `supersedes` names a column other than the row key.
    table
        Every row of the extract, the unusable included: a row may replace one of them.
    held
        Rows held from earlier extracts, where extracts add.
    """
    if contract.supersedes is None or contract.has_versions:
        return
    column, row_keys = contract.supersedes, table[str(contract.row_key)]
    replaced = table[column]
    here = pc.fill_null(pc.index_in(replaced, value_set=row_keys.combine_chunks()), -1)
    target = np.asarray(here, dtype=np.int64)
    is_known = target >= 0
    if held is not None:
        is_known |= _known_to(replaced, held[str(contract.row_key)])
    unknown = np.asarray(pc.is_valid(replaced)) & ~is_known
    yield Finding(column, "names a row that is not there", unknown)
    yield Finding(column, "leads back to the row itself", _in_a_circle(target))


def _in_a_circle(target: npt.NDArray[np.int64]) -> Flags:
    """Rows from which following `target` never ends, (rows,); -1 is the end of a chain."""
    rows = len(target)
    onward = np.append(np.where(target < 0, rows, target), rows)
    for _ in range(rows.bit_length() + 1):  # each round doubles the steps taken
        onward = onward[onward]
    return np.asarray(onward[:rows] != rows)


def _known_to(values: pa.ChunkedArray, keys: pa.ChunkedArray) -> Flags:
    found = pc.is_in(values, value_set=keys.combine_chunks())
    return np.array(pc.and_(found, pc.is_valid(values)), dtype=bool)


def _first_known(contract: SourceContract, table: pa.Table) -> npt.NDArray[np.int64]:
    """Day on which each row was known, or else happened; one day for all of a snapshot."""
    column = contract.knowledge_date or contract.event_date or contract.starts_on
    if column is None:
        return np.zeros(len(table), dtype=np.int64)
    return days(table[column]).astype(np.int64)
