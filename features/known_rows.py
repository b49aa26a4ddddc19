"""Rows of a source with the dates that place them in time: when it happened, when it was known."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from features.entity_keys import EntityKeys
from features.ingest.snapshot import snapshot_batches
from features.versions import superseded_dates
from hearth.periods import Period
from hearth.source_contract import SourceContract, SourceKind

KEY, EVENT_DATE, KNOWLEDGE_DATE, ORDER = "@key", "@event_date", "@knowledge_date", "@order"
END_DATE, END_KNOWLEDGE_DATE = "@end_date", "@end_knowledge_date"
SUPERSEDED_DATE = "@superseded_date"


@dataclass(frozen=True)
class KnownRows:
    """Rows of a source beside `@key` (string), `@event_date`, `@knowledge_date` and `@order`.

    A spell's event is its start; `@end_date` and `@end_knowledge_date` are null while it lasts.
    An attribute's event is its becoming known. `@order` is the row's place in its source.
    `@superseded_date` is the day on which a later version of the row, or its withdrawal, became
    known; null if none did.
    """

    contract: SourceContract
    table: pa.Table

    def filtered(self, mask: pa.ChunkedArray) -> "KnownRows":
        """Rows where the mask is true."""
        return KnownRows(self.contract, self.table.filter(mask))


def known_rows(
    contract: SourceContract,
    state_dir: Path,
    columns: Sequence[str] | None = None,
    *,
    assumed_known: date | None = None,
) -> KnownRows:
    """Rows of a source's snapshot, placed in time by its contract.

    Rows about persons or addresses that could not be linked have no key and are left out.

    Parameters
    ----------
    contract
        The source's contract.
    state_dir
        Where its snapshot lies, and its links where persons were linked.
    columns
        Columns that are read beside those that place the rows; all if None.
    assumed_known
        First as-of date at which a snapshot without dates is taken as known; a declared leak.
    """
    wanted = list(contract.columns) if columns is None else list(dict.fromkeys(columns))
    batches = known_batches(contract, state_dir, wanted, assumed_known=assumed_known)
    return KnownRows(contract, pa.concat_tables(batches))


def known_batches(
    contract: SourceContract,
    state_dir: Path,
    columns: Sequence[str],
    *,
    assumed_known: date | None = None,
) -> Iterator[pa.Table]:
    """Rows as `known_rows` places them, a batch in memory at a time.

    Parameters
    ----------
    contract, state_dir, assumed_known
        As `known_rows` takes them.
    columns
        Columns of the source that are read beside those that place its rows.
    """
    keys = EntityKeys.read(contract, state_dir)
    superseded = superseded_dates(contract, state_dir)
    placing = [name for name in (*keys.columns, *_dated(contract)) if name is not None]
    needed = list(dict.fromkeys([*columns, *placing]))
    start = 0
    for batch in snapshot_batches(state_dir, contract.source, needed):
        placed = batch.select(columns).append_column(KEY, keys.of(batch))
        for name, dates in _dates(contract, batch, assumed_known):
            placed = placed.append_column(name, dates)
        order = pa.array(np.arange(start, start + len(batch), dtype=np.int64))
        placed = placed.append_column(ORDER, order)
        later = (
            pa.nulls(len(batch), pa.date32())
            if superseded is None
            else superseded.slice(start, len(batch))
        )
        placed = placed.append_column(SUPERSEDED_DATE, later)
        start += len(batch)
        yield placed.filter(pc.is_valid(placed[KEY]))


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
    return pc.and_(pc.and_not(begun, ended), is_current(rows.table, as_of))


def is_current(table: pa.Table, as_of: date) -> pa.ChunkedArray:
    """Whether no later version of each row was known before the as-of date, (rows,) bool."""
    return pc.fill_null(pc.greater_equal(superseded_on(table), pa.scalar(as_of)), True)


def superseded_on(table: pa.Table) -> pa.ChunkedArray:
    """`@superseded_date` of rows, all null where a table of rows has no such column."""
    if SUPERSEDED_DATE in table.column_names:
        return table[SUPERSEDED_DATE]
    return pa.chunked_array([pa.nulls(len(table), pa.date32())])


def _dated(contract: SourceContract) -> tuple[str | None, ...]:
    return (
        contract.event_date,
        contract.starts_on,
        contract.ends_on,
        contract.knowledge_date,
        contract.end_knowledge_date,
    )


def _dates(
    contract: SourceContract, batch: pa.Table, assumed_known: date | None
) -> Iterator[tuple[str, pa.ChunkedArray]]:
    """Columns that place the rows in time."""
    begins = contract.event_date or contract.starts_on
    known = _knowledge(contract, batch, contract.knowledge_date, begins, assumed_known)
    yield EVENT_DATE, known if begins is None else batch[begins]
    yield KNOWLEDGE_DATE, known
    if contract.kind is SourceKind.SPELL:
        yield END_DATE, batch[str(contract.ends_on)]
        ended = contract.end_knowledge_date
        yield (
            END_KNOWLEDGE_DATE,
            _knowledge(contract, batch, ended, contract.ends_on, assumed_known),
        )


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
