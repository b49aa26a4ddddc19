"""What people write of a model for its records: models/NAME/transparency.yaml, which Hearth never writes."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Self

from pydantic import ConfigDict, model_validator
from pydantic import Field as Key

from governance.transparency.fields import BY_KEY
from governance.transparency.names import why_no_role, why_no_team_mailbox
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.errors import DefinitionError, Fault
from hearth.yaml_file import read_yaml
from hearth.yaml_values import Name, Strict, Text

FILE = "transparency.yaml"


def _with_short_form(schema: dict[str, Any]) -> None:
    """Schema of a field as it is written: its text, or a reason for there being none."""
    keys = ("type", "properties", "additionalProperties")
    full = {key: schema.pop(key) for key in keys}
    schema["anyOf"] = [
        {"type": "string", "minLength": 1},
        {**full, "minProperties": 1, "maxProperties": 1},
    ]


class Entry(Strict):
    """A field's text; or why it does not apply; or why it is withheld."""

    model_config = ConfigDict(json_schema_extra=_with_short_form)

    text: Text | None = Key(default=None, description="What the field says.")
    not_applicable: Text | None = Key(default=None, description="Why it does not apply here.")
    redacted: Text | None = Key(default=None, description="Why it is withheld.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        return {"text": data} if isinstance(data, str) else data

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if [self.text, self.not_applicable, self.redacted].count(None) != 2:  # noqa: PLR2004 two of three
            raise ValueError("says not one thing; write a text, or not_applicable, or redacted")
        return self


class Assessed(Strict):
    """An impact assessment that was made."""

    name: Text = Key(description="What it is called.")
    made_on: Text = Key(description="Day it was made, such as 2026-09-01.")
    link: Text | None = Key(default=None, description="Where it can be read.")


class DpiaAnswers(Strict):
    """What only people know of a data protection impact assessment."""

    need: Text | None = Key(default=None, description="Why an assessment is made.")
    relationship: Text | None = Key(
        default=None, description="How people stand to the council, and what they would expect."
    )
    consultation: Text | None = Key(
        default=None, description="Whose views were asked, how, and what they said; or why not."
    )
    proportionality: Text | None = Key(
        default=None, description="Whether the aim could be met by less, and how that was seen."
    )
    residual_risk: Text | None = Key(
        default=None, description="What risk is left once the measures are in place."
    )
    advice: Text | None = Key(
        default=None, description="What the data protection officer advised, by role."
    )


class Written(Strict):
    """What people write of one model."""

    fields: dict[Name, Entry] = Key(
        default_factory=dict, description="Fields of the transparency record, by name."
    )
    assessments: tuple[Assessed, ...] = Key(
        default=(), description="Impact assessments that were made."
    )
    dpia: DpiaAnswers = Key(
        default=DpiaAnswers(), description="Answers for the data protection impact assessment."
    )

    @model_validator(mode="after")
    def _is_fit_to_publish(self) -> Self:
        faults = [fault for key, entry in self.fields.items() for fault in _faults(key, entry)]
        if faults:
            raise ValueError("\n".join(faults))
        return self


def _faults(key: str, entry: Entry) -> Iterator[str]:
    place, field = f"fields.{key}", BY_KEY.get(key)
    if field is None:
        yield f"{place}: is no field of the record; see docs/reference/transparency.md"
        return
    if entry.redacted is not None and not field.redactable:
        yield f"{place}: is redacted, and may not be; write the text, or not_applicable"
    why = {"senior_responsible_owner": why_no_role, "contact": why_no_team_mailbox}.get(key)
    found = why(entry.text) if why is not None and entry.text is not None else None
    if found is not None:
        yield f"{place}: {found}; {_REMEDIES[key]}"
    if key == "website" and entry.text is not None and not entry.text.startswith("https://"):
        yield f"{place}: is no address that begins with https://; write it whole"


_REMEDIES = {
    "senior_responsible_owner": "write the title of the role, never who holds it",
    "contact": "write a team's mailbox, such as early-help-data@council.example",
}


def written_path(workspace: Path, model: str) -> Path:
    """Where people write of a model."""
    return workspace / "models" / model / FILE


def read_written(workspace: Path, model: str) -> Written:
    """What people have written of a model; nothing where there is no file.

    Raises
    ------
    DefinitionError
        With every fault of the file.
    """
    path = written_path(workspace, model)
    if not path.exists():
        return Written()
    return read_yaml(path, Written, shown_as=path.relative_to(workspace).as_posix())


def check_written(catalogue: Catalogue) -> None:
    """Refuse what people wrote of any model, or an owner or contact, where it is not fit to publish.

    Raises
    ------
    DefinitionError
        With every fault of every file.
    """
    faults: list[Fault] = []
    for name, definition in sorted(catalogue.models.items()):
        faults += _faults_found(partial(read_written, catalogue.root, name))
        faults += _faults_found(partial(check_oversight, definition))
    if faults:
        raise DefinitionError(faults)


def _faults_found(check: Callable[[], object]) -> tuple[Fault, ...]:
    try:
        check()
    except DefinitionError as error:
        return error.faults
    return ()


def check_oversight(definition: ModelDefinition) -> None:
    """Refuse a definition whose owner is a person or whose contact is one person's mailbox.

    Raises
    ------
    DefinitionError
        Naming the key, never the person.
    """
    oversight = definition.oversight
    found = {
        "owner": (why_no_role(oversight.owner), _REMEDIES["senior_responsible_owner"]),
        "contact": (why_no_team_mailbox(oversight.contact), _REMEDIES["contact"]),
    }
    faults = [
        Fault(f"models/{definition.model}/model.yaml", f"oversight.{key}", why, remedy)
        for key, (why, remedy) in found.items()
        if why is not None
    ]
    if faults:
        raise DefinitionError(faults)
