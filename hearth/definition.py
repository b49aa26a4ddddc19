"""The model definition: one problem, said in YAML that a governance officer can read."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from hearth.periods import Period, PeriodField, schedule
from hearth.source_contract import Name, Strict, share_of

Scalar = bool | int | float | str


class Unit(StrEnum):
    """What a model scores."""

    HOUSEHOLD = "household"
    PROPERTY = "property"
    PERSON = "person"


class Role(StrEnum):
    """Whom or what a feature group follows."""

    ADDRESS = "address"
    PERSON = "person"
    CHILD = "child"
    SIBLINGS = "siblings"
    ADULTS = "adults"
    MEMBERS = "members"


class Intervention(StrEnum):
    """Whether being on the list helps, burdens, or may do either."""

    ASSISTIVE = "assistive"
    PUNITIVE = "punitive"
    MIXED = "mixed"


class Condition(Strict):
    """A structured filter: one column, one test. Conditions in a list must all hold."""

    column: Name
    is_: Scalar | None = Field(default=None, alias="is")
    is_not: Scalar | None = None
    in_: tuple[Scalar, ...] | None = Field(default=None, alias="in")
    at_least: float | None = None
    at_most: float | None = None
    above: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _has_one_test(self) -> Self:
        if len(self.tests()) != 1:
            raise ValueError(
                "needs exactly one test; write one of is, is_not, in, at_least, at_most, above, below"
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


class HasMember(Strict):
    """Households with a member whose age lies in [least, most)."""

    age: tuple[PeriodField, PeriodField]

    @model_validator(mode="after")
    def _ages_are_in_order(self) -> Self:
        low, high = self.age
        if low.unbounded or high.unbounded or (low.months, low.days) >= (high.months, high.days):
            raise ValueError("age: the younger age comes first, in months or years")
        return self


class Cohort(Strict):
    """Who is scored at each as-of date."""

    has_member: HasMember | None = None
    source: Name | None = None
    where: tuple[Condition, ...] = ()

    @model_validator(mode="after")
    def _says_one_thing(self) -> Self:
        if (self.has_member is None) == (self.source is None):
            raise ValueError("needs exactly one of has_member and source")
        if self.has_member is not None and self.where:
            raise ValueError("where: goes with source, not with has_member")
        return self


class AsOf(Strict):
    """As-of dates: from `first` to `last`, `every` apart; the last is the one scored for use."""

    first: date
    last: date
    every: PeriodField
    test_from: date | None = Field(default=None, description="First date tested on; as early as possible if None.")

    @model_validator(mode="after")
    def _has_dates(self) -> Self:
        if self.every.unbounded or (self.every.months, self.every.days) == (0, 0):
            raise ValueError("every: needs a period above zero")
        if self.last < self.first:
            raise ValueError("last: comes before first")
        if self.test_from is not None and not self.first < self.test_from <= self.last:
            raise ValueError("test_from: lies after first and not after last")
        return self

    def dates(self) -> list[date]:
        """As-of dates, ascending."""
        return schedule(self.first, self.last, self.every)


class Label(Strict):
    """The outcome to be foreseen, where and how long after the as-of date it is looked for."""

    source: Name
    outcome: Condition
    at: Literal["first_row_of_child"] | None = None
    row: Literal["any", "first", "last"] = "any"
    window: PeriodField
    observed: Literal["when_any_row", "always"] = Field(
        description="when_any_row: unknown where nobody looked; always: no row means it did not happen."
    )
    maturity: PeriodField = Field(default=Period(), description="How long outcomes take to be recorded.")

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        if self.window.unbounded or self.maturity.unbounded:
            raise ValueError("window: neither window nor maturity can be all")
        return self

    def closes_on(self, as_of: date) -> date:
        """Day after the last of the label window that opens on `as_of`."""
        return self.window.after(as_of)

    def matures_on(self, as_of: date) -> date:
        """First day by which the outcome of `as_of` is held to be recorded."""
        return self.maturity.after(self.closes_on(as_of))


_PLAIN = ("count", "days_since_last", "days_since_first", "trend")
_OF_COLUMN = ("sum", "mean", "min", "max", "distinct", "share", "last")
WINDOWLESS = ("days_since_last", "days_since_first", "last", "trend")


class Aggregate(Strict):
    """What is computed of a group's rows: a name, and the column it is computed of."""

    name: str
    column: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, data: Any) -> Any:
        if isinstance(data, str):
            return {"name": data}
        if isinstance(data, dict) and len(data) == 1 and "name" not in data:
            ((name, column),) = data.items()
            return {"name": name, "column": column}
        return data

    @model_validator(mode="after")
    def _is_known(self) -> Self:
        if self.name not in _PLAIN + _OF_COLUMN:
            raise ValueError(f"{self.name} is no aggregate; use one of {', '.join(_PLAIN + _OF_COLUMN)}")
        if (self.name in _OF_COLUMN) != (self.column is not None):
            wanted = f"needs a column: {{{self.name}: column}}" if self.column is None else "takes no column"
            raise ValueError(f"{self.name} {wanted}")
        return self

    @property
    def has_window(self) -> bool:
        """Whether it is computed once for each window; the others look at all years held."""
        return self.name not in WINDOWLESS


