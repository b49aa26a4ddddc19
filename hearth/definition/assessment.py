"""The bar a model must clear, for whom its results are compared, and who answers for it."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from hearth.periods import PeriodField
from hearth.yaml_values import Name, Share, Strict, Text

_HALF = 0.5


class Baseline(Strict):
    """A one-line rule: rank by one feature, or put first whoever is past a threshold of it."""

    name: Text = Field(description="What the service calls the rule.")
    rank_by: Name = Field(description="Feature by which it ranks.")
    order: Literal["highest_first", "lowest_first"] = Field(
        default="highest_first", description="Which end of the feature comes first."
    )
    at_least: float | None = Field(
        default=None, description="Those with this value or more come first, in a random order."
    )
    at_most: float | None = Field(
        default=None, description="Those with this value or less come first, in a random order."
    )

    @model_validator(mode="after")
    def _ranks_one_way(self) -> Self:
        said = [n for n in ("order", "at_least", "at_most") if n in self.model_fields_set]
        if len(said) > 1:
            raise ValueError(f"has {' and '.join(said)}; write at most one of them")
        return self


class Abstain(Strict):
    """When a score is held to rest on too little to be leant on."""

    wider_than: Share | None = Field(
        default=None, description="Width of a score's interval above which the model abstains."
    )
    fewer_recorded_than: int | None = Field(
        default=None,
        ge=1,
        description="Number of feature groups that must hold anything recorded.",
    )

    @model_validator(mode="after")
    def _says_when(self) -> Self:
        if self.wider_than is None and self.fewer_recorded_than is None:
            raise ValueError("is empty; write wider_than, fewer_recorded_than or both")
        return self


class CalibrationLimits(Strict):
    """Between which figures probabilities are held to agree with what happens."""

    predicted_over_actual: tuple[float, float] | None = Field(
        default=None,
        description="Least and greatest ratio of positives predicted to those that came true.",
    )
    slope: tuple[float, float] | None = Field(
        default=None, description="Least and greatest calibration slope; below 1 is overconfident."
    )

    @model_validator(mode="after")
    def _limits_span_one(self) -> Self:
        limits = {"predicted_over_actual": self.predicted_over_actual, "slope": self.slope}
        given = {name: pair for name, pair in limits.items() if pair is not None}
        faults = [
            f"{name}: is [{low:g}, {high:g}]; write a figure below one and a figure above one"
            for name, (low, high) in given.items()
            if not 0 < low < 1 < high
        ]
        if not given:
            faults.append("is empty; write predicted_over_actual, slope or both")
        if faults:
            raise ValueError("\n".join(faults))
        return self


ChoiceRule = Literal[
    "best_average",
    "best_current",
    "recency_weighted",
    "lowest_variance",
    "most_often_near_best",
    "simplest_within_noise",
    "least_fairness_gap",
]
"""Ways to choose one of several candidates by their figures on past test dates."""


class Success(Strict):
    """The bar, set before results are seen."""

    metric: Literal["precision_at_capacity", "recall_at_capacity"] = Field(
        default="precision_at_capacity",
        description="Metric by which candidates are compared.",
    )
    choose_by: ChoiceRule = Field(
        default="best_average",
        description="Rule that chooses one candidate by its figures on the test dates.",
    )
    beats: tuple[str, ...] = Field(
        default=(), description="Baselines that must be beaten by interval."
    )
    no_worse_than: tuple[str, ...] = Field(
        default=(),
        description="Candidates that it must not be shown to be worse than; no proof that it is as good.",
    )
    lift_at_least: Annotated[float, Field(ge=0)] = Field(
        default=1.0, description="Precision at capacity over the base rate, at least."
    )
    calibration: CalibrationLimits | None = Field(
        default=None,
        description="Limits that the calibration must keep over the test dates; none if left out.",
    )
    fairness: Literal["no_concern"] | None = Field(
        default=None,
        description="no_concern: a version whose fairness report finds a concern cannot be submitted.",
    )


class Capacity(Strict):
    """How many the service can visit: a count, or a share of the cohort."""

    count: Annotated[int, Field(gt=0)] | None = Field(
        default=None, description="Number of entities the service can reach in a round."
    )
    share: Share | None = Field(
        default=None, description="Or the share of the cohort it can reach, such as 5%."
    )

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.count is None) == (self.share is None):
            found = "neither count nor share" if self.count is None else "both count and share"
            raise ValueError(f"has {found}; write exactly one of them")
        if self.share == 0:
            raise ValueError("share: is 0; write a share above zero")
        return self

    def of(self, rows: int) -> int:
        """Number chosen of a cohort of `rows`: at least 1 and at most all, 0 of none."""
        wanted = self.count if self.count is not None else round((self.share or 0.0) * rows)
        return min(rows, max(1, wanted)) if rows else 0


class HoldBack(Strict):
    """Part of every list that is not visited because of it, by lot, so that what visits do can be told."""

    share: Share = Field(description="Share of the list that is held back, such as 5%.")
    since: date = Field(description="First as-of date of whose list some are held back.")

    @model_validator(mode="after")
    def _leaves_a_list(self) -> Self:
        if not 0 < self.share <= _HALF:
            raise ValueError(f"share: is {self.share:.0%}; write a share above zero, at most 50%")
        return self


class ProtectedAttribute(Strict):
    """A characteristic by which the model is assessed, and how a unit belongs to a group of it."""

    name: Name = Field(description="Name of the attribute in reports and tables.")
    title: str = Field(default="", description="What the report calls it; its name if left out.")
    characteristic: Literal[
        "age",
        "disability",
        "gender_reassignment",
        "marriage_and_civil_partnership",
        "pregnancy_and_maternity",
        "race",
        "religion_or_belief",
        "sex",
        "sexual_orientation",
        "deprivation",
        "rurality",
        "language",
        "other",
    ] = Field(
        description="Characteristic of the Equality Act 2010 s.4, or deprivation, rurality, language, other."
    )
    source: Name = Field(description="Source that holds it.")
    column: Name = Field(description="Column that holds it.")
    assign: Literal["named_person", "any_member", "property", "area_estimate"] = Field(
        description="How a unit belongs to a group: by a named person, any member, the property, or its area."
    )
    reference: str | None = Field(
        default=None,
        description="Group others are compared with; the largest if left out.",
    )


class Fairness(Strict):
    """For whom results are compared, and within which limits."""

    attributes: tuple[ProtectedAttribute, ...] = Field(
        default=(), description="Characteristics by which results are compared."
    )
    not_held: dict[str, Text] = Field(
        default_factory=dict,
        description="Characteristic not held → why; none is left blank.",
    )
    tolerance: tuple[float, float] = Field(
        default=(0.8, 1.25),
        description="Least and greatest ratio to the reference group.",
    )
    disclosure: Literal["dfe", "tre_10", "round5", "none"] = Field(
        default="dfe",
        description="Rule by which small counts are hidden before they are shown.",
    )

    @model_validator(mode="after")
    def _tolerance_spans_one(self) -> Self:
        low, high = self.tolerance
        if not 0 < low < 1 < high:
            raise ValueError(
                f"tolerance: is [{low:g}, {high:g}]; "
                "write a ratio below one and a ratio above one, such as [0.8, 1.25]"
            )
        return self


class Oversight(Strict):
    """Who answers for the model, and until when."""

    owner: Text = Field(description="A role, never a name.")
    contact: Text = Field(description="A team's mailbox.")
    review_every: PeriodField = Field(description="Time between reviews, such as 12m.")
    sunset: date = Field(description="Day from which the model is no longer used.")
