"""Structured filters applied to tables; a missing value meets no condition, not even `is_not`."""

from collections.abc import Callable, Iterable
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from hearth.definition import Condition


def meeting(table: pa.Table, conditions: Iterable[Condition]) -> pa.Table:
    """Rows that meet every condition, in their order."""
    for condition in conditions:
        table = table.filter(meets(table, condition))
    return table


def meets(table: pa.Table, condition: Condition) -> pa.ChunkedArray:
    """Whether each row meets the condition, (rows,) bool without nulls."""
    test, value = condition.test
    column = table[condition.column]
    return pc.fill_null(_TESTS[test](column, value), False)


def _scalar(column: pa.ChunkedArray, value: Any) -> pa.Scalar:
    """Value of a definition in the column's type."""
    if pa.types.is_string(column.type):
        return pa.scalar(str(value))
    return pa.scalar(value)


def _is_in(column: pa.ChunkedArray, values: tuple[Any, ...]) -> pa.ChunkedArray:
    wanted = pa.array([_scalar(column, value).as_py() for value in values])
    found = pc.is_in(column, value_set=pc.cast(wanted, column.type))
    return pc.and_(found, pc.is_valid(column))


_TESTS: dict[str, Callable[[pa.ChunkedArray, Any], pa.ChunkedArray]] = {
    "is": lambda column, value: pc.equal(column, _scalar(column, value)),
    "is_not": lambda column, value: pc.not_equal(column, _scalar(column, value)),
    "in": _is_in,
    "at_least": pc.greater_equal,
    "at_most": pc.less_equal,
    "above": pc.greater,
    "below": pc.less,
}
