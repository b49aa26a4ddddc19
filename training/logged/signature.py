"""What MLflow says of a model: its inputs, what it gives, and that its bundle is text."""

from collections.abc import Mapping

from hearth.registry import BUNDLE
from hearth.risk_model import RiskModel

MLMODEL = "MLmodel"
FLAVOUR = "hearth"


def mlmodel_file(model: RiskModel, run_id: str) -> Mapping[str, bytes]:
    """The `MLmodel` file by which MLflow shows a version's signature; it has no pickle to load.

    Every input may be missing: features are, and the model knows what to make of it.

    References
    ----------
    MLflow, "MLflow Models": storage format and model signature.
    """
    from mlflow.models import Model, ModelSignature  # noqa: PLC0415 - heavy
    from mlflow.types import ColSpec, Schema  # noqa: PLC0415 - heavy

    kinds = {"number": "double", "category": "string"}
    inputs = Schema([ColSpec(kinds[f.kind], f.name, required=False) for f in model.features])
    outputs = Schema([ColSpec("double", "score"), ColSpec("double", "percentile")])
    described = Model(run_id=run_id, signature=ModelSignature(inputs, outputs))
    described.add_flavor(FLAVOUR, bundle=BUNDLE, kind=model.kind, sha256=model.sha256)
    return {MLMODEL: described.to_yaml().encode()}
