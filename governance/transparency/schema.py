"""JSON Schemas of the transparency record and of what people write for it.

No machine-readable schema of version 4 of the standard is published; this one is ours.
`python -m governance.transparency.schema` writes them to docs/schemas.
"""

import json
from pathlib import Path
from typing import Any

from governance.transparency.fields import FIELDS, STANDARD, STANDARD_VERSION, Field, Origin
from governance.transparency.record import SCHEMA_VERSION, State
from governance.transparency.written import Written
from hearth.schemas import FOLDER, schema_of

RECORD_SCHEMA, WRITTEN_SCHEMA = "atrs-v4.schema.json", "transparency.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": "string", "minLength": 1}


def record_schema() -> dict[str, Any]:
    """Schema of atrs.json: every field once, in the order of the standard, with a text or a reason."""
    head = {
        "standard": {"const": STANDARD},
        "standard_version": {"const": STANDARD_VERSION},
        "schema_version": {"const": SCHEMA_VERSION},
        "model": _TEXT,
        "version": _TEXT,
        "made_on": {"type": "string", "format": "date"},
        "is_complete": {
            "type": "boolean",
            "description": "Whether no required field is still to be written.",
        },
    }
    return {
        "$schema": _DIALECT,
        "title": f"{STANDARD}, version {STANDARD_VERSION}, as Hearth writes it",
        "type": "object",
        "properties": {
            **head,
            "fields": {
                "type": "array",
                "prefixItems": [_field_schema(field) for field in FIELDS],
                "items": False,
                "minItems": len(FIELDS),
            },
        },
        "required": [*head, "fields"],
        "additionalProperties": False,
        "$defs": {"field": _any_field()},
    }


def _field_schema(field: Field) -> dict[str, Any]:
    """One field at its place: its number and name, and whether it may be withheld."""
    fixed = {
        "ref": {"const": field.ref},
        "key": {"const": field.key},
        "label": {"const": field.label},
        "required": {"const": field.required},
        "redactable": {"const": field.redactable},
        "confirmed": {"const": field.confirmed},
    }
    states = [str(s) for s in State if field.redactable or s is not State.REDACTED]
    return {
        "$ref": "#/$defs/field",
        "description": field.prompt,
        "properties": {**fixed, "state": {"enum": states}},
    }


def _any_field() -> dict[str, Any]:
    flags = ("required", "redactable", "confirmed")
    return {
        "type": "object",
        "properties": {
            **dict.fromkeys(("ref", "key", "label", "prompt"), _TEXT),
            "source": {"enum": [str(origin) for origin in Origin]},
            **{flag: {"type": "boolean"} for flag in flags},
            "state": {"enum": [str(state) for state in State]},
            "text": {"type": ["string", "null"]},
            "reason": {"type": ["string", "null"]},
        },
        "required": [
            "ref", "key", "label", "prompt", "source", *flags, "state", "text", "reason",
        ],
        "additionalProperties": False,
        "allOf": [
            _if_state([State.FILLED], {"text": _TEXT, "reason": {"type": "null"}}),
            _if_state(
                [State.NOT_APPLICABLE, State.REDACTED],
                {"text": {"type": "null"}, "reason": _TEXT},
            ),
            _if_state([State.TO_BE_WRITTEN], {"text": {"type": "null"}}),
        ],
    }  # fmt: skip


def _if_state(states: list[State], then: dict[str, Any]) -> dict[str, Any]:
    state = {"state": {"enum": [str(each) for each in states]}}
    return {"if": {"properties": state}, "then": {"properties": then}}


def schema_files() -> dict[str, str]:
    """Texts of the two schemas by file name."""
    schemas = {
        RECORD_SCHEMA: record_schema(),
        WRITTEN_SCHEMA: schema_of(Written, "What people write: models/NAME/transparency.yaml"),
    }
    return {
        name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }


if __name__ == "__main__":
    for name, text in schema_files().items():
        Path(FOLDER, name).write_text(text, encoding="utf-8")
