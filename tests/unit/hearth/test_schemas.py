"""The published JSON Schemas, beside what the loader accepts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from hearth.schemas import FOLDER, schema_files
from hearth.yaml_file import read_plain

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SOURCE, MODEL = "source-contract.schema.json", "model-definition.schema.json"


def _validator(name: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads(schema_files()[name]))


def _files(repository: Path, pattern: str) -> list[Path]:
    """Files of this workspace and of those that the documentation holds."""
    return [*sorted(repository.glob(pattern)), *sorted(repository.glob(f"docs/**/{pattern}"))]


def _properties(schema: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(schema, dict):
        for name, spec in schema.get("properties", {}).items():
            yield f"{place}.{name}", spec
        for key, part in schema.items():
            yield from _properties(part, f"{place}/{key}")
    elif isinstance(schema, list):
        for part in schema:
            yield from _properties(part, place)


@pytest.mark.parametrize("name", [SOURCE, MODEL])
def test_the_published_schema_is_up_to_date(name: str, repository: Path) -> None:
    published = (repository / FOLDER / name).read_text(encoding="utf-8")
    assert published == schema_files()[name], "run: python -m hearth.schemas"


@pytest.mark.parametrize("name", [SOURCE, MODEL])
def test_a_schema_is_itself_valid(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_files()[name]))


@pytest.mark.parametrize("name", [SOURCE, MODEL])
def test_every_key_is_described(name: str) -> None:
    schema = json.loads(schema_files()[name])
    parts = schema["$defs"]
    undescribed = [
        place
        for place, spec in _properties(schema)
        if not {**parts.get(spec.get("$ref", "").split("/")[-1], {}), **spec}.get("description")
    ]
    assert undescribed == []


def test_every_contract_of_this_repository_fits_its_schema(repository: Path) -> None:
    files = _files(repository, "features/sources/*.yaml")
    assert files
    for file in files:
        _validator(SOURCE).validate(read_plain(file, shown_as=file.name))


def test_every_definition_of_this_repository_fits_its_schema(repository: Path) -> None:
    files = _files(repository, "models/*/model.yaml")
    assert files
    for file in files:
        _validator(MODEL).validate(read_plain(file, shown_as=file.name))


@pytest.mark.parametrize(
    "written", ["count", {"sum": "amount"}, {"name": "count"}, {"name": "sum", "column": "amount"}]
)
def test_an_aggregate_may_be_written_short_or_in_full(written: Any) -> None:
    schema = json.loads(schema_files()[MODEL])
    aggregate = {"$ref": "#/$defs/Aggregate", "$defs": schema["$defs"]}
    assert jsonschema.Draft202012Validator(aggregate).is_valid(written)


@pytest.mark.parametrize("written", ["sum", "median", {"sum": "a", "max": "b"}, {}, {"sum": "A b"}])
def test_what_is_no_aggregate_is_refused_by_the_schema_too(written: Any) -> None:
    schema = json.loads(schema_files()[MODEL])
    aggregate = {"$ref": "#/$defs/Aggregate", "$defs": schema["$defs"]}
    assert not jsonschema.Draft202012Validator(aggregate).is_valid(written)


@pytest.mark.parametrize("share", ["5%", "0.5%", 0.05, 1])
def test_a_share_may_be_a_percentage(share: object) -> None:
    schema = json.loads(schema_files()[MODEL])
    capacity = {"$ref": "#/$defs/Capacity", "$defs": schema["$defs"]}
    assert jsonschema.Draft202012Validator(capacity).is_valid({"share": share})


def test_conditions_are_written_with_is_and_in() -> None:
    condition = json.loads(schema_files()[MODEL])["$defs"]["Condition"]
    assert {"is", "in"} <= condition["properties"].keys()
    assert not {"is_", "in_"} & condition["properties"].keys()


def test_an_unknown_key_is_refused_by_the_schema_too(repository: Path) -> None:
    file = repository / "features" / "sources" / "toronto_evaluations.yaml"
    document = read_plain(file, shown_as=file.name)
    assert not _validator(SOURCE).is_valid({**document, "colums": {}})
