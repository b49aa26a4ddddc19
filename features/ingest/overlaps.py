"""Spells of one person at one home that overlap: the same stay, told twice."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from hearth.source_contract import ColumnType, SourceContract, SourceKind

_LASTS = np.int64(1) << 20
"""Days since 1970 beyond any date a council holds: the end of a spell that lasts."""


def overlapping_spells(contract: SourceContract, table: pa.Table) -> int:
    """How many spells begin before an earlier one of the same person at the same home has ended.

    They are kept, as either may be the right one: where somebody lives is read as a set of pairs of
    person and home, in which a stay told twice stands once. Versions of one record are no overlap.
    """
    if contract.kind is not SourceKind.SPELL or contract.supersedes is not None or not len(table):
        return 0
    homes = [n for n, column in contract.columns.items() if column.type is ColumnType.UPRN]
    owner = contract.entity_column
    group = _codes(table, list(dict.fromkeys([owner, *homes])))
    begins = np.asarray(pc.cast(table[str(contract.starts_on)], pa.int32()), dtype=np.int64)
    ends = np.asarray(
        pc.fill_null(pc.cast(table[str(contract.ends_on)], pa.int32()), int(_LASTS)), dtype=np.int64
    )
    order = np.lexsort((begins, group))
    shift = group[order] * 4 * _LASTS  # each group lies wholly above the one before
    latest_end = np.maximum.accumulate(ends[order] + shift)
    return int((begins[order[1:]] + shift[1:] < latest_end[:-1]).sum())


def _codes(table: pa.Table, columns: list[str]) -> npt.NDArray[np.int64]:
    """A number for each different combination of values, (rows,)."""
    codes = np.zeros(len(table), dtype=np.int64)
    for name in columns:
        encoded = table[name].combine_chunks().dictionary_encode()
        own = np.asarray(pc.fill_null(encoded.indices, len(encoded.dictionary)), dtype=np.int64)
        codes = np.unique(codes * (len(encoded.dictionary) + 1) + own, return_inverse=True)[1]
    return codes
