"""Feature groups: whose rows, what is computed of them, and the words people read."""

import datetime
from enum import StrEnum
from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from hearth.condition import Condition
from hearth.definition.filling import Filling
from hearth.definition.surroundings import Around
from hearth.periods import PeriodField
from hearth.yaml_values import Name, Strict, Text


class Role(StrEnum):
    """Whom or what a feature group follows."""

    ADDRESS = "address"
    PERSON = "person"
    CHILD = "child"
    SIBLINGS = "siblings"
    ADULTS = "adults"
    MEMBERS = "members"


_PLAIN = ("count", "days_since_last", "days_since_first", "trend")
_OF_COLUMN = {
    "sum": "Column whose values are added.",
    "mean": "Column whose values are averaged.",
    "min": "Column whose least value it is.",
    "max": "Column whose greatest value it is.",
    "distinct": "Column whose different values are counted.",
    "share": "True-or-false column: the share of rows where it is true.",
    "last": "Column whose value in the latest row it is.",
}
_RATIO = "ratio"
_NAMES = (*_PLAIN, *_OF_COLUMN, _RATIO)
WINDOWLESS = ("days_since_last", "days_since_first", "last")


def _with_short_forms(schema: dict[str, Any]) -> None:
    """Schema of an aggregate as it is written: `count`, `{sum: column}`, `{ratio: […]}`, or in full."""
    keys = ("type", "properties", "required", "additionalProperties")
    full = {key: schema.pop(key) for key in keys}
    full["properties"]["name"]["enum"] = list(_NAMES)
    column = {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}
    of_column = {
        "type": "object",
        "properties": {name: {**column, "description": text} for name, text in _OF_COLUMN.items()},
        "additionalProperties": False,
        "minProperties": 1,
        "maxProperties": 1,
    }
    text = "Two columns: the sum of the first divided by the sum of the second."
    two = {"type": "array", "items": column, "minItems": 2, "maxItems": 2, "description": text}
    ratio = {**of_column, "properties": {_RATIO: two}}
    schema["anyOf"] = [{"enum": list(_PLAIN)}, of_column, ratio, full]


