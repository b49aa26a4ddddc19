"""Pydantic's errors as faults in plain English: what was found, and what to do."""

import difflib
from collections.abc import Collection, Iterator, Mapping

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from hearth.errors import Fault
from hearth.yaml_values import quoted

_DATE = ("is {input}, which is no date", "write it as 2027-03-31")
_NUMBER = ("is {input}, not a number", "write a number, without quotes or a unit")
_WHOLE = (
    "is {input}, not a whole number",
    "write a whole number, without quotes or a unit",
)
_KEYS = ("is {input}, not a set of keys", "write its keys below it, indented")
_LIST = ("is {input}, not a list", "write a list, such as [a, b]")
_TRUTH = ("is {input}, neither true nor false", "write true or false")
_PHRASES: Mapping[str, tuple[str, str]] = {
    "missing": ("is missing", "add it"),
    "string_type": ("is {input}, not text", "put it in quotes"),
    "string_too_short": ("is too short", "write at least {min_length} characters"),
    "string_too_long": ("is too long", "write at most {max_length} characters"),
    "string_pattern_mismatch": ("is {input}", "it must fit {pattern}"),
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "enum": ("is {input}", "use one of {expected}"),
    "literal_error": ("is {input}", "use one of {expected}"),
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "greater_than": ("is {input}", "it must be more than {gt:g}"),
    "greater_than_equal": ("is {input}", "it must be at least {ge:g}"),
    "less_than": ("is {input}", "it must be less than {lt:g}"),
    "less_than_equal": ("is {input}", "it must be at most {le:g}"),
    "too_short": ("holds {actual_length}, too few", "give at least {min_length}"),
    "too_long": ("holds {actual_length}, too many", "give at most {max_length}"),
    "model_type": _KEYS,
    "dict_type": _KEYS,
    "tuple_type": _LIST,
    "list_type": _LIST,
}


def plain_faults(
    error: ValidationError,
    model: type[BaseModel],
    *,
    file: str,
    hidden: Collection[str] = (),
) -> list[Fault]:
    """Faults of a file, each with its place, what was found there and what to do.

    A validator of ours reports several faults as lines of `place: found; remedy`, the place
    counted from its own.

    Parameters
    ----------
    error
        What pydantic found.
    model
        Model that was asked for; its keys are offered where one is unknown.
    file
        Name of the file in messages.
    hidden
        Places whose value may be secret: messages do not repeat it.
    """
    return [
        fault
        for item in error.errors(include_url=False)
        for fault in _faults_of(item, model, file, hidden=hidden)
    ]


def _faults_of(
    item: ErrorDetails, model: type[BaseModel], file: str, *, hidden: Collection[str]
) -> Iterator[Fault]:
    place, kind, value = _place(item["loc"]), item["type"], item["input"]
    if kind == "too_short" and len(value) >= item["ctx"]["min_length"]:
        return  # long enough, but for items that are faults themselves
    if kind == "value_error":
        for line in str(item["ctx"]["error"]).split("\n"):
            yield _own_fault(file, place, line)
    elif kind == "extra_forbidden":
        yield Fault(file, place, "is an unknown key", _spelling(str(item["loc"][-1]), model))
    elif kind != "missing" and _is_empty(value):
        yield Fault(file, place, "is left empty", "fill it in")
    elif kind in _PHRASES:
        words = {
            **item.get("ctx", {}),
            "input": "what is not shown" if place in hidden else _shown(value),
        }
        words["expected"] = str(words.get("expected", "")).replace(" or ", ", ").replace("'", "")
        found, remedy = _PHRASES[kind]
        yield Fault(file, place, found.format_map(words), remedy.format_map(words))
    else:
        yield Fault(file, place, item["msg"][:1].lower() + item["msg"][1:], "mend it there")


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _own_fault(file: str, place: str, line: str) -> Fault:
    key, colon, rest = line.partition(": ")
    if colon and " " not in key:
        place, line = (f"{place}.{key}" if place else key), rest
    found, _, remedy = line.partition("; ")
    return Fault(file, place, found, remedy or "mend it there")


def _place(parts: tuple[int | str, ...]) -> str:
    place = ""
    for part in parts:
        if isinstance(part, int):
            place += f"[{part}]"
        elif not part.startswith("["):  # pydantic's mark for the key itself, or the tag of a union
            place += f".{part}" if place else part
    return place


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, Mapping):
        return "a set of keys"
    return "a list" if isinstance(value, list | tuple) else str(value)


def _spelling(key: str, model: type[BaseModel]) -> str:
    schema = model.model_json_schema()
    parts = [schema, *schema.get("$defs", {}).values()]
    known = {name for part in parts for name in part.get("properties", {})}
    close = [name for name in difflib.get_close_matches(key, known, n=1) if name != key]
    return f"write {close[0]} if that is meant, or remove it" if close else "remove it"
