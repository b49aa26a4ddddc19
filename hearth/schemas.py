"""JSON Schemas of the YAML contracts, from which editors complete keys and show what they mean.

`python -m hearth.schemas` writes them to docs/schemas.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from hearth.definition import ModelDefinition
from hearth.linkage_settings import LINKAGE_FILE, LinkageSettings
from hearth.source_contract import SourceContract

FOLDER = Path("docs", "schemas")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_CONTRACTS: dict[str, tuple[type[BaseModel], str]] = {
    "source-contract.schema.json": (SourceContract, "Source contract: features/sources/NAME.yaml"),
    "model-definition.schema.json": (ModelDefinition, "Model definition: models/NAME/model.yaml"),
    "linkage.schema.json": (LinkageSettings, f"Linkage of persons: {LINKAGE_FILE}"),
}


class _Generator(GenerateJsonSchema):
    """Pydantic's schemas without titles made of key names, and with keys that are no name refused."""

    def field_title_should_be_set(self, schema: Any) -> bool:  # noqa: ARG002 - pydantic gives it
        """Never: descriptions say more."""
        return False

    def dict_schema(self, schema: Any) -> JsonSchemaValue:
        """Mapping whose keys must fit their pattern, where they have one."""
        generated = super().dict_schema(schema)
        closed = {"additionalProperties": False} if "patternProperties" in generated else {}
        return {**generated, **closed}


def schema_of(contract: type[BaseModel], title: str) -> dict[str, Any]:
    """JSON Schema of what a YAML file of this contract may hold."""
    return {
        "$schema": _DIALECT,
        **contract.model_json_schema(schema_generator=_Generator),
        "title": title,
    }


def schema_files() -> dict[str, str]:
    """Texts of the published schemas by file name."""
    return {
        name: json.dumps(schema_of(contract, title), indent=2, ensure_ascii=False) + "\n"
        for name, (contract, title) in _CONTRACTS.items()
    }


def write_schemas(folder: Path) -> None:
    """Write the published schemas into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schema_files().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_schemas(FOLDER)
