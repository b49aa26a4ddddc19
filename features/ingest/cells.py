"""Values of spreadsheets and databases, a column at a time, as Arrow holds them."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pyarrow as pa


def as_array(values: Sequence[Any], *, days: str | None = None) -> pa.Array:
    """Values of one column in their own type where all have one, and otherwise as text.

    Parameters
    ----------
    values
        What the cells hold; None and empty text are no value.
    days
        Format in which a day or a moment among texts is written as its day; as it is if None.
    """
    held = [None if value == "" else value for value in values]
    kinds = {type(value) for value in held if value is not None}
    if len(kinds) <= 1 or kinds == {int, float}:
        try:
            return pa.array(held)
        except (pa.ArrowException, OverflowError):
            pass
    return pa.array(
        [None if value is None else cell_text(value, days) for value in held], pa.string()
    )


def cell_text(value: Any, days: str | None = None) -> str:
    """Text of one value: whole numbers without a point, days in the format given."""
    if days is not None and isinstance(value, date):
        return value.strftime(days)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
