"""Which rows a feature was made of, and why the others about the same keys were left out.

The rules of time are said here a second time and row by row, apart from the kernel: so that people
can follow them, and tests can hold the one against the other.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyarrow as pa

from features.conditions import meets
from features.known_rows import (
    END_DATE,
    END_KNOWLEDGE_DATE,
    EVENT_DATE,
    KEY,
    KNOWLEDGE_DATE,
    ORDER,
    SUPERSEDED_DATE,
    KnownRows,
)
from hearth.definition import FeatureGroup
from hearth.feature import Feature
from hearth.source_contract import SourceKind

Row = Mapping[str, Any]
Window = tuple[date, date] | None

_OF_ONE_ROW: dict[str | None, Callable[[Sequence[Any]], Any]] = {
    None: max,
    "last": max,
    "days_since_last": max,
    "days_since_first": min,
}
"""Features that one row decides: the latest, or the first."""


@dataclass(frozen=True)
class SourceRow:
    """One row of a source about a key that is followed.

    `number` is its place in the source, by which features name it; `says` the columns looked at.
    """

    number: int
    row_key: str | None
    about: str
    happened: date
    known: date | None
    says: dict[str, Any]


@dataclass(frozen=True)
class TracedFeature:
    """A feature's value, the rows it was made of, and why each other row was not counted."""

    name: str
    value: float | str | None
    made: str
    window: Window
    counted: tuple[int, ...] = ()
    not_counted: dict[int, str] = field(default_factory=dict)


def trace(
    group: FeatureGroup,
    features: Sequence[Feature],
    rows: KnownRows,
    as_of: date,
    values: Mapping[str, float | str | None],
) -> Iterator[TracedFeature]:
    """Each feature of a group with the rows behind it.

    Parameters
    ----------
    group, features
        The group, and those of its features that are asked about.
    rows
        Rows about the keys that are followed, whenever they were known.
    as_of
        The as-of date.
    values
        The features' values.
    """
    held = rows.table.to_pylist()
    in_force = bool(group.attributes) and rows.contract.kind is SourceKind.SPELL
    too_late = _not_in_force if in_force else _not_yet_known
    left_out = {row[ORDER]: too_late(row, as_of) for row in held}
    for order, why in _filtered(group, rows.table):
        left_out[order] = left_out[order] or why
    for feature in features:
        value = values.get(feature.name)
        if feature.flag_of is not None:
            yield TracedFeature(feature.name, value, _made(feature), None)
            continue
        window = _window(feature, as_of)
        out = {
            row[ORDER]: left_out[row[ORDER]] or _outside(feature, group, window, row)
            for row in held
        }
        among = [row for row in held if out[row[ORDER]] is None]
        if feature.aggregate in _OF_ONE_ROW:
            out |= _undecisive(feature, among)
        yield TracedFeature(
            name=feature.name,
            value=value,
            made=_made(feature),
            window=window,
            counted=tuple(order for order, why in out.items() if why is None),
            not_counted={order: why for order, why in out.items() if why is not None},
        )


def source_rows(
    rows: KnownRows, columns: Sequence[str], hidden: frozenset[str]
) -> Iterator[SourceRow]:
    """Rows as people read them; of a hidden column only which values are alike."""
    alike: dict[tuple[str, Any], str] = {}
    for row in rows.table.to_pylist():
        says = {name: row[name] for name in columns}
        for name in hidden & says.keys():
            if says[name] is not None:
                number = 1 + sum(column == name for column, _ in alike)
                says[name] = alike.setdefault((name, says[name]), f"{name} {number}")
        row_key = rows.contract.row_key
        yield SourceRow(
            number=row[ORDER],
            row_key=None if row_key is None else str(row[row_key]),
            about=row[KEY],
            happened=row[EVENT_DATE],
            known=row[KNOWLEDGE_DATE],
            says=says,
        )


