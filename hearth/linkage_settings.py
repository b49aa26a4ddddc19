"""The contract of `features/linkage.yaml`: how persons of two tables are compared, and when they are one."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from hearth.errors import Fault
from hearth.yaml_values import Name, Share, Strict

LINKAGE_FILE = "features/linkage.yaml"
IDENTITY_FIELDS = ("forename", "surname", "date_of_birth", "postcode", "number")
"""Fields by which a source contract's `link` says who somebody is."""


class Likeness(StrEnum):
    """How two values of a field are compared."""

    NAME = "name"
    DATE = "date"
    POSTCODE = "postcode"
    TEXT = "text"
    NUMBER = "number"


class Comparison(Strict):
    """One field of a person and how it is compared."""

    field: Name = Field(description="Field of the person, such as surname.")
    by: Likeness = Field(
        description="name, date, postcode, text or number: which slips of the pen are to be expected."
    )


Rule = Annotated[tuple[Name, ...], Field(min_length=1)]
"""Fields that must be equal, all of them."""


class Review(Strict):
    """Between which confidences a pair is worth a clerk's look."""

    above: Share = Field(default=0.02, description="Least confidence of a pair to review.")
    below: Share = Field(default=0.999, description="Pairs this sure are not reviewed.")


class Training(Strict):
    """How weights are estimated."""

    sure: tuple[Rule, ...] = Field(
        default=(("forename", "surname", "date_of_birth"),),
        min_length=1,
        description="Pairs that agree on any of these are taken for one person, to start from.",
    )
    recall: Share = Field(
        default=0.9, gt=0, description="Share of true pairs that the sure rules are held to find."
    )
    seed: int = Field(default=1, ge=0, description="Seed of the random pairs.")


class LinkageSettings(Strict):
    """How the persons of other bodies' tables are linked to the council's own."""

    comparisons: tuple[Comparison, ...] = Field(
        default=(
            Comparison(field="forename", by=Likeness.NAME),
            Comparison(field="surname", by=Likeness.NAME),
            Comparison(field="date_of_birth", by=Likeness.DATE),
            Comparison(field="postcode", by=Likeness.POSTCODE),
            Comparison(field="number", by=Likeness.NUMBER),
        ),
        min_length=2,
        description="Fields that are compared, and how.",
    )
    blocking: tuple[Rule, ...] = Field(
        default=(
            ("forename", "date_of_birth"),
            ("surname", "date_of_birth"),
            ("date_of_birth", "postcode"),
            ("forename", "surname", "postcode"),
            ("number",),
        ),
        min_length=2,
        description="Pairs are compared only where they agree on every field of one of these.",
    )
    link_at: Share = Field(default=0.95, description="Least confidence at which a link is made.")
    review: Review = Field(default=Review(), description="Which pairs clerks are asked about.")
    training: Training = Field(default=Training(), description="How weights are estimated.")

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        faults = [*self._field_faults(), *self._review_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _field_faults(self) -> Iterator[str]:
        fields = [comparison.field for comparison in self.comparisons]
        for at, field in enumerate(fields):
            if field in fields[:at]:
                yield f"comparisons[{at}].field: is {field} again; compare each field once"
            if all(field in rule for rule in self.blocking):
                yield (
                    f"blocking: every rule names {field}, so that its weight cannot be learned; "
                    "add a rule without it"
                )
        for place, rules in (("blocking", self.blocking), ("training.sure", self.training.sure)):
            for at, rule in enumerate(rules):
                for field in rule:
                    if field not in fields:
                        yield (
                            f"{place}[{at}]: names {field}, which is not compared; "
                            f"use {', '.join(fields)}"
                        )

    def _review_faults(self) -> Iterator[str]:
        if self.review.above >= self.review.below:
            yield "review.above: is not less than review.below; exchange them"

    def about(self, fields: frozenset[str]) -> "LinkageSettings":
        """The same settings for tables that hold these fields alone; rules that name another go."""

        def held(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
            return tuple(rule for rule in rules if fields.issuperset(rule))

        training = self.training.model_copy(update={"sure": held(self.training.sure)})
        return self.model_copy(
            update={
                "comparisons": tuple(c for c in self.comparisons if c.field in fields),
                "blocking": held(self.blocking),
                "training": training,
            }
        )


def unknown_field_faults(settings: LinkageSettings) -> Iterator[Fault]:
    """Fields that no source contract can hold."""
    for at, comparison in enumerate(settings.comparisons):
        if comparison.field not in IDENTITY_FIELDS:
            yield Fault(
                LINKAGE_FILE,
                f"comparisons[{at}].field",
                f"is {comparison.field}, which no `link` holds",
                f"use one of {', '.join(IDENTITY_FIELDS)}",
            )
