"""YAML files read strictly into models, with every fault of a file placed by its key.

Of YAML only the plain part is read: keys, lists, texts, numbers, true and false. Dates, yes,
no and 010 stay text until a model says what they are; aliases and tags are refused.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from hearth.errors import DefinitionError, Fault
from hearth.plain_faults import plain_faults

M = TypeVar("M", bound=BaseModel)
TO_BE_ANSWERED = "to_be_answered"
"""Value of a key in a draft whose question nobody has answered; a file that holds it is refused."""

_TAG = "tag:yaml.org,2002:"
_DIGITS = "(0|[1-9][0-9]*)"
_PLAIN_VALUES = {  # after the core schema of YAML 1.2
    "null": (r"|~|null|Null|NULL", ["", "~", "n", "N"]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (f"[-+]?{_DIGITS}", list("-+0123456789")),
    "float": (
        rf"[-+]?({_DIGITS}?\.[0-9]+|{_DIGITS}\.?)([eE][-+]?[0-9]+)?",
        list("-+.0123456789"),
    ),
}


class _PlainLoader(yaml.SafeLoader):
    """Safe loader of plain YAML that refuses aliases, tags, and a key written twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - filled below, as PyYAML asks
    yaml_constructors = {  # noqa: RUF012 - PyYAML's own shape
        tag: construct
        for tag, construct in yaml.SafeLoader.yaml_constructors.items()
        if tag is None or tag.removeprefix(_TAG) in (*_PLAIN_VALUES, "str", "seq", "map")
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Node at this place, unless it repeats another by alias."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # the stubs leave it out
            raise yaml.composer.ComposerError(None, None, "an alias stands for a value", mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Mapping with text keys, each written once."""
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            problem = None
            if not isinstance(key, str):
                problem = "a key is not text"
            elif key in seen:
                problem = f"the key {key} stands twice"
            if problem is not None:
                raise yaml.constructor.ConstructorError(None, None, problem, key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


for _name, (_pattern, _first) in _PLAIN_VALUES.items():
    _PlainLoader.add_implicit_resolver(_TAG + _name, re.compile(f"^(?:{_pattern})$"), _first)

_REMEDIES = {
    "an alias": "write the value out",
    "a key is": "put it in quotes",
    "the key": "keep one of them",
    "found character '\\t'": "indent with spaces",
    "could not determine": "remove the tag",
}


def read_yaml(path: Path, model: type[M], *, shown_as: str) -> M:
    """Model read from a YAML file.

    Parameters
    ----------
    path
        The file, in UTF-8.
    model
        Pydantic model it must fit.
    shown_as
        Name of the file in messages: its path from the workspace.

    Raises
    ------
    DefinitionError
        With every fault of the file.
    """
    item, faults = read_with_faults(path, model, shown_as=shown_as)
    if item is None or faults:
        raise DefinitionError(faults)
    return item


def read_with_faults(
    path: Path, model: type[M], *, shown_as: str
) -> tuple[M | None, tuple[Fault, ...]]:
    """Model read from a YAML file as far as it can be, and every fault of the file.

    Unknown keys are faults that leave the rest readable, so that it can be checked further.
    """
    try:
        data = read_plain(path, shown_as=shown_as)
    except DefinitionError as error:
        return None, error.faults
    questions = [
        Fault(shown_as, place, "is still to be answered", "write the answer in place of the word")
        for place in _open_questions(data)
    ]
    try:
        item = _validated(data, model)
        return (None, tuple(questions)) if questions else (item, ())
    except ValidationError as error:
        faults = plain_faults(error, model, file=shown_as)
        if questions:
            asked = {question.place for question in questions}
            return None, (*questions, *(fault for fault in faults if fault.place not in asked))
        if not _remove_unknown_keys(data, error):
            return None, tuple(faults)
    try:
        return _validated(data, model), tuple(faults)
    except ValidationError as error:
        return None, (*faults, *plain_faults(error, model, file=shown_as))


def _open_questions(part: Any, place: str = "") -> Iterator[str]:
    """Places of a draft that still hold the word for a question."""
    if part == TO_BE_ANSWERED:
        yield place
    elif isinstance(part, dict):
        for key, value in part.items():
            yield from _open_questions(value, f"{place}.{key}" if place else key)
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from _open_questions(value, f"{place}[{i}]")


def _validated(data: dict[str, Any], model: type[M]) -> M:
    return model.model_validate_json(json.dumps(data), strict=True)


def _remove_unknown_keys(data: dict[str, Any], error: ValidationError) -> bool:
    """Take the unknown keys out of the data; False if there were none."""
    unknown = [item["loc"] for item in error.errors() if item["type"] == "extra_forbidden"]
    for *parents, key in unknown:
        part: Any = data
        for parent in parents:
            if not (isinstance(parent, str) and parent.startswith("[")):  # the tag of a union
                part = part[parent]
        del part[key]
    return bool(unknown)


def read_plain(path: Path, *, shown_as: str) -> dict[str, Any]:
    """Keys of a YAML file and their values, of the kinds that JSON has.

    Raises
    ------
    DefinitionError
        If it cannot be read as plain YAML, or holds no keys.
    """
    try:
        data = yaml.load(path.read_bytes().decode("utf-8-sig"), Loader=_PlainLoader)  # noqa: S506 - it is a SafeLoader
    except OSError as error:
        raise _unreadable(
            shown_as, f"cannot be read: {error.strerror}", "mend its permissions"
        ) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _unreadable(shown_as, "is not UTF-8 text", "save it as UTF-8", line) from None
    except yaml.MarkedYAMLError as error:
        found = str(error.problem)
        remedy = next(
            (r for start, r in _REMEDIES.items() if found.startswith(start)),
            "mend it there",
        )
        mark = error.problem_mark
        raise _unreadable(
            shown_as, f"is not plain YAML: {found}", remedy, None if mark is None else mark.line + 1
        ) from None
    except yaml.reader.ReaderError as error:
        raise _unreadable(
            shown_as,
            f"holds the control character #x{error.character:04x}",
            "save it as plain text",
        ) from None
    except (ValueError, RecursionError):
        raise _unreadable(
            shown_as, "holds a number too long or lists too deep to read", "mend it"
        ) from None
    if not isinstance(data, dict) or not data:
        found = "is empty" if not data else "holds no keys"
        raise _unreadable(shown_as, found, "write one, or draft it with `hearth new`")
    return data


def _unreadable(shown_as: str, found: str, remedy: str, line: int | None = None) -> DefinitionError:
    return DefinitionError([Fault(shown_as, f"line {line}" if line else "", found, remedy)])
