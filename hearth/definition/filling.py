"""What a feature group puts in place of missing values: a fixed value, or one that the cohort shows."""

from enum import StrEnum
from typing import Any, Self

from pydantic import ConfigDict, Field, model_validator

from hearth.yaml_values import Strict


class Statistic(StrEnum):
    """What stands for a missing value, taken over the cohort's rows of the same as-of date."""

    COHORT_MEDIAN = "cohort_median"
    MOST_COMMON = "most_common"


_FORMS = f"use {', '.join(Statistic)} or {{value: 0}}"


def _with_short_form(schema: dict[str, Any]) -> None:
    """Schema of a filling as it is written: the name of a statistic, or `{value: 0}`."""
    value = {"description": "The value itself.", "type": ["number", "string"]}
    schema.pop("properties")
    fixed = {"type": schema.pop("type"), "properties": {"value": value}, "required": ["value"]}
    fixed["additionalProperties"] = schema.pop("additionalProperties")
    schema["anyOf"] = [{"enum": list(Statistic)}, fixed]


class Filling(Strict):
    """What is put in place of a missing value: `cohort_median`, `most_common` or `{value: 0}`."""

    model_config = ConfigDict(json_schema_extra=_with_short_form)

    statistic: Statistic | None = Field(default=None, description="What the cohort shows.")
    value: float | str | None = Field(default=None, description="The value itself.")

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, str):
            if data not in set(Statistic):
                raise ValueError(f"is {data}, which fills nothing; {_FORMS}")
            return {"statistic": data}
        return data

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.statistic is None) == (self.value is None):
            raise ValueError(f"names no value; {_FORMS}")
        return self

    def __str__(self) -> str:
        return str(self.statistic or self.value)
