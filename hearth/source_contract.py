"""The source contract: what a table is, when its facts were known, and its law."""

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from hearth.lawful_basis import LawfulBasis, SpecialCategoryCondition
from hearth.periods import PeriodField

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def _check_name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("is not a name; use lower-case letters, digits and _, a letter first")
    return value


Name = Annotated[str, AfterValidator(_check_name)]
"""A name that may stand in a feature's name: lower case, digits and underscores."""


def share_of(value: object) -> object:
    """Number in [0, 1] written as `5%` or as 0.05; anything else is left for pydantic to refuse."""
    if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?%", value):
        return float(value[:-1]) / 100
    return value


class Strict(BaseModel):
    """A part of a YAML file: frozen, and unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


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


class ColumnType(StrEnum):
    """Type of a column."""

    STRING = "string"
    UPRN = "uprn"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    BOOLEAN = "boolean"
    CATEGORY = "category"


class Column(Strict):
    """One column: its type, what it may hold, and what it is for."""

    type: ColumnType
    values: tuple[str, ...] = Field(default=(), description="What a category may hold, in order.")
    unit: str | None = Field(default=None, description="Unit of a number, such as £ or days.")
    range: tuple[float, float] | None = Field(default=None, description="Least and greatest number.")
    missing: Literal["refused", "allowed"] = "refused"
    text: str = Field(default="", description="What the column says, where its name does not.")
    used_for: str = Field(
        default="", description="Why a column that no feature, key or audit uses is needed."
    )

    @model_validator(mode="after")
    def _values_and_range_fit_the_type(self) -> Self:
        if (self.type is ColumnType.CATEGORY) != bool(self.values):
            raise ValueError("values: a category, and only a category, lists its values")
        if len(set(self.values)) != len(self.values):
            raise ValueError("values: a value stands twice")
        if self.range is not None and self.type not in (ColumnType.INTEGER, ColumnType.NUMBER):
            raise ValueError("range: only a number or an integer has a range")
        if self.range is not None and self.range[0] > self.range[1]:
            raise ValueError("range: the least comes first")
        return self


class Read(Strict):
    """Where the extract lies, relative to the workspace, and how it is written."""

    file: str = Field(description="CSV (.csv, .csv.gz) or Parquet (.parquet), relative to the workspace.")
    encoding: str = "utf-8"
    delimiter: str = ","
    dates: str = Field(default="%Y-%m-%d", description="How dates are written, as strftime codes.")
    missing_values: tuple[str, ...] = Field(
        default=("",), description="Texts that stand for a missing value."
    )
    extracted_on: date | None = Field(
        default=None, description="Day of the extract; the latest date in the file if None."
    )
    rename: dict[str, Name] = Field(
        default_factory=dict, description="Column as the file names it → column of the contract."
    )

    @model_validator(mode="after")
    def _file_is_relative(self) -> Self:
        if self.file.startswith(("/", "~")) or ".." in self.file.split("/"):
            raise ValueError("file: must lie inside the workspace; write its path from there")
        if not self.file.endswith((".csv", ".csv.gz", ".parquet")):
            raise ValueError("file: is neither .csv, .csv.gz nor .parquet")
        return self


class Agreement(Strict):
    """Data-sharing agreement under which the council holds the table."""

    reference: str
    expires: date


class Law(Strict):
    """On what footing the table is held, for what, and for how long."""

    controller: str
    lawful_basis: LawfulBasis
    power: str = Field(description="Statutory power or duty relied on.")
    special_category: SpecialCategoryCondition | None = None
    criminal_offence: str | None = Field(
        default=None, description="Authority for criminal-offence data (UK GDPR art. 10)."
    )
    agreement: Agreement | None = Field(default=None, description="None where the council is controller.")
    purposes: tuple[Name, ...] = Field(min_length=1)
    retention: PeriodField
    sensitivity: Literal["ordinary", "restricted"] = "ordinary"


class RecordingLag(Strict):
    """How long after an event the council knows of it, where the table does not say."""

    period: PeriodField
    because: str = Field(min_length=10)


class Link(Strict):
    """Columns by which the persons of another body's table are linked to the council's own."""

    reference: Name = Field(description="That body's own reference for the person.")
    forename: Name
    surname: Name
    date_of_birth: Name
    postcode: Name


class Quality(Strict):
    """How much of an extract may be unusable before the build stops."""

    quarantine_at_most: Annotated[float, Field(ge=0, le=1)] = 0.01

    @model_validator(mode="before")
    @classmethod
    def _percentages(cls, data: Any) -> Any:
        if isinstance(data, dict) and "quarantine_at_most" in data:
            return {**data, "quarantine_at_most": share_of(data["quarantine_at_most"])}
        return data


class SourceContract(Strict):
    """What a table is: its rows, its keys, when its facts were known, and its law."""

    source: Name
    title: str
    description: str
    kind: SourceKind
    read: Read
    about: Subject
    key: Name | None = Field(default=None, description="Column that names the entity a row is about.")
    link: Link | None = Field(default=None, description="In place of key, where persons must be linked.")
    row_key: Name | None = Field(default=None, description="Column that names the row, once each.")
    event_date: Name | None = Field(default=None, description="When it happened; events only.")
    starts_on: Name | None = Field(default=None, description="First day of a spell.")
    ends_on: Name | None = Field(default=None, description="Day after the last of a spell; empty while it lasts.")
    knowledge_date: Name | None = Field(default=None, description="When the council knew.")
    end_knowledge_date: Name | None = Field(default=None, description="When the council knew of a spell's end.")
    recording_lag: RecordingLag | None = None
    known_on: date | None = Field(default=None, description="Day of a snapshot that holds no dates of its own.")
    law: Law
    columns: dict[Name, Column]
    quality: Quality = Quality()

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        faults = [*self._time_faults(), *self._column_faults()]
        if (self.key is None) == (self.link is None):
            faults.append("key: exactly one of key and link is needed")
        if self.link is not None and self.about is not Subject.PERSON:
            faults.append("link: only a table about persons is linked")
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _time_faults(self) -> list[str]:
        faults = []
        ways = [self.knowledge_date, self.recording_lag, self.known_on]
        if sum(way is not None for way in ways) != 1:
            faults.append(
                "knowledge_date: exactly one of knowledge_date, recording_lag and known_on says when "
                "the council knew"
            )
        needed: dict[SourceKind, tuple[str, ...]] = {
            SourceKind.EVENT: ("event_date",),
            SourceKind.SPELL: ("starts_on", "ends_on"),
        }
        of_time = ("event_date", "starts_on", "ends_on")
        for field in of_time:
            wanted = field in needed.get(self.kind, ())
            if wanted and getattr(self, field) is None:
                faults.append(f"{field}: a source of kind {self.kind} needs it")
            if not wanted and getattr(self, field) is not None:
                faults.append(f"{field}: a source of kind {self.kind} has none")
        if self.kind is SourceKind.SPELL and self.knowledge_date and not self.end_knowledge_date:
            faults.append("end_knowledge_date: a spell with a knowledge_date has one at its end too")
        if self.recording_lag is not None and self.kind not in (SourceKind.EVENT, SourceKind.SPELL):
            faults.append("recording_lag: counts from an event or a spell; this source has none")
        if self.recording_lag is not None and self.recording_lag.period.unbounded:
            faults.append("recording_lag: cannot be all")
        return faults

    def _column_faults(self) -> list[str]:
        faults = []
        dated = ("event_date", "starts_on", "ends_on", "knowledge_date", "end_knowledge_date")
        named = ("key", "row_key", *dated)
        for field in named:
            column = getattr(self, field)
            if column is None:
                continue
            if column not in self.columns:
                faults.append(f"{field}: {column} is not among the columns")
            elif field in dated and self.columns[column].type is not ColumnType.DATE:
                faults.append(f"{field}: {column} is not of type date")
        if self.link is not None:
            faults += [
                f"link.{field}: {column} is not among the columns"
                for field, column in self.link
                if column not in self.columns
            ]
        targets = list(self.read.rename.values())
        faults += [f"read.rename: {name} is not among the columns" for name in targets if name not in self.columns]
        if len(set(targets)) != len(targets):
            faults.append("read.rename: two columns of the file have one name")
        return faults

    def known_from(self) -> date | None:
        """First day on which a snapshot can be used: the day after `known_on`; None for other sources."""
        return None if self.known_on is None else date.fromordinal(self.known_on.toordinal() + 1)
