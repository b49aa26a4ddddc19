"""A run in MLflow: parameters, metrics by test date, plots, data digests, and the bundle as text."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from hearth.registry import experiment_id, name_challenger, open_registry, register_version
from hearth.risk_model import RiskModel
from hearth.settings import Settings
from training.evaluation import CandidateFigures
from training.experiment import Experiment

if TYPE_CHECKING:
    from mlflow import MlflowClient

_LONGEST_PARAMETER = 6_000  # MLflow's own limit


class Run:
    """One MLflow run, written to through its client alone: nothing is global."""

    def __init__(self, client: "MlflowClient", model: str, run_id: str) -> None:
        self._client, self._model, self.run_id = client, model, run_id

    def parameters(self, values: Mapping[str, Any]) -> None:
        """Log parameters."""
        from mlflow.entities import Param  # noqa: PLC0415 - heavy

        texts = {name: str(value)[:_LONGEST_PARAMETER] for name, value in values.items()}
        self._client.log_batch(self.run_id, params=[Param(*item) for item in texts.items()])

    def tags(self, values: Mapping[str, str]) -> None:
        """Set tags: hashes and code version, by which a run is found again."""
        for name, value in values.items():
            self._client.set_tag(self.run_id, name, value)

    def experiment(self, experiment: Experiment) -> None:
        """Log every candidate's figures: one step a test date."""
        from mlflow.entities import Metric  # noqa: PLC0415 - heavy

        for step, result in enumerate(experiment.splits):
            metrics = [
                Metric(f"{_key(candidate)}.{name}", value, 0, step)
                for candidate, figures in result.figures.items()
                for name, value in _plain(figures).items()
            ]
            self._client.log_batch(self.run_id, metrics=metrics)

    def figures(self, figures: Iterable[tuple[str, Figure]], *, folder: str = "plots") -> None:
        """Log plots as PNG."""
        for name, figure in figures:
            self._client.log_figure(self.run_id, figure, f"{folder}/{name}.png")

    def files(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Log text files."""
        for name, content in files.items():
            self._client.log_text(self.run_id, content.decode(), f"{folder}/{name}")

    def json(self, name: str, value: Any) -> None:
        """Log a JSON document."""
        self._client.log_text(self.run_id, json.dumps(value, indent=2, sort_keys=True), name)

    def data(self, manifest: Mapping[str, Any]) -> None:
        """Log the matrix as the run's data set, with its digest."""
        from mlflow.entities import Dataset, DatasetInput, InputTag  # noqa: PLC0415 - heavy

        data = Dataset(
            name=f"{self._model} matrix",
            digest=str(manifest["key"])[:36],
            source_type="hearth",
            source=json.dumps({"files": manifest["files"]}),
            profile=json.dumps({"num_rows": manifest["rows"]}),
        )
        tags = [InputTag(key="mlflow.data.context", value="training")]
        self._client.log_inputs(self.run_id, [DatasetInput(dataset=data, tags=tags)])

    def register(self, model: RiskModel) -> str:
        """Log the bundle and register it; the new version."""
        with tempfile.TemporaryDirectory() as folder:
            bundle = Path(folder) / "bundle"
            model.save(bundle)
            version = register_version(self._client, self._model, self.run_id, bundle)
        self._client.set_tag(self.run_id, "hearth.version", version)
        return version

    def put_forward(self, version: str) -> None:
        """Name a version challenger; the last step, when its folder is on disk."""
        name_challenger(self._client, self._model, version)


@contextmanager
def tracked_run(settings: Settings, model: str) -> Iterator[Run]:
    """Run that ends as finished, or as failed where an error passes through."""
    client = open_registry(settings)
    started = client.create_run(experiment_id(settings, client, model))
    run_id = str(started.info.run_id)
    try:
        yield Run(client, model, run_id)
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")


def _plain(figures: CandidateFigures) -> dict[str, float]:
    """Figures that are known, by name; those with intervals as `.low` and `.high` too."""
    found: dict[str, float] = {}
    for name, value in figures.as_json().items():
        parts = {"": value} if not isinstance(value, dict) else value
        if name == "intervals" or name.endswith("_if_ties_fell"):
            continue
        for part, number in parts.items():
            if isinstance(number, int | float):
                suffix = "" if part in ("", "value") else f".{part}"
                found[f"{name}{suffix}"] = float(number)
    return found


def _key(candidate: str) -> str:
    return "".join(c if c.isalnum() or c in "._- " else "_" for c in candidate)
