"""What MLflow users write to serve reasons: a pyfunc that runs shap.TreeExplainer (models from code)."""

from typing import Any

import lightgbm
import mlflow
import shap


class Explained(mlflow.pyfunc.PythonModel):
    """Probability and SHAP values of each row."""

    def load_context(self, context: Any) -> None:
        """Read the booster."""
        self.booster = lightgbm.Booster(model_file=context.artifacts["booster"])
        self.explainer = shap.TreeExplainer(self.booster)

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:  # noqa: ARG002 - MLflow names them
        """One dict for each row."""
        values = self.explainer.shap_values(model_input)
        of_class = values[1] if isinstance(values, list) else values
        probability = self.booster.predict(model_input)
        return [
            {"probability": float(p), "contributions": list(map(float, row))}
            for p, row in zip(probability, of_class, strict=True)
        ]


mlflow.models.set_model(Explained())
