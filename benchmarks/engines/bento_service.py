"""A BentoML service with reasons, as its guide shows: one class, LightGBM and shap.TreeExplainer inside."""

from __future__ import annotations

import os
from typing import Any

import bentoml
import lightgbm
import numpy as np
import shap


@bentoml.service
class Explained:
    """Probability and SHAP values of one row."""

    def __init__(self) -> None:
        self.booster = lightgbm.Booster(model_file=os.environ["BENCHMARK_BOOSTER"])
        self.explainer = shap.TreeExplainer(self.booster)

    @bentoml.api
    def explain(self, row: list[float | None]) -> dict[str, Any]:
        """What a case system would be told."""
        rows = np.array([row], dtype=float)
        return {
            "probability": float(self.booster.predict(rows, num_threads=1)[0]),
            "contributions": self.explainer.shap_values(rows)[0].tolist(),
        }
