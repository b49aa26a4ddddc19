"""The definition of one problem, whose parts are in the modules beside this one."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from hearth.definition.assessment import (
    Abstain,
    Baseline,
    Capacity,
    Fairness,
    HoldBack,
    Oversight,
    Success,
)
from hearth.definition.cohort import AsOf, Cohort, Label
from hearth.definition.groups import FeatureGroup, Role
from hearth.definition.learner import Learner
from hearth.definition.validation import Validation
from hearth.yaml_values import Name, Strict, Text


class Unit(StrEnum):
    """What a model scores."""

    HOUSEHOLD = "household"
    PROPERTY = "property"
    PERSON = "person"


class Intervention(StrEnum):
    """Whether being on the list helps, burdens, or may do either."""

    ASSISTIVE = "assistive"
    PUNITIVE = "punitive"
    MIXED = "mixed"


_ROLES: dict[Unit, tuple[Role, ...]] = {
    Unit.HOUSEHOLD: (
        Role.CHILD,
        Role.SIBLINGS,
        Role.ADULTS,
        Role.MEMBERS,
        Role.ADDRESS,
    ),
    Unit.PROPERTY: (Role.ADDRESS, Role.MEMBERS),
    Unit.PERSON: (Role.PERSON, Role.ADDRESS),
}
_LEARNERS = ("best single feature", "lightgbm", "logistic", "random")


class ModelDefinition(Strict):
    """One problem: purpose, cohort, label, features, bar, fairness and oversight."""

    model: Name = Field(description="Name of the model: that of its folder under models/.")
    title: Text = Field(description="What people call the model.")
    question: Text = Field(description="The question a score answers, in one sentence.")
    purpose: Name = Field(description="Purpose of the use; every source must allow it.")
    intervention: Intervention = Field(
        description="Whether being on the list helps, burdens, or may do either."
    )
    unit: Unit = Field(description="What is scored.")
    capacity: Capacity = Field(description="How many the service can reach in a round.")
    hold_back: HoldBack | None = Field(
        default=None,
        description="Part of the list not visited, by lot, to tell what visits do; only if assistive.",
    )
    release_level: Literal["household", "output_area"] = Field(
        default="household",
        description="Finest level at which scores leave the service.",
    )
    area: Name | None = Field(
        default=None,
        description="Column that says in which area a home lies, such as ward; keys can be limited by it.",
    )
    as_of: AsOf = Field(description="Days from which predictions look back.")
    validation: Validation = Field(
        default=Validation(), description="How the as-of dates are tested, and what is learnt from."
    )
    cohort: Cohort = Field(description="Who is scored at each as-of date.")
    label: Label = Field(description="The outcome to be foreseen.")
    features: tuple[FeatureGroup, ...] = Field(
        min_length=1, description="What is known of an entity, by concept."
    )
    baselines: tuple[Baseline, ...] = Field(
        min_length=1, description="One-line rules that the model is compared with."
    )
    learner: Learner = Field(default=Learner(), description="How the learners are set.")
    success: Success = Field(description="The bar, set before results are seen.")
    fairness: Fairness = Field(
        default=Fairness(),
        description="For whom results are compared, and within which limits.",
    )
    abstain: Abstain | None = Field(
        default=None, description="When the model says that it cannot tell; never if not given."
    )
    caveats: tuple[Text, ...] = Field(
        default=(), description="What every reader of a score must know."
    )
    oversight: Oversight = Field(description="Who answers for the model, and until when.")

    @model_validator(mode="after")
    def _is_coherent(self) -> Self:
        faults = [
            *self.validation.faults(self.as_of),
            *self._name_faults(),
            *self._candidate_faults(),
            *self._role_faults(),
            *self._hold_back_faults(),
        ]
        if faults:
            raise ValueError("\n".join(faults))
        return self

    def _name_faults(self) -> list[str]:
        named = {
            "features": [group.group for group in self.features],
            "baselines": [baseline.name for baseline in self.baselines],
            "fairness.attributes": [attribute.name for attribute in self.fairness.attributes],
        }
        return [
            f"{place}: holds the name {name} twice; rename one of them"
            for place, names in named.items()
            for name in _repeated(names)
        ]

    def _candidate_faults(self) -> list[str]:
        names = [baseline.name for baseline in self.baselines]
        known = sorted({*names, *_LEARNERS})
        faults = [
            f"baselines: holds {name}, the name of a learner; choose another"
            for name in names
            if name in _LEARNERS
        ]
        for field in ("beats", "no_worse_than"):
            faults += [
                f"success.{field}: names {name}, which is no candidate; use one of {', '.join(known)}"
                for name in getattr(self.success, field)
                if name not in known
            ]
        if self.success.choose_by == "least_fairness_gap" and not self.fairness.attributes:
            faults.append(
                "success.choose_by: is least_fairness_gap, and fairness.attributes is empty; "
                "name an attribute, or choose by another rule"
            )
        if self.learner.search is not None and self.as_of.test_from is None:
            faults.append(
                "learner.search: looks only at what was known by the first test date, and none is "
                "given; write as_of.test_from"
            )
        return faults

    def _role_faults(self) -> list[str]:
        faults = []
        if all(group.assessor for group in self.features):
            faults.append("features: are all of assessors, and no model uses those; add others")
        if self.unit is Unit.HOUSEHOLD and self.cohort.has_member is None:
            faults.append("cohort: has source, but the unit is household; write has_member")
        if self.unit is not Unit.HOUSEHOLD and self.cohort.has_member is not None:
            faults.append(f"cohort: has has_member, but the unit is {self.unit}; write source")
        if self.label.at is not None and self.unit is not Unit.HOUSEHOLD:
            faults.append(f"label.at: goes with the unit household, not {self.unit}; remove it")
        allowed = _ROLES[self.unit]
        faults += [
            f"features[{i}].follow: is {group.follow}, which a {self.unit} cannot follow; "
            f"use one of {', '.join(allowed)}"
            for i, group in enumerate(self.features)
            if group.follow not in allowed
        ]
        return faults

    def _hold_back_faults(self) -> list[str]:
        if self.hold_back is None:
            return []
        faults = []
        if self.intervention is not Intervention.ASSISTIVE:
            faults.append(
                f"hold_back: spares some by lot, but the intervention is {self.intervention}; it goes "
                "with assistive only: remove it"
            )
        if self.label.visited is None:
            faults.append(
                "hold_back: is there to tell what visits do, and nothing says who was visited; write "
                "label.visited"
            )
        return faults


def _repeated(names: Iterable[str]) -> list[str]:
    listed = list(names)
    return sorted({name for name in listed if listed.count(name) > 1})
