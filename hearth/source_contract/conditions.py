"""Conditions against the columns they test: which test and value a column's type admits."""

from collections.abc import Iterator
from typing import Any

from hearth.condition import Condition
from hearth.source_contract.columns import Column, ColumnType
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


def misfits(condition: Condition, column: Column) -> Iterator[tuple[str, str]]:
    """What of a condition its column's type does not admit: what was found, and what to do."""
    test, value = condition.test
    name = condition.column
    if column.type is ColumnType.DATE:
        yield f"tests {name}, a date", "test a text, number or category"
    elif test in _OF_NUMBERS:
        if column.type not in NUMBERS:
            yield f"tests {name}, {with_article(column.type)}, as a number", "use is, is_not or in"
    else:
        for told in value if test == "in" else (value,):
            yield from _unfit_value(told, name, column)


def _unfit_value(told: Any, name: str, column: Column) -> Iterator[tuple[str, str]]:
    shown = str(told).lower() if isinstance(told, bool) else str(told)
    if column.type is ColumnType.CATEGORY:
        if isinstance(told, bool) or str(told) not in column.values:
            yield f"is {shown}, which {name} never holds", f"use one of {', '.join(column.values)}"
        return
    types, words = _WRITTEN[column.type]
    if not isinstance(told, types) or (isinstance(told, bool) and bool not in types):
        yield f"is {shown}, but {name} is {with_article(column.type)}", f"write {words}"
