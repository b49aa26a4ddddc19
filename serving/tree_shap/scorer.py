"""A model in use, its explanations by the kernel wherever the kernel covers it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hearth.risk_model import BoosterScorer, RiskModel
from serving.tree_shap.explainer import TreeShap, explainer_of
from serving.tree_shap.machine_code import MachineCode
from serving.tree_shap.walk import Walk

_TOLERANCE = 1e-9  # of log-odds


@dataclass(frozen=True)
class ExplainedBooster:
    """A booster by the compiled loops: a row's score as its own, to the bit, contributions to 1e-9."""

    booster: BoosterScorer
    tree_shap: TreeShap
    walk: Walk
    kind: str = "lightgbm"

    def raw_score(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of each row."""
        return self.walk(rows)

    def contributions(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """TreeSHAP contributions and base value, in log-odds."""
        return self.tree_shap.contributions(rows)

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
    quick = ExplainedBooster(model.scorer, tree_shap, Walk(model.scorer.text, code))
    return replace(model, scorer=quick) if _agree(quick, len(model.features)) else model


def _agree(quick: ExplainedBooster, features: int) -> bool:
    """Whether both say the same of a row of nothing, of zeros and of ones."""
    rows = np.repeat([[np.nan], [0.0], [1.0]], features, axis=1)
    scores = quick.walk(rows)
    theirs, ours = quick.booster.contributions(rows), quick.contributions(rows)
    return np.array_equal(scores, quick.booster.raw_score(rows)) and np.allclose(
        ours, theirs, rtol=_TOLERANCE, atol=_TOLERANCE
    )
