"""The transparency record of a version: every field filled, not applicable, redacted or still to be written."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from governance.report.document import Bullets, Document, Inset, Paragraph, Section, Table
from governance.report.document import Column as TableColumn
from governance.transparency.facts import Facts
from governance.transparency.fields import (
    BY_KEY,
    FIELDS,
    SECTIONS,
    STANDARD,
    STANDARD_VERSION,
    Field,
)
from governance.transparency.filled import FILL
from governance.transparency.written import FILE, Entry

SCHEMA_VERSION = 1
_NOT_LAW = (
    "The standard binds central government. For a council it is good practice and not law. "
    "Its numbers and names marked with an asterisk could not be confirmed at their source."
)


class State(StrEnum):
    """How a field stands."""

    FILLED = "filled"
    NOT_APPLICABLE = "not applicable"
    REDACTED = "redacted"
    TO_BE_WRITTEN = "to be written"


@dataclass(frozen=True)
class Answer:
    """One field with what it says: a text, or the reason why there is none."""

    field: Field
    state: State
    text: str = ""
    reason: str = ""

    @property
    def in_words(self) -> str:
        """The text, or what stands in its place."""
        return {
            State.FILLED: self.text,
            State.NOT_APPLICABLE: f"N/A. {self.reason}",
            State.REDACTED: f"Redacted. {self.reason}",
            State.TO_BE_WRITTEN: self._unwritten,
        }[self.state]

    @property
    def _unwritten(self) -> str:
        if self.field.required:
            return f"To be written by a person: {self.field.prompt}"
        return "Not given; the standard does not require it."

    def as_json(self) -> dict[str, Any]:
        """The field as the JSON record holds it."""
        field = self.field
        return {
            "ref": field.ref,
            "key": field.key,
            "label": field.label,
            "prompt": field.prompt,
            "source": str(field.source),
            "required": field.required,
            "redactable": field.redactable,
            "confirmed": field.confirmed,
            "state": str(self.state),
            "text": self.text or None,
            "reason": self.reason or None,
        }


@dataclass(frozen=True)
class Record:
    """All fields of a version, in the order of the standard."""

    model: str
    version: str
    made_on: str
    answers: tuple[Answer, ...]

    @property
    def to_write(self) -> tuple[Answer, ...]:
        """Required fields that nobody has written yet."""
        return tuple(a for a in self.answers if a.state is State.TO_BE_WRITTEN and a.field.required)


@dataclass(frozen=True)
class Change:
    """A field that differs between two records."""

    ref: str
    label: str
    before: str
    after: str


def make_record(facts: Facts) -> Record:
    """The record of a version, from what is on record of it and what people wrote.

    A person's text stands in place of Hearth's, except where the field holds what was measured:
    there it stands first, and the figures after it.
    """
    written = facts.written.fields
    answers = tuple(_answer(field, facts, written.get(field.key)) for field in FIELDS)
    return Record(facts.definition.model, facts.version, facts.on.isoformat(), answers)


def _answer(field: Field, facts: Facts, entry: Entry | None) -> Answer:
    if entry is not None and entry.not_applicable is not None:
        return Answer(field, State.NOT_APPLICABLE, reason=entry.not_applicable)
    if entry is not None and entry.redacted is not None:
        return Answer(field, State.REDACTED, reason=entry.redacted)
    ours = FILL[field.key](facts) if field.key in FILL else ""
    theirs = "" if entry is None or entry.text is None else " ".join(entry.text.split())
    parts = [theirs, ours] if field.source.is_measured else [theirs or ours]
    text = "\n".join(part for part in parts if part)
    return Answer(field, State.FILLED if text else State.TO_BE_WRITTEN, text=text)


def as_json(record: Record) -> bytes:
    """The record as JSON; docs/schemas/atrs-v4.schema.json says what it holds."""
    content = {
        "standard": STANDARD,
        "standard_version": STANDARD_VERSION,
        "schema_version": SCHEMA_VERSION,
        "model": record.model,
        "version": record.version,
        "made_on": record.made_on,
        "is_complete": not record.to_write,
        "fields": [answer.as_json() for answer in record.answers],
    }
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def read_json(content: bytes) -> Record:
    """A record as `as_json` wrote it."""
    told: Mapping[str, Any] = json.loads(content)
    answers = tuple(
        Answer(BY_KEY[each["key"]], State(each["state"]), each["text"] or "", each["reason"] or "")
        for each in told["fields"]
    )
    return Record(told["model"], told["version"], told["made_on"], answers)


def as_csv(record: Record) -> bytes:
    """The record as a table, one row a field; no cell begins like a formula of a spreadsheet."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["ref", "label", "state", "text", "required", "redactable", "confirmed"])
    for answer in record.answers:
        field = answer.field
        writer.writerow(
            [
                field.ref, field.label, answer.state, _plain_cell(answer.in_words),
                *("yes" if claim else "no" for claim in (field.required, field.redactable, field.confirmed)),
            ]
        )  # fmt: skip
    return file.getvalue().encode()


def _plain_cell(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text


def record_document(record: Record) -> Document:
    """The record as a document."""
    return Document(
        title=f"Transparency record: {_text(record, 'title')}",
        subtitle=_text(record, "summary"),
        facts=(
            ("Model", f"{record.model}, version {record.version}"),
            ("Standard", f"{STANDARD}, version {STANDARD_VERSION}"),
            ("Made on", record.made_on),
            ("Still to be written", f"{len(record.to_write)} of {len(record.answers)} fields"),
        ),
        sections=(_about(record), *_sections(record)),
    )


def _about(record: Record) -> Section:
    waiting = tuple(f"{a.field.ref} {a.field.label}: {a.field.prompt}" for a in record.to_write)
    said = (
        (
            Inset(f"Not complete. In models/{record.model}/{FILE} somebody must still write:", is_warning=True),
            Bullets(waiting),
        )
        if waiting
        else ()
    )  # fmt: skip
    return Section(0, "How this record stands", (Paragraph(_NOT_LAW), *said))


def _sections(record: Record) -> list[Section]:
    return [
        Section(number, title, (_table([a for a in record.answers if a.field.section == title]),))
        for number, title in enumerate(SECTIONS.values(), start=1)
    ]  # fmt: skip


def _table(answers: list[Answer]) -> Table:
    return Table(
        f"Fields {answers[0].field.ref} to {answers[-1].field.ref}",
        (TableColumn("Field"), TableColumn("What it says")),
        tuple(
            (f"{a.field.ref} {a.field.label}{'' if a.field.confirmed else ' *'}", a.in_words)
            for a in answers
        ),
    )


def _text(record: Record, key: str) -> str:
    return next(a.in_words for a in record.answers if a.field.key == key)


def changes_between(before: Record, after: Record) -> list[Change]:
    """Fields that say something else, in the order of the standard."""
    pairs = zip(before.answers, after.answers, strict=True)
    return [
        Change(new.field.ref, new.field.label, old.in_words, new.in_words)
        for old, new in pairs
        if (old.state, old.text, old.reason) != (new.state, new.text, new.reason)
    ]