class AssumedKnown(Strict):
    """Declared leak: a snapshot taken as known before it was, and why that is tolerable."""

    date: date
    because: str = Field(min_length=20)


class Reason(Strict):
    """What people read about a group: its title, and a text with its values."""

    title: str
    text: str = Field(description="With {feature_name} for a value and {comparison} for its place.")
    missing: str = Field(default="", description="Text where the value is missing.")


class FeatureGroup(Strict):
    """One concept: rows of a source, whom they follow, what is computed, and the words for it."""

    group: Name
    source: Name
    follow: Role
    where: tuple[Condition, ...] = ()
    aggregates: tuple[Aggregate, ...] = ()
    windows: tuple[PeriodField, ...] = ()
    split_by: Name | None = None
    attributes: tuple[Name, ...] = ()
    assume_known_from: AssumedKnown | None = None
    justification: str = Field(
        default="", description="Needed where the group is, or stands close to, a protected characteristic."
    )
    reason: Reason

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        faults = []
        if bool(self.aggregates) == bool(self.attributes):
            faults.append("aggregates: exactly one of aggregates and attributes is needed")
        if self.windows and not self.aggregates:
            faults.append("windows: go with aggregates; attributes are as they stood")
        if any(a.has_window for a in self.aggregates) and not self.windows:
            faults.append("windows: needed, such as [3m, 12m, all]")
        if self.split_by and not any(a.has_window for a in self.aggregates):
            faults.append("split_by: goes with count and aggregates of columns")
        if len(set(map(str, self.windows))) != len(self.windows):
            faults.append("windows: one stands twice")
        if faults:
            raise ValueError("\n".join(faults))
        return self


class Baseline(Strict):
    """A one-line rule: rank by one feature."""

    name: str
    rank_by: Name
    order: Literal["highest_first", "lowest_first"] = "highest_first"


class Learner(Strict):
    """How the learners are set; everything has a default."""

    parameters: dict[str, int | float | str | bool] = Field(
        default_factory=dict, description="LightGBM parameters in place of the defaults."
    )
    monotone: dict[Name, Literal["increasing", "decreasing"]] = Field(default_factory=dict)
    seed: int = 20_260_101


class Success(Strict):
    """The bar, set before results are seen."""

    metric: Literal["precision_at_capacity", "recall_at_capacity"] = "precision_at_capacity"
    beats: tuple[str, ...] = Field(default=(), description="Baselines that must be beaten by interval.")
    no_worse_than: tuple[str, ...] = ()
    lift_at_least: Annotated[float, Field(ge=0)] = 1.0


class Capacity(Strict):
    """How many the service can visit: a count, or a share of the cohort."""

    count: Annotated[int, Field(gt=0)] | None = None
    share: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _percentages(cls, data: Any) -> Any:
        if isinstance(data, dict) and "share" in data:
            return {**data, "share": share_of(data["share"])}
        return data

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.count is None) == (self.share is None):
            raise ValueError("needs exactly one of count and share")
        return self

    def of(self, rows: int) -> int:
        """Number chosen of a cohort of `rows`: at least 1 and at most all, 0 of none."""
        wanted = self.count if self.count is not None else round((self.share or 0.0) * rows)
        return min(rows, max(1, wanted)) if rows else 0


