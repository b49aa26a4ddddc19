"""Defects planted in true tables, each noted: late rows, missing values, and rows sent twice."""

from dataclasses import dataclass

import numpy as np

from features.synthetic.recording import Frame, take
from features.synthetic.scenario import Defects
from features.synthetic.tables import As, Table
from features.synthetic.timeline import EXTRACT, Ints

_LATE_BY = (60, 500)  # days


@dataclass(frozen=True)
class Planted:
    """Rows that carry a defect: what it is, in which column, and the rows' numbers in the block."""

    defect: str
    column: str
    rows: Ints


def plant(
    rng: np.random.Generator, table: Table, frame: Frame, rates: Defects
) -> tuple[Frame, list[Planted]]:
    """Rows of a table as the extract holds them, with a note of every planted defect.

    Rows that the council does not know by the day of the extract are left out, and ends that it
    does not know yet are empty.
    """
    size = len(frame[table.known])
    frame = {**frame, "row": np.arange(size, dtype=np.int64)}
    late = rng.random(size) < rates.late
    delay = rng.integers(*_LATE_BY, size)
    frame[table.known] = np.where(late, frame[table.known] + delay, frame[table.known])
    notes = [Planted("recorded late", table.known, np.flatnonzero(late))]
    frame = _hide_unknown_ends(frame)
    for name, share in table.missing.items():
        lost = rng.random(size) < share * rates.missing
        frame[name] = _emptied(frame[name], lost, table.columns[name])
        notes.append(Planted("missing", name, np.flatnonzero(lost)))
    known = frame[table.known] < EXTRACT
    twice = known & (rng.random(size) < rates.duplicate)
    notes.append(Planted("sent twice", "", np.flatnonzero(twice)))
    rows = np.concatenate([np.flatnonzero(known), np.flatnonzero(twice)])
    held = [Planted(n.defect, n.column, n.rows[known[n.rows]]) for n in notes]
    return take(frame, rows), [note for note in held if len(note.rows)]


def _hide_unknown_ends(frame: Frame) -> Frame:
    if "ends_known_on" not in frame:
        return frame
    unknown = frame["ends_known_on"] >= EXTRACT
    return {**frame, "ends_on": np.where(unknown, EXTRACT, frame["ends_on"])}


def _emptied(values: np.ndarray, lost: np.ndarray, column: object) -> np.ndarray:
    """Values with the lost ones missing: −1 in a category, NaN in a number, None in a text."""
    if isinstance(column, tuple):
        return np.where(lost, -1, values)
    if column is As.TEXT:
        emptied = values.copy()
        emptied[lost] = None
        return emptied
    return np.where(lost, np.nan, values.astype(np.float64))
