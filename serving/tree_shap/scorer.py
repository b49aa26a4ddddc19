"""A model in use, its explanations by the kernel wherever the kernel covers it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hearth.risk_model import BoosterScorer, RiskModel
from serving.tree_shap.explainer import TreeShap, explainer_of
from serving.tree_shap.machine_code import MachineCode
from serving.tree_shap.model_text import UncoveredModelError
from serving.tree_shap.quick_scorer import QuickScorer
from serving.tree_shap.walk import Walk

_TOLERANCE = 1e-9  # of log-odds
_MANY = 32
"""Rows that together are scored sooner than one by one."""


@dataclass(frozen=True)
class ExplainedBooster:
    """A booster by the compiled loops: a row's score as its own, to the bit, contributions to 1e-9."""

    booster: BoosterScorer
    tree_shap: TreeShap
    walk: Walk
    quick: QuickScorer | None
    kind: str = "lightgbm"

    def raw_score(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of each row."""
        if self.quick is None or len(rows) < _MANY:
            return self.walk(rows)
        return self.quick(rows)

    def contributions(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """TreeSHAP contributions and base value, in log-odds."""
        return self.tree_shap.contributions(rows)

    def explained(
        self, rows: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Both, from one walk."""
        return self.tree_shap.explained(rows)

    def files(self) -> dict[str, bytes]:
        """The booster's own."""
        return self.booster.files()


def with_kernel(model: RiskModel, code: MachineCode | None) -> RiskModel:
    """The model, explained by the kernel where that agrees with LightGBM's own; else as it is.

    Every model is tried when it is loaded, so that a kernel that errs explains nobody.
    """
    if code is None or not isinstance(model.scorer, BoosterScorer):
        return model
    tree_shap = explainer_of(model.scorer.text, code)
    if tree_shap is None:
        return model
    text = model.scorer.text
    quick = ExplainedBooster(model.scorer, tree_shap, Walk(text, code), _quick_scorer(text, code))
    return replace(model, scorer=quick) if _agree(quick, len(model.features)) else model


def _agree(quick: ExplainedBooster, features: int) -> bool:
    """Whether both say the same of a row of nothing, of zeros and of ones."""
    rows = np.repeat([[np.nan], [0.0], [1.0]], features, axis=1)
    scores, theirs = quick.booster.explained(rows)
    explained, ours = quick.explained(rows)
    found = [explained, quick.walk(rows), *(() if quick.quick is None else (quick.quick(rows),))]
    return all(np.array_equal(scores, one) for one in found) and np.allclose(
        ours, theirs, rtol=_TOLERANCE, atol=_TOLERANCE
    )


def _quick_scorer(text: str, code: MachineCode) -> QuickScorer | None:
    try:
        return QuickScorer(text, code)
    except UncoveredModelError:
        return None
