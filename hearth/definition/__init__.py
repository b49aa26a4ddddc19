"""The model definition: one problem, said in YAML that a governance officer can read."""

from hearth.condition import Condition
from hearth.definition.assessment import (
    Baseline,
    CalibrationLimits,
    Capacity,
    ChoiceRule,
    Fairness,
    HoldBack,
    Oversight,
    ProtectedAttribute,
    Success,
)
from hearth.definition.cohort import AsOf, Cohort, HasMember, HomeKind, Label, Visited
from hearth.definition.filling import Filling, Statistic
from hearth.definition.groups import (
    WINDOWLESS,
    Aggregate,
    AssumedKnown,
    FeatureGroup,
    Reason,
    Role,
)
from hearth.definition.learner import Learner, Monotone, Search
from hearth.definition.model import Intervention, ModelDefinition, Unit
from hearth.definition.surroundings import COORDINATES, Around
from hearth.definition.validation import Validation
from hearth.yaml_values import Scalar

__all__ = [
    "COORDINATES",
    "WINDOWLESS",
    "Aggregate",
    "Around",
    "AsOf",
    "AssumedKnown",
    "Baseline",
    "CalibrationLimits",
    "Capacity",
    "ChoiceRule",
    "Cohort",
    "Condition",
    "Fairness",
    "FeatureGroup",
    "Filling",
    "HasMember",
    "HoldBack",
    "HomeKind",
    "Intervention",
    "Label",
    "Learner",
    "ModelDefinition",
    "Monotone",
    "Oversight",
    "ProtectedAttribute",
    "Reason",
    "Role",
    "Scalar",
    "Search",
    "Statistic",
    "Success",
    "Unit",
    "Validation",
    "Visited",
]