class ProtectedAttribute(Strict):
    """A characteristic by which the model is assessed, and how a unit belongs to a group of it."""

    name: Name
    title: str = ""
    characteristic: Literal[
        "age", "disability", "gender_reassignment", "marriage_and_civil_partnership",
        "pregnancy_and_maternity", "race", "religion_or_belief", "sex", "sexual_orientation",
        "deprivation", "rurality", "language", "other",
    ] = Field(description="Characteristic of the Equality Act 2010 s.4, or deprivation, rurality, language, other.")
    source: Name
    column: Name
    assign: Literal["named_person", "any_member", "property", "area_estimate"]
    reference: str | None = Field(default=None, description="Group others are compared with; the largest if None.")


class Fairness(Strict):
    """For whom results are compared, and within which limits."""

    attributes: tuple[ProtectedAttribute, ...] = ()
    not_held: dict[str, str] = Field(
        default_factory=dict, description="Characteristic not held → why; none is left blank."
    )
    tolerance: tuple[float, float] = (0.8, 1.25)
    disclosure: Literal["dfe", "tre_10", "round5", "none"] = "dfe"

    @model_validator(mode="after")
    def _tolerance_spans_one(self) -> Self:
        low, high = self.tolerance
        if not 0 < low < 1 < high:
            raise ValueError("tolerance: is a ratio below one and a ratio above one, such as [0.8, 1.25]")
        return self


class Oversight(Strict):
    """Who answers for the model, and until when."""

    owner: str = Field(description="A role, never a name.")
    contact: str = Field(description="A team's mailbox.")
    review_every: PeriodField
    sunset: date


class ModelDefinition(Strict):
    """One problem: purpose, cohort, label, features, bar, fairness and oversight."""

    model: Name
    title: str
    question: str
    purpose: Name
    intervention: Intervention
    unit: Unit
    capacity: Capacity
    release_level: Literal["household", "output_area"] = "household"
    as_of: AsOf
    cohort: Cohort
    label: Label
    features: tuple[FeatureGroup, ...] = Field(min_length=1)
    baselines: tuple[Baseline, ...] = Field(min_length=1)
    learner: Learner = Learner()
    success: Success
    fairness: Fairness = Fairness()
    caveats: tuple[str, ...] = Field(default=(), description="What every reader of a score must know.")
    oversight: Oversight

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        faults = [*self._name_faults(), *self._role_faults()]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _name_faults(self) -> list[str]:
        faults = []
        groups = [g.group for g in self.features]
        faults += [f"features: the group {g} stands twice" for g in sorted({g for g in groups if groups.count(g) > 1})]
        names = [b.name for b in self.baselines]
        faults += [f"baselines: the name {n} stands twice" for n in sorted({n for n in names if names.count(n) > 1})]
        reserved = {"lightgbm", "logistic", "random"}
        faults += [f"baselines: {n} is the name of a learner; choose another" for n in names if n in reserved]
        known = {*names, *reserved}
        for field in ("beats", "no_worse_than"):
            faults += [
                f"success.{field}: {n} is no candidate; use one of {', '.join(sorted(known))}"
                for n in getattr(self.success, field)
                if n not in known
            ]
        attributes = [a.name for a in self.fairness.attributes]
        faults += [
            f"fairness.attributes: the name {n} stands twice"
            for n in sorted({n for n in attributes if attributes.count(n) > 1})
        ]
        return faults

    def _role_faults(self) -> list[str]:
        faults = []
        if (self.unit is Unit.HOUSEHOLD) != (self.cohort.has_member is not None):
            faults.append("cohort: has_member goes with the unit household, and source with the others")
        if self.label.at is not None and self.unit is not Unit.HOUSEHOLD:
            faults.append("label.at: goes with the unit household")
        allowed = _ROLES[self.unit]
        faults += [
            f"features[{i}].follow: a {self.unit} cannot follow {g.follow}; use one of {', '.join(allowed)}"
            for i, g in enumerate(self.features)
            if g.follow not in allowed
        ]
        return faults


_ROLES: dict[Unit, tuple[Role, ...]] = {
    Unit.HOUSEHOLD: (Role.CHILD, Role.SIBLINGS, Role.ADULTS, Role.MEMBERS, Role.ADDRESS),
    Unit.PROPERTY: (Role.ADDRESS, Role.MEMBERS),
    Unit.PERSON: (Role.PERSON, Role.ADDRESS),
}
