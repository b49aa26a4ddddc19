"""The contract of one source, whose parts are in the modules beside this one."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from hearth.condition import Condition
from hearth.periods import PeriodField
from hearth.source_contract.columns import Column, ColumnType
from hearth.source_contract.extract import Read
from hearth.source_contract.law import Law
from hearth.source_contract.link import Link, link_faults
from hearth.source_contract.quality import Quality
from hearth.source_contract.versions import version_faults
from hearth.yaml_values import Name, Strict, Text, with_article

_DATED = ("event_date", "starts_on", "ends_on", "knowledge_date", "end_knowledge_date")


class SourceKind(StrEnum):
    """Shape of a source in time."""

    EVENT = "event"
    ATTRIBUTE = "attribute"
    SPELL = "spell"
    AREA = "area"


class Subject(StrEnum):
    """What a row of a source is about."""

    PERSON = "person"
    HOUSEHOLD = "household"
    PROPERTY = "property"
    AREA = "area"


_WAYS_OF_KNOWING = ("knowledge_date", "recording_lag", "known_on")
_DATES_OF_KIND = {
    SourceKind.EVENT: ("event_date",),
    SourceKind.SPELL: ("starts_on", "ends_on"),
}


class RecordingLag(Strict):
    """How long after an event the council knows of it, where the table does not say."""

    period: PeriodField = Field(description="Time from event to knowledge, such as 14d.")
    because: str = Field(min_length=10, description="Why the council holds that to be so.")


class SourceContract(Strict):
    """What a table is: its rows, its keys, when its facts were known, and its law."""

    source: Name = Field(description="Name of the source: that of its file.")
    title: Text = Field(description="What people call the table.")
    description: Text = Field(description="What a row is, and the quirks in the data.")
    kind: SourceKind = Field(
        description="event: dated facts; attribute: versions of a value; spell: from–to; area: about places."
    )
    read: Read = Field(description="Where the extract lies, and how it is written.")
    about: Subject = Field(description="What a row is about.")
    key: Name | None = Field(
        default=None, description="Column that names the entity a row is about."
    )
    link: Link | None = Field(
        default=None,
        description="In place of key, where persons or addresses must be linked.",
    )
    row_key: Name | None = Field(default=None, description="Column that names the row, once each.")
    supersedes: Name | None = Field(
        default=None,
        description="The row key, where rows with one key are versions of one record; or a column "
        "that holds the row key of the row that this one replaces.",
    )
    withdrawn: Condition | None = Field(
        default=None, description="A version that meets this takes the record back."
    )
    event_date: Name | None = Field(default=None, description="When it happened; events only.")
    starts_on: Name | None = Field(default=None, description="First day of a spell.")
    ends_on: Name | None = Field(
        default=None, description="Day after the last of a spell; empty while it lasts."
    )
    knowledge_date: Name | None = Field(default=None, description="When the council knew.")
    end_knowledge_date: Name | None = Field(
        default=None, description="When the council knew of a spell's end."
    )
    recording_lag: RecordingLag | None = Field(
        default=None,
        description="In place of knowledge_date: how long the council takes to know.",
    )
    known_on: date | None = Field(
        default=None,
        description="In place of knowledge_date: day of a snapshot without dates.",
    )
    law: Law = Field(description="On what footing the table is held, and for what.")
    columns: dict[Name, Column] = Field(min_length=1, description="Columns by name.")
    quality: Quality = Field(
        default=Quality(),
        description="How much may be unusable before the build stops.",
    )

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        faults = [
            *self._key_faults(),
            *self._knowledge_faults(),
            *self._date_faults(),
            *self._column_faults(),
            *self._rename_faults(),
            *version_faults(self),
            *self._reference_faults(),
        ]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _key_faults(self) -> Iterator[str]:
        if self.key is None and self.link is None:
            yield "key: is missing, and so is link; write exactly one of them"
        if self.key is not None and self.link is not None:
            yield "key: stands beside link; write exactly one of them"
        if self.link is not None:
            yield from link_faults(self.link, self.about, self.columns)

    def _knowledge_faults(self) -> Iterator[str]:
        found = [way for way in _WAYS_OF_KNOWING if getattr(self, way) is not None]
        remedy = f"write exactly one of {', '.join(_WAYS_OF_KNOWING)}"
        if not found:
            yield f"knowledge_date: is missing, and nothing else says when the council knew; {remedy}"
        if len(found) > 1:
            yield f"{found[0]}: stands beside {' and '.join(found[1:])}; {remedy}"
        if self.recording_lag is not None and self.kind not in _DATES_OF_KIND:
            yield (
                f"recording_lag: counts from a date, and a source of kind {self.kind} has none; "
                "write knowledge_date or known_on"
            )
        if self.recording_lag is not None and self.recording_lag.period.unbounded:
            yield "recording_lag.period: is all; write a period such as 14d"

    def _date_faults(self) -> Iterator[str]:
        wanted = _DATES_OF_KIND.get(self.kind, ())
        for field in ("event_date", "starts_on", "ends_on"):
            if field in wanted and getattr(self, field) is None:
                yield f"{field}: is missing; a source of kind {self.kind} needs it"
            if field not in wanted and getattr(self, field) is not None:
                yield f"{field}: stands in a source of kind {self.kind}; remove it or mend kind"
        is_spell = self.kind is SourceKind.SPELL
        if is_spell and self.knowledge_date and not self.end_knowledge_date:
            yield "end_knowledge_date: is missing; a spell with a knowledge_date has one at its end too"
        if self.end_knowledge_date and not (is_spell and self.knowledge_date):
            yield "end_knowledge_date: stands alone; it goes with kind spell and a knowledge_date"

    def _column_faults(self) -> Iterator[str]:
        for field in ("key", "row_key", *_DATED):
            column = getattr(self, field)
            if column is None:
                continue
            if column not in self.columns:
                yield f"{field}: is {column}, which is not among the columns; add it to columns"
            elif field in _DATED and self.columns[column].type is not ColumnType.DATE:
                yield (
                    f"{field}: is {column}, {with_article(self.columns[column].type)}; "
                    f"make columns.{column}.type a date"
                )

    def _rename_faults(self) -> Iterator[str]:
        targets = list(self.read.rename.values())
        for given, name in self.read.rename.items():
            if name not in self.columns:
                yield (
                    f"read.rename.{given}: is {name}, which is not among the columns; "
                    "add it to columns"
                )
        if len(set(targets)) != len(targets):
            yield "read.rename: gives two columns of the file one name; rename one of them"

    def _reference_faults(self) -> Iterator[str]:
        for i, reference in enumerate(self.quality.references):
            place = f"quality.references[{i}]"
            if reference.column not in self.columns:
                yield (
                    f"{place}.column: is {reference.column}, which is not among the columns; "
                    "add it to columns"
                )
            if reference.source == self.source:
                yield f"{place}.source: is the source itself; name another"

    @property
    def entity_column(self) -> str:
        """Column that names the entity a row is about: its key, or what it is linked by."""
        linked_by = {} if self.link is None else self.link.model_dump()
        return str(self.key or linked_by.get("reference") or linked_by.get("address"))

    @property
    def has_versions(self) -> bool:
        """Whether rows with one row key are versions of one record, and so no fault."""
        return self.supersedes is not None and self.supersedes == self.row_key

    def known_from(self) -> date | None:
        """First day on which a snapshot can be used: the day after `known_on`; None for other sources."""
        return None if self.known_on is None else date.fromordinal(self.known_on.toordinal() + 1)
