"""Rows that the law of their source no longer lets the council keep: they are not taken in."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.days import NEVER, date_of, day_of, days
from hearth.source_contract import SourceContract, SourceKind


@dataclass(frozen=True)
class Retained:
    """Rows that may still be kept, and the day on which the next of them may no longer be.

    Attributes
    ----------
    rows : int64 array
        Positions of the rows that may be kept.
    next_expiry : date or None
        None where no row that is kept has a day to count from.
    """

    rows: npt.NDArray[np.int64]
    next_expiry: date | None


def retained(
    contract: SourceContract, table: pa.Table, rows: npt.NDArray[np.int64], *, run_on: date
) -> Retained:
    """Rows that retention lets the council keep on the day of the run.

    Counted from the day of an event, from the end of a spell, and for an attribute from the day a
    later version of it was known. A spell that lasts and a latest version have nothing to count
    from, nor has a source without dates.

    Parameters
    ----------
    contract, table
        The contract, and rows in its types.
    rows
        Positions of the rows that are judged.
    run_on
        Day of the run.
    """
    period = contract.law.retention
    counted_from = _counted_from(contract, table, rows)
    may_stay = counted_from >= day_of(period.before(run_on))
    dated = counted_from[may_stay & (counted_from < NEVER)]
    if len(dated) == 0 or period.unbounded:
        return Retained(rows[may_stay], None)
    earliest = date_of(dated.min())
    return Retained(rows[may_stay], _day_after(period.after(earliest)))


def _day_after(day: date) -> date:
    return day if day == date.max else day + timedelta(days=1)


def _counted_from(
    contract: SourceContract, table: pa.Table, rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Day (since 1970) from which retention counts, by row; a day that never comes where none does."""
    column = contract.event_date or contract.ends_on
    if column is not None:
        return days(table[column])[rows].astype(np.int64)
    if contract.kind is SourceKind.SPELL or contract.knowledge_date is None or len(rows) == 0:
        return np.full(len(rows), NEVER, dtype=np.int64)
    keys = table[contract.entity_column].combine_chunks().dictionary_encode().indices
    codes = np.asarray(pc.fill_null(keys, -1), dtype=np.int64)[rows]
    return _replaced_on(codes, days(table[contract.knowledge_date])[rows].astype(np.int64))


def _replaced_on(
    codes: npt.NDArray[np.int64], known: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Day on which a later version of the same key was known, by row."""
    order = np.lexsort((known, codes))
    is_followed = codes[order[:-1]] == codes[order[1:]]
    replaced = np.full(len(known), NEVER, dtype=np.int64)
    replaced[order[:-1][is_followed]] = known[order[1:][is_followed]]
    return replaced
