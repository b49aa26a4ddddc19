"""Kinds of value that source contracts and model definitions share."""

import re
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
)
from pydantic_core import ValidationError

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_SHOWN = 40  # characters of a value that a message repeats
_PERCENTAGE = r"\d+(\.\d+)?%"


class Strict(BaseModel):
    """A part of a YAML file: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def check_name(value: str) -> str:
    """The name itself; ValueError where it is none."""
    if not _NAME.fullmatch(value):
        raise ValueError(
            f"is {quoted(value)}, which is no name; "
            "use lower-case letters, digits and _, a letter first"
        )
    return value


def quoted(value: str) -> str:
    """Text as a message shows it: in quotes, at most 40 characters of it."""
    return f'"{value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"}"'


def with_article(word: str) -> str:
    """Word with its article: a number, an integer, a uprn."""
    return f"{'an' if word[0] in 'aeio' else 'a'} {word}"


Name = Annotated[
    str,
    AfterValidator(check_name),
    WithJsonSchema({"type": "string", "pattern": f"^{_NAME.pattern}$"}),
]
"""A name that may stand in a feature's name: lower case, digits and underscores."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Text that says something: spaces around it are taken off, and it is not empty."""


def share_of(value: object) -> object:
    """Number in [0, 1] written as `5%` or as 0.05; anything else is left for pydantic to refuse."""
    if isinstance(value, str) and re.fullmatch(_PERCENTAGE, value):
        return float(value[:-1]) / 100
    return value


Share = Annotated[
    float,
    Field(ge=0, le=1),
    BeforeValidator(share_of),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "minimum": 0, "maximum": 1},
                {"type": "string", "pattern": f"^{_PERCENTAGE}$"},
            ]
        }
    ),
]
"""A share in [0, 1], written as `5%` or as 0.05."""

Scalar = bool | int | float | str
"""A single value of a YAML file."""


def _check_scalar(value: Any, check: ValidatorFunctionWrapHandler) -> Scalar:
    try:
        return check(value)  # type: ignore[no-any-return] # the handler's result is what the union admits
    except ValidationError:
        raise ValueError("is not a single value; write a text, a number, true or false") from None


ScalarField = Annotated[Scalar, WrapValidator(_check_scalar)]
"""A single value as a field, with one message where it is none."""
