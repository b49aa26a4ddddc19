"""Who is scored, as of which days, and the outcome that is to be foreseen."""

from datetime import date
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from hearth.condition import Condition
from hearth.periods import Period, PeriodField, schedule
from hearth.yaml_values import Name, Strict

_LONGEST_YEARS = 100  # a longer schedule is a slip of the pen


class HasMember(Strict):
    """Households with a member whose age lies in [least, most)."""

    age: tuple[PeriodField, PeriodField] = Field(
        description="Least age, and the age below which a member counts, such as [36m, 48m]."
    )

    @model_validator(mode="after")
    def _ages_are_in_order(self) -> Self:
        low, high = self.age
        if low.unbounded or high.unbounded or (low.months, low.days) >= (high.months, high.days):
            raise ValueError(
                f"age: is [{low}, {high}]; write the younger age first, both in months or in years"
            )
        return self


class HomeKind(StrEnum):
    """Kind of a home at an as-of date, by its class and by who lives there."""

    FAMILY = "family"
    SHARED = "shared"
    CARE_HOME = "care_home"
    STUDENT_HALL = "student_hall"
    INSTITUTION = "institution"
    EMPTY = "empty"


class Cohort(Strict):
    """Who is scored at each as-of date."""

    has_member: HasMember | None = Field(
        default=None,
        description="Households with such a member; for the unit household.",
    )
    home: tuple[HomeKind, ...] = Field(
        default=(),
        description="Beside has_member: only homes of these kinds at the as-of date; all if left out.",
    )
    source: Name | None = Field(
        default=None,
        description="Entities with a row of this source known by the as-of date.",
    )
    where: tuple[Condition, ...] = Field(
        default=(), description="Only rows of the source that meet all of these."
    )

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.has_member is None) == (self.source is None):
            found = (
                "neither has_member nor source"
                if self.source is None
                else "both has_member and source"
            )
            raise ValueError(f"has {found}; write exactly one of them")
        if self.has_member is not None and self.where:
            raise ValueError("where: stands beside has_member; it goes with source only")
        if self.source is not None and self.home:
            raise ValueError("home: stands beside source; it goes with has_member only")
        if HomeKind.EMPTY in self.home:
            raise ValueError("home: names empty, and nobody of any age lives there; remove it")
        return self


class AsOf(Strict):
    """As-of dates: from `first` to `last`, `every` apart; the last is the one scored for use."""

    first: date = Field(description="First as-of date.")
    last: date = Field(description="Last as-of date, the one scored for use.")
    every: PeriodField = Field(description="Time between as-of dates, such as 6m.")
    test_from: date | None = Field(
        default=None,
        description="First date tested on; as early as possible if left out.",
    )

    @model_validator(mode="after")
    def _has_dates(self) -> Self:
        if self.every.unbounded or self.every.is_empty:
            raise ValueError(f"every: is {self.every}; write a period above zero, such as 6m")
        if self.last < self.first:
            raise ValueError(f"last: is {self.last}, before first; write the later date last")
        if self.last.year - self.first.year > _LONGEST_YEARS:
            raise ValueError(
                f"first: is {self.first}, more than a hundred years before last; mend it"
            )
        if self.dates()[-1] != self.last:
            raise ValueError(
                f"last: is {self.last}, which {self.first} and every {self.every} do not reach; "
                f"write {self.dates()[-1]} or mend first or every"
            )
        if self.test_from is not None and not self.first < self.test_from <= self.last:
            raise ValueError(
                f"test_from: is {self.test_from}; write a date after first and not after last"
            )
        return self

    def dates(self) -> list[date]:
        """As-of dates, ascending."""
        return schedule(self.first, self.last, self.every)

    def steps(self, period: Period) -> int | None:
        """How many times `every` a period is; None where it is no multiple of it."""
        return period.multiple_of(self.every)


class Visited(Strict):
    """Rows that show an entity was visited or helped because it stood on the list."""

    source: Name = Field(description="Source of the visits or decisions that followed the list.")
    where: tuple[Condition, ...] = Field(
        default=(), description="Only rows that meet all of these."
    )


class Label(Strict):
    """The outcome to be foreseen, where and how long after the as-of date it is looked for."""

    source: Name = Field(description="Source of events in which the outcome is looked for.")
    outcome: Condition = Field(description="What a row says where it happened.")
    at: Literal["first_row_of_child"] | None = Field(
        default=None,
        description="Only the child's first row of all counts, such as a first profile.",
    )
    row: Literal["any", "first", "last"] = Field(
        default="any",
        description="Which row of the window decides: any, the first or the last.",
    )
    window: PeriodField = Field(description="How long after the as-of date it is looked for.")
    observed: Literal["when_any_row", "always"] = Field(
        description="when_any_row: unknown where nobody looked; always: no row means it did not happen."
    )
    maturity: PeriodField = Field(
        default=Period(), description="How long outcomes take to be recorded."
    )
    schedule: Literal["daily"] | None = Field(
        default=None,
        description="daily: outcomes come from a daily schedule of visits that could be put in another order.",
    )
    assessor: tuple[Name, ...] = Field(
        default=(),
        description="Columns that say who decided an outcome or how; kept for the audit, never features.",
    )
    inspection: Literal["random", "recorded", "unrecorded"] = Field(
        default="unrecorded",
        description="What decided where somebody looked: lots, only what the sources record, or "
        "other things too.",
    )
    random_arm: Condition | None = Field(
        default=None, description="What rows say of which the entity was drawn by lot."
    )
    visited: Visited | None = Field(
        default=None,
        description="Visits made because of the list: outcomes after them are outcomes after help.",
    )

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.window.unbounded or self.window.is_empty:
            raise ValueError(f"window: is {self.window}; write a period above zero, such as 12m")
        if self.maturity.unbounded:
            raise ValueError("maturity: is all; write a period such as 3m, or 0d")
        faults = [*self._assessor_faults(), *self._inspection_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _assessor_faults(self) -> list[str]:
        faults = []
        if len(set(self.assessor)) != len(self.assessor):
            faults.append("assessor: holds one twice; remove it")
        if self.outcome.column in self.assessor:
            faults.append(f"assessor: holds {self.outcome.column}, the outcome itself; remove it")
        return faults

    def _inspection_faults(self) -> list[str]:
        """Faults in what is said of how those looked at were chosen."""
        said = ["inspection"] if self.inspection != "unrecorded" else []
        said += ["random_arm"] if self.random_arm is not None else []
        if self.observed == "always":
            return [
                f"{field}: says how those looked at were chosen, but observed is always; remove it"
                for field in said
            ]
        if self.inspection == "random" and self.random_arm is not None:
            return ["random_arm: names some of the rows, but inspection is random: all; remove one"]
        return []

    def closes_on(self, as_of: date) -> date:
        """Day after the last of the label window that opens on `as_of`."""
        return self.window.after(as_of)

    def matures_on(self, as_of: date) -> date:
        """First day by which the outcome of `as_of` is held to be recorded."""
        return self.maturity.after(self.closes_on(as_of))
