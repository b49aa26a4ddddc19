"""Values of spreadsheets and databases, a column at a time, as Arrow holds them."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa

ISO = "%Y-%m-%d"


def as_array(values: Sequence[Any], *, dates: str = ISO) -> pa.Array:
    """Values of one column in their own type where all have one, and otherwise as text.

    Parameters
    ----------
    values
        What the cells hold; None and empty text are no value.
    dates
        Format in which a day is written that stands among texts.
    """
    held = [None if value == "" else value for value in values]
    kinds = {type(value) for value in held if value is not None}
    if len(kinds) <= 1 or kinds == {int, float}:
        try:
            return pa.array(held)
        except (pa.ArrowException, OverflowError):
            pass
    return pa.array([None if value is None else _text(value, dates) for value in held], pa.string())


def _text(value: Any, dates: str) -> str:
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(" ")
    if isinstance(value, date):
        return value.strftime(dates)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
