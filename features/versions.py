"""Versions: which rows of a source a later row corrects or takes back, and when that was known."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.conditions import meets
from features.days import NEVER, Days, days
from features.ingest.snapshot import snapshot_batches
from hearth.source_contract import SourceContract


def superseded_dates(contract: SourceContract, state_dir: Path) -> pa.Array | None:
    """Day on which a later version of each row became known, (rows,) date32; None for plain sources.

    Of versions known on one day the last in the source stands. A row that takes its record back is
    superseded by itself: it never counts.
    """
    if contract.supersedes is None:
        return None
    tested = [] if contract.withdrawn is None else [contract.withdrawn.column]
    named = [contract.row_key, contract.supersedes, contract.knowledge_date, *tested]
    columns = list(dict.fromkeys(str(name) for name in named))
    table = pa.concat_tables(snapshot_batches(state_dir, contract.source, columns))
    known = days(table[str(contract.knowledge_date)])
    find = _next_versions if contract.supersedes == contract.row_key else _replaced
    found = find(contract, table, known)
    if contract.withdrawn is not None:
        takes_back = np.asarray(meets(table, contract.withdrawn), dtype=bool)
        found = np.where(takes_back, np.minimum(known, found), found)
    return pc.cast(pa.array(found, pa.int32(), mask=found == NEVER), pa.date32())


def _next_versions(contract: SourceContract, table: pa.Table, known: Days) -> Days:
    """Knowledge day of the next row of the same row key, (rows,)."""
    code = _codes(table[str(contract.row_key)])
    order = np.lexsort((np.arange(len(code)), known, code))
    later = np.full(len(code), NEVER, dtype=np.int32)
    same = code[order][1:] == code[order][:-1]
    later[order[:-1][same]] = known[order[1:][same]]
    return later


def _replaced(contract: SourceContract, table: pa.Table, known: Days) -> Days:
    """First knowledge day of a row that names each row as the one it replaces, (rows,)."""
    keys, names = table[str(contract.row_key)], table[str(contract.supersedes)]
    target = np.asarray(pc.fill_null(pc.index_in(names, value_set=keys), -1), dtype=np.int64)
    later = np.full(len(known), NEVER, dtype=np.int32)
    np.minimum.at(later, target[target >= 0], known[target >= 0])
    return later


def _codes(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    encoded = column.combine_chunks().dictionary_encode()
    return np.asarray(encoded.indices, dtype=np.int64)
