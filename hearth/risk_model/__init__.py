"""The bundle: a trained model as plain text files with their sha256, and how it scores."""

from hearth.risk_model.calibration import Calibration
from hearth.risk_model.cohort import Cohort
from hearth.risk_model.encoding import FeatureSpec, as_recorded
from hearth.risk_model.hold_back import HoldBack
from hearth.risk_model.model import ReasonWords, RiskModel
from hearth.risk_model.scorers import (
    BoosterScorer,
    LogisticScorer,
    LogisticTerm,
    RuleScorer,
    Scorer,
)
from hearth.risk_model.uncertainty import Uncertainty

__all__ = [
    "BoosterScorer",
    "Calibration",
    "Cohort",
    "FeatureSpec",
    "HoldBack",
    "LogisticScorer",
    "LogisticTerm",
    "ReasonWords",
    "RiskModel",
    "RuleScorer",
    "Scorer",
    "Uncertainty",
    "as_recorded",
]
