"""Rows of a source with the two dates that place them in time: when it happened, when it was known."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.ingest.snapshot import read_snapshot
from features.linkage.persons import linked_persons
from hearth.periods import Period
from hearth.source_contract import SourceContract, SourceKind

KEY, EVENT_DATE, KNOWLEDGE_DATE, ORDER = "@key", "@event_date", "@knowledge_date", "@order"
END_DATE, END_KNOWLEDGE_DATE = "@end_date", "@end_knowledge_date"


@dataclass(frozen=True)
class KnownRows:
    """Rows of a source beside `@key` (string), `@event_date`, `@knowledge_date` and `@order`.

    A spell's event is its start; `@end_date` and `@end_knowledge_date` are null while it lasts.
    An attribute's event is its becoming known. `@order` is the row's place in its source.
    """

    contract: SourceContract
    table: pa.Table

    def filtered(self, mask: pa.ChunkedArray) -> "KnownRows":
        """Rows where the mask is true."""
        return KnownRows(self.contract, self.table.filter(mask))


def known_rows(
    contract: SourceContract, state_dir: Path, *, assumed_known: date | None = None
) -> KnownRows:
    """Rows of a source's snapshot, placed in time by its contract.

    Rows about persons who could not be linked have no key and are left out.

    Parameters
    ----------
    contract
        The source's contract.
    state_dir
        Where its snapshot lies, and its links where persons were linked.
    assumed_known
        First as-of date at which a snapshot without dates is taken as known; a declared leak.
    """
    table = read_snapshot(state_dir, contract.source)
    key = linked_persons(contract, table, state_dir) if contract.link else _key(contract, table)
    known = _knowledge(contract, table, contract.knowledge_date, _begins(contract), assumed_known)
    begins = _begins(contract)
    placed = table.append_column(KEY, key)
    placed = placed.append_column(EVENT_DATE, known if begins is None else table[begins])
    placed = placed.append_column(KNOWLEDGE_DATE, known)
    placed = placed.append_column(ORDER, pa.array(np.arange(len(table)), pa.int64()))
    if contract.kind is SourceKind.SPELL:
        ended = _knowledge(
            contract, table, contract.end_knowledge_date, contract.ends_on, assumed_known
        )
        placed = placed.append_column(END_DATE, table[str(contract.ends_on)])
        placed = placed.append_column(END_KNOWLEDGE_DATE, ended)
    return KnownRows(contract, placed.filter(pc.is_valid(placed[KEY])))


def in_force(rows: KnownRows, as_of: date) -> pa.ChunkedArray:
    """Whether each spell covers the as-of date as known before it, (rows,) bool.

    A spell covers [start, end). An end learned on or after the as-of date does not end it yet.
    """
    day, table = pa.scalar(as_of), rows.table
    begun = pc.and_(
        pc.less_equal(table[EVENT_DATE], day),
        pc.fill_null(pc.less(table[KNOWLEDGE_DATE], day), False),
    )
    ended = pc.and_(
        pc.fill_null(pc.less_equal(table[END_DATE], day), False),
        pc.fill_null(pc.less(table[END_KNOWLEDGE_DATE], day), False),
    )
    return pc.and_not(begun, ended)


def _begins(contract: SourceContract) -> str | None:
    return contract.event_date or contract.starts_on


def _key(contract: SourceContract, table: pa.Table) -> pa.ChunkedArray:
    return pc.cast(table[str(contract.key)], pa.string())


def _knowledge(
    contract: SourceContract,
    table: pa.Table,
    column: str | None,
    happened: str | None,
    assumed_known: date | None,
) -> pa.ChunkedArray:
    """Knowledge date of each row; of a spell's end where `happened` is its end."""
    if contract.known_on is not None:
        day = contract.known_on if assumed_known is None else assumed_known - timedelta(days=1)
        return pa.chunked_array([pa.repeat(pa.scalar(day), len(table))])
    if contract.recording_lag is not None:
        return _later(table[str(happened)], contract.recording_lag.period)
    return table[str(column)]


def _later(days: pa.ChunkedArray, period: Period) -> pa.ChunkedArray:
    """Each day a period later, by the calendar."""
    encoded = days.combine_chunks().dictionary_encode()
    moved = [period.after(day.as_py()) for day in encoded.dictionary]
    return pa.chunked_array([pa.array(moved, pa.date32()).take(encoded.indices)])
