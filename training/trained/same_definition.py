"""Whether a definition is still the one that a version was trained by, its last date aside."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hearth.definition import ModelDefinition
from hearth.errors import StateError
from training.trained.versions import DEFINITION, TrainedVersion

_MAY_MOVE = "as_of.last"
"""The date that is scored for use moves on with time; what is foreseen, of whom and how does not."""


def check_same_definition(version: TrainedVersion, definition: ModelDefinition) -> None:
    """Refuse to go on where a definition has changed since a version was trained by it.

    Raises
    ------
    StateError
        Naming what changed.
    """
    path = version.folder / DEFINITION
    if not path.is_file():
        raise StateError(
            f"{version.name} was trained by an earlier Hearth and does not hold its definition; "
            f"run: hearth train {version.model} --force"
        )
    before, now = (
        each.model_dump(mode="json", by_alias=True) for each in (_read(path), definition)
    )
    changed = sorted({*_changes(before, now, "")} - {_MAY_MOVE})
    if changed:
        raise StateError(
            f"models/{version.model}/model.yaml: `{'`, `'.join(changed)}` changed since {version.name} was "
            f"trained, so what comes of it is another model and no retraining; put back what was there "
            f"({_MAY_MOVE} alone may move), or train it as a new one: hearth train {version.model}"
        )


def _read(path: Path) -> ModelDefinition:
    """A definition as it was; fields that came later have the values they have when left out."""
    return ModelDefinition.model_validate(json.loads(path.read_text(encoding="utf-8")))


def _changes(before: Any, after: Any, place: str) -> Iterator[str]:
    """Places at which two JSON values differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            yield from _changes(before.get(key), after.get(key), f"{place}.{key}" if place else key)
    elif before != after:
        yield place