def columns_looked_at(group: FeatureGroup, features: Sequence[Feature]) -> list[str]:
    """Columns of the source that the features of a group look at, in the order first named."""
    named = [name for f in features for name in (f.column, f.per)]
    tested = [condition.column for condition in group.where]
    derived = ["date_of_birth"] if "age_months" in named else []
    names = [*named, group.split_by, *tested, *derived]
    return list(dict.fromkeys(n for n in names if n is not None and n != "age_months"))


def _not_yet_known(row: Row, as_of: date) -> str | None:
    """Why a row does not count at a date, by its dates."""
    if row[EVENT_DATE] is None or row[EVENT_DATE] >= as_of:
        return "happened on or after the as-of date"
    return _learned_later(row, as_of)


def _not_in_force(row: Row, as_of: date) -> str | None:
    """Why a spell does not hold at a date, by its dates."""
    if row[EVENT_DATE] is None or row[EVENT_DATE] > as_of:
        return "begins after the as-of date"
    if row[END_DATE] is not None and row[END_DATE] <= as_of:
        end_known = row[END_KNOWLEDGE_DATE]
        if end_known is not None and end_known < as_of:
            return "had ended, as known"
    return _learned_later(row, as_of)


def _learned_later(row: Row, as_of: date) -> str | None:
    known, superseded = row[KNOWLEDGE_DATE], row[SUPERSEDED_DATE]
    if known is None or known >= as_of:
        return "learned on or after the as-of date"
    if superseded is not None and superseded < as_of:
        return "corrected or taken back by a later row, as known"
    return None


def _filtered(group: FeatureGroup, table: pa.Table) -> Iterator[tuple[int, str]]:
    """Rows that a condition of the group leaves out, and which."""
    for condition in group.where:
        test, value = condition.test
        told = f"left out by where: {condition.column} {test.replace('_', ' ')} {value}"
        met = meets(table, condition).to_pylist()
        orders = table[ORDER].to_pylist()
        yield from ((order, told) for order, does in zip(orders, met, strict=True) if not does)


def _outside(feature: Feature, group: FeatureGroup, window: Window, row: Row) -> str | None:
    """Why a row that is known does not count for one feature."""
    if window is not None and row[EVENT_DATE] < window[0]:
        return "before the window"
    if feature.category is not None and row[str(group.split_by)] != feature.category:
        return f"{group.split_by} is not {feature.category}"
    if feature.aggregate is None:
        return None
    empty = [name for name in (feature.column, feature.per) if name and row[name] is None]
    return f"has no {empty[0]}" if empty else None


def _undecisive(feature: Feature, among: Sequence[Row]) -> dict[int, str]:
    """Rows beside the one that decides; of rows of one day, the last known and then the last held."""
    if not among:
        return {}
    decide = _OF_ONE_ROW[feature.aggregate]
    in_time = [(row[EVENT_DATE], row[KNOWLEDGE_DATE], row[ORDER]) for row in among]
    decisive = decide(in_time)[-1]
    told = "not the first row" if feature.aggregate == "days_since_first" else "not the latest row"
    return {row[ORDER]: told for row in among if row[ORDER] != decisive}


def _window(feature: Feature, as_of: date) -> Window:
    """From and to of the window, half-open; None where it reaches over all years held."""
    window = feature.window
    return None if window is None or window.unbounded else (window.before(as_of), as_of)


def _made(feature: Feature) -> str:
    """How the value is made, in words."""
    if feature.flag_of is not None:
        return f"whether {feature.flag_of} is filled in"
    if feature.aggregate is None:
        return f"{feature.column} as it stood"
    per = f" per {feature.per}" if feature.per else ""
    column = f" of {feature.column}{per}" if feature.column else ""
    category = f", {feature.category} only" if feature.category else ""
    period = "" if feature.window is None else f", {feature.window.in_words()}"
    return f"{feature.aggregate.replace('_', ' ')}{column}{category}{period}"
