"""A structured filter: one column, one test, no code."""

from typing import Any, Self

from pydantic import Field, model_validator

from hearth.yaml_values import Name, ScalarField, Strict


class Condition(Strict):
    """A structured filter: one column, one test. Conditions in a list must all hold."""

    column: Name = Field(description="Column that is tested.")
    is_: ScalarField | None = Field(
        default=None, alias="is", description="Holds where it is this value."
    )
    is_not: ScalarField | None = Field(
        default=None, description="Holds where it is any other value."
    )
    in_: tuple[ScalarField, ...] | None = Field(
        default=None,
        alias="in",
        min_length=1,
        description="Holds where it is one of these values.",
    )
    at_least: float | None = Field(
        default=None, description="Holds where it is this number or more."
    )
    at_most: float | None = Field(
        default=None, description="Holds where it is this number or less."
    )
    above: float | None = Field(default=None, description="Holds where it is more than this.")
    below: float | None = Field(default=None, description="Holds where it is less than this.")

    @model_validator(mode="after")
    def _has_one_test(self) -> Self:
        if len(self.tests()) != 1:
            raise ValueError(
                f"has {len(self.tests())} tests, not one; "
                "write one of is, is_not, in, at_least, at_most, above, below"
            )
        return self

    def tests(self) -> list[tuple[str, Any]]:
        """(test, value) pairs that are set; a valid condition has one."""
        names = ("is_", "is_not", "in_", "at_least", "at_most", "above", "below")
        return [(n.rstrip("_"), getattr(self, n)) for n in names if getattr(self, n) is not None]

    @property
    def test(self) -> tuple[str, Any]:
        """The test's name (`is`, `in`, `at_least` …) and its value."""
        return self.tests()[0]
