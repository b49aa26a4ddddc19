"""One column of a source: its type and what it may hold."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from hearth.yaml_values import Strict, with_article


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

    type: ColumnType = Field(description="Type of its values.")
    values: tuple[str, ...] = Field(default=(), description="What a category may hold, in order.")
    unit: str | None = Field(default=None, description="Unit of a number, such as £ or days.")
    range: tuple[float, float] | None = Field(
        default=None, description="Least and greatest number, such as [0, 140]."
    )
    decimals: int | None = Field(
        default=None,
        ge=0,
        le=9,
        description="Most decimals a number has, such as 2 for money: it is then summed exactly.",
    )
    missing: Literal["refused", "allowed"] = Field(
        default="refused", description="Whether a row may leave it empty."
    )
    text: str = Field(default="", description="What the column says, where its name does not.")
    used_for: str = Field(
        default="",
        description="Why a column that no feature, key or audit uses is needed.",
    )

    @model_validator(mode="after")
    def _fields_fit_the_type(self) -> Self:
        faults = [*self._value_faults(), *self._number_faults(), *self._range_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _value_faults(self) -> Iterator[str]:
        if self.type is ColumnType.CATEGORY and not self.values:
            yield "values: is missing; list what the category may hold"
        if self.type is not ColumnType.CATEGORY and self.values:
            yield f"values: stands in {with_article(self.type)}; only a category lists its values"
        if len(set(self.values)) != len(self.values):
            yield "values: holds a value twice; remove one"

    def _number_faults(self) -> Iterator[str]:
        if self.type in (ColumnType.INTEGER, ColumnType.NUMBER):
            return
        if self.range is not None:
            yield f"range: stands in {with_article(self.type)}; only a number or an integer has a range"
        if self.decimals is not None:
            yield f"decimals: stands in {with_article(self.type)}; only a number or an integer has decimals"

    def _range_faults(self) -> Iterator[str]:
        if self.range is None:
            return
        if self.range[0] > self.range[1]:
            yield f"range: is [{self.range[0]:g}, {self.range[1]:g}]; write the least first"
