"""Conditions checked against the columns they test."""

from collections.abc import Iterator

from hearth.definition import Condition
from hearth.errors import Fault
from hearth.source_contract import Column
from hearth.source_contract.conditions import NUMBERS, misfits

__all__ = ["NUMBERS", "condition_faults"]


def condition_faults(
    condition: Condition, column: Column, *, file: str, place: str
) -> Iterator[Fault]:
    """Faults of a condition whose column exists: a test or value that the column's type does not admit."""
    for found, remedy in misfits(condition, column):
        yield Fault(file, f"{place}.{condition.test[0]}", found, remedy)
