"""How an extract writes its dates and its numbers."""

import re
from collections import Counter
from dataclasses import dataclass
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from hearth.yaml_values import quoted

_EXAMPLE = re.compile(r"(?P<currency>[£€$]?)1(?P<thousands>[,.' ]?)234(?P<decimal>[.,])56")
_FIELD = re.compile("%[dmy]")
"""Parts of a date that one text may be taken for."""


@dataclass(frozen=True)
class NumberStyle:
    """The marks in a file's numbers: £ in front, one between thousands, and that of the decimals."""

    currency: str
    thousands: str
    decimal: str


def number_style(example: str) -> NumberStyle:
    """Marks in the number 1234.56 as the file writes it.

    Raises
    ------
    ValueError
        If the example is not that number.
    """
    found = _EXAMPLE.fullmatch(example)
    if found is None or found["thousands"] == found["decimal"]:
        raise ValueError(
            f'is {quoted(example)}; write 1234.56 as the file would, such as "£1,234.56" or "1.234,56"'
        )
    return NumberStyle(**found.groupdict())


def _as_tuple(value: object) -> object:
    if isinstance(value, list):
        return tuple(value)
    return (value,) if isinstance(value, str) else value


def _check_dates(formats: tuple[str, ...]) -> tuple[str, ...]:
    if not formats:
        raise ValueError("is empty; write strftime codes such as %d/%m/%Y")
    for one in formats:
        if "%" not in one:
            raise ValueError(f"is {quoted(one)}; write strftime codes such as %d/%m/%Y")
    shapes = Counter(map(date_shape, formats))
    if max(shapes.values()) > 1:
        raise ValueError(
            "holds two formats that could read one text as two days, such as %d/%m/%Y beside %m/%d/%Y; "
            "keep one, or have the extract mended"
        )
    return formats


def date_shape(form: str) -> str:
    """What a text in this format looks like; formats of one shape can be mistaken for each other."""
    return _FIELD.sub("0", form)


def _check_number(example: str) -> str:
    number_style(example)
    return example


_CODES = {"type": "string", "pattern": "%"}

DateFormats = Annotated[
    tuple[str, ...],
    AfterValidator(_check_dates),
    BeforeValidator(_as_tuple),
    WithJsonSchema({"anyOf": [_CODES, {"type": "array", "items": _CODES, "minItems": 1}]}),
]
"""One way in which dates are written, as strftime codes, or a list of them."""

NumberExample = Annotated[
    str,
    AfterValidator(_check_number),
    WithJsonSchema({"type": "string", "pattern": "^[£€$]?1[,.' ]?234[.,]56$"}),
]
"""The number 1234.56 as a file writes it."""