class Aggregate(Strict):
    """What is computed of a group's rows: `count`, `{sum: column}` or `{ratio: [missed, possible]}`."""

    model_config = ConfigDict(json_schema_extra=_with_short_forms)

    name: str = Field(description="What is computed.")
    column: Name | None = Field(default=None, description="Column it is computed of.")
    per: Name | None = Field(default=None, description="Column whose sum a ratio is divided by.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"name": data}
        if isinstance(data, dict) and "name" not in data:
            if len(data) != 1:
                raise ValueError("is not one aggregate; write count, or {sum: column}")
            ((name, column),) = data.items()
            return {"name": name, **_columns(name, column)}
        return data

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.name not in _NAMES:
            raise ValueError(
                f"is {self.name}, which is no aggregate; use one of {', '.join(_NAMES)}"
            )
        if self.name == _RATIO:
            return self._is_ratio()
        if self.name in _OF_COLUMN and self.column is None:
            raise ValueError(f"is {self.name} of no column; write {{{self.name}: column}}")
        if self.name in _PLAIN and self.column is not None:
            raise ValueError(f"is {self.name} of a column; write {self.name} alone")
        if self.per is not None:
            raise ValueError(f"is {self.name} per a column; only a ratio is")
        return self

    def _is_ratio(self) -> Self:
        if self.column is None or self.per is None:
            raise ValueError(
                "is ratio of other than two columns; write {ratio: [missed, possible]}"
            )
        if self.column == self.per:
            raise ValueError("is ratio of a column to itself; name two")
        return self

    @property
    def has_window(self) -> bool:
        """Whether it is computed once for each window; the others look at all years held."""
        return self.name not in WINDOWLESS


def _columns(name: str, written: Any) -> dict[str, Any]:
    """Columns as the short form of an aggregate gives them."""
    if name != _RATIO:
        return {"column": written}
    two = written if isinstance(written, list) and len(written) == 2 else [None, None]  # noqa: PLR2004 - a ratio has two terms
    return {"column": two[0], "per": two[1]}


class AssumedKnown(Strict):
    """Declared leak: a snapshot taken as known before it was, and why that is tolerable."""

    date: datetime.date = Field(description="Day from which the snapshot is taken as known.")
    because: str = Field(min_length=20, description="Why that is tolerable; the report prints it.")


_CONTENTS = ("aggregates", "attributes", "around")


class Reason(Strict):
    """What people read about a group: its title, and a text with its values."""

    title: Text = Field(description="The concept, in a word or two.")
    text: Text = Field(
        description="With {feature_name} for a value and {comparison} for its place."
    )
    missing: str = Field(default="", description="Text where the value is missing.")


class FeatureGroup(Strict):
    """One concept: rows of a source, whom they follow, what is computed, and the words for it."""

    group: Name = Field(description="Name of the group; the names of its features begin with it.")
    source: Name = Field(description="Source whose rows it looks at.")
    follow: Role = Field(description="Whom or what it follows.")
    where: tuple[Condition, ...] = Field(
        default=(), description="Only rows that meet all of these."
    )
    aggregates: tuple[Aggregate, ...] = Field(
        default=(), description="What is computed of the rows: [count, {sum: amount}]."
    )
    windows: tuple[PeriodField, ...] = Field(
        default=(), description="How far back each aggregate looks: [3m, 12m, all]."
    )
    split_by: Name | None = Field(
        default=None,
        description="Category by which each aggregate is computed apart as well.",
    )
    attributes: tuple[Name, ...] = Field(
        default=(),
        description="In place of aggregates: columns as they stood at the as-of date.",
    )
    around: Around | None = Field(
        default=None,
        description="In place of aggregates: rows at the other homes around, {area: lsoa} for the "
        "rows per 1,000 of them, {within: 200m} for their number.",
    )
    fill_missing: Filling | None = Field(
        default=None,
        description="What is put in place of missing values, each beside a flag that says so; "
        "unless said, they stay missing.",
    )
    assume_known_from: AssumedKnown | None = Field(
        default=None,
        description="Declares a leak: a snapshot used before it was known.",
    )
    justification: str = Field(
        default="",
        description="Needed where the group is, or stands close to, a protected characteristic.",
    )
    assessor: bool = Field(
        default=False,
        description="About who decides rather than who is scored: built, but used by the audit alone.",
    )
    changeable: bool = Field(
        default=False,
        description="Something that help can change, so that a what-if may vary it; never who somebody is.",
    )
    reason: Reason = Field(description="What people read about the group.")

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        faults = [*self._content_faults(), *self._window_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _content_faults(self) -> list[str]:
        faults = []
        written = [name for name in _CONTENTS if getattr(self, name)]
        if not written:
            faults.append(
                "aggregates: is missing, and so are attributes and around; "
                "write exactly one of them"
            )
        if len(written) > 1:
            faults.append(
                f"{written[0]}: stands beside {' and '.join(written[1:])}; "
                "write exactly one of them"
            )
        if self.around is not None and self.follow is not Role.ADDRESS:
            faults.append(
                f"follow: is {self.follow}, but around looks about the address; follow it"
            )
        if len(set(self.aggregates)) != len(self.aggregates):
            faults.append("aggregates: holds one twice; remove it")
        if len(set(self.attributes)) != len(self.attributes):
            faults.append("attributes: holds one twice; remove it")
        if self.changeable and self.assessor:
            faults.append("changeable: stands beside assessor, which no model uses; remove it")
        return faults

    def _window_faults(self) -> list[str]:
        faults = []
        windowed = self.around is not None or any(a.has_window for a in self.aggregates)
        if self.windows and self.attributes and not (self.aggregates or self.around):
            faults.append(
                "windows: stands without aggregates; remove it, attributes are as they stood"
            )
        if windowed and not self.windows:
            faults.append("windows: is missing; add it, such as [3m, 12m, all]")
        if any(a.name == "trend" for a in self.aggregates) and any(
            window.unbounded for window in self.windows
        ):
            faults.append(
                "windows: holds all, which has no halves to set a trend by; "
                "give trend a group of its own, with windows such as [24m]"
            )
        if any(window.is_empty for window in self.windows):
            faults.append("windows: holds a window of nothing; write periods above zero")
        if len(set(map(str, self.windows))) != len(self.windows):
            faults.append("windows: holds one twice; remove it")
        if self.split_by and not windowed:
            faults.append(
                "split_by: has nothing to split; it goes with count and aggregates of columns"
            )
        return faults
