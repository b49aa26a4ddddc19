"""YAML files read strictly into models, with every fault of a file placed by its key."""

import re
from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from hearth.errors import DefinitionError, Fault


M = TypeVar("M", bound=BaseModel)
_BOOLEAN = "tag:yaml.org,2002:bool"


class _StrictLoader(yaml.SafeLoader):
    """Safe loader that refuses a key written twice, and reads on, off, yes and no as text (YAML 1.2)."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key} stands twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


_StrictLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != _BOOLEAN]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_StrictLoader.add_implicit_resolver(_BOOLEAN, re.compile(r"^(?:true|True|false|False)$"), list("tTfF"))


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
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
    except UnicodeDecodeError:
        raise DefinitionError([Fault(shown_as, "", "is not UTF-8 text", "save it as UTF-8")]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = "" if mark is None else f"line {mark.line + 1}"
        raise DefinitionError(
            [Fault(shown_as, place, f"is not YAML: {error.problem}", "mend it there")]
        ) from None
    if not isinstance(data, dict):
        raise DefinitionError([Fault(shown_as, "", "holds no keys", "start from docs/tutorial.md")])
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise DefinitionError(_faults(error, shown_as)) from None


def _faults(error: ValidationError, shown_as: str) -> list[Fault]:
    faults = []
    for item in error.errors(include_url=False):
        place = _place(item["loc"])
        if item["type"] == "extra_forbidden":
            faults.append(Fault(shown_as, place, "is an unknown key", "remove it or mend its spelling"))
        elif item["type"] == "missing":
            faults.append(Fault(shown_as, place, "is missing", "add it"))
        else:
            faults += [_fault(shown_as, place, line) for line in _message(item).split("\n")]
    return faults


def _message(item: Any) -> str:
    return str(item["msg"]).removeprefix("Value error, ")


def _fault(shown_as: str, place: str, message: str) -> Fault:
    key, colon, rest = message.partition(": ")
    if colon and " " not in key:
        place, message = (f"{place}.{key}" if place else key), rest
    found, semicolon, remedy = message.partition("; ")
    return Fault(shown_as, place, found[:1].lower() + found[1:], remedy if semicolon else "mend it there")


def _place(parts: tuple[int | str, ...]) -> str:
    place = ""
    for part in parts:
        if isinstance(part, int):
            place += f"[{part}]"
        elif not part.endswith("]") and part not in ("[key]",):
            place += f".{part}" if place else part
    return place
