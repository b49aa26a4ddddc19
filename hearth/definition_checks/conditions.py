"""Conditions checked against the columns they test."""

from collections.abc import Iterator
from typing import Any

from hearth.definition import Condition
from hearth.errors import Fault
from hearth.source_contract import Column, ColumnType
from hearth.yaml_values import with_article

NUMBERS = (ColumnType.NUMBER, ColumnType.INTEGER)
_OF_NUMBERS = ("at_least", "at_most", "above", "below")
_WRITTEN: dict[ColumnType, tuple[tuple[type, ...], str]] = {
    ColumnType.BOOLEAN: ((bool,), "true or false"),
    ColumnType.NUMBER: ((int, float), "a number"),
    ColumnType.INTEGER: ((int, float), "a number"),
    ColumnType.STRING: ((str, int), "a text"),
    ColumnType.UPRN: ((str, int), "a UPRN"),
}


def condition_faults(
    condition: Condition, column: Column, *, file: str, place: str
) -> Iterator[Fault]:
    """Faults of a condition whose column exists: a test or value that the column's type does not admit."""
    test, value = condition.test
    place, name = f"{place}.{test}", condition.column
    if column.type is ColumnType.DATE:
        yield Fault(file, place, f"tests {name}, a date", "test a text, number or category")
    elif test in _OF_NUMBERS:
        if column.type not in NUMBERS:
            found = f"tests {name}, {with_article(column.type)}, as a number"
            yield Fault(file, place, found, "use is, is_not or in")
    else:
        for told in value if test == "in" else (value,):
            yield from _value_faults(told, name, column, file, place)


def _value_faults(told: Any, name: str, column: Column, file: str, place: str) -> Iterator[Fault]:
    shown = str(told).lower() if isinstance(told, bool) else str(told)
    if column.type is ColumnType.CATEGORY:
        if isinstance(told, bool) or str(told) not in column.values:
            found = f"is {shown}, which {name} never holds"
            yield Fault(file, place, found, f"use one of {', '.join(column.values)}")
        return
    types, words = _WRITTEN[column.type]
    if not isinstance(told, types) or (isinstance(told, bool) and bool not in types):
        yield Fault(
            file, place, f"is {shown}, but {name} is {with_article(column.type)}", f"write {words}"
        )
