"""A run in MLflow: parameters, metrics by test date, plots, data digests, and the model as text."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from hearth.registry import BUNDLE, MODEL, experiment_id, name_challenger, register_version
from hearth.risk_model import RiskModel
from hearth.settings import Settings
from training.figures.evaluation import CandidateFigures
from training.logged.signature import mlmodel_file

if TYPE_CHECKING:
    from mlflow import MlflowClient

PARENT = "mlflow.parentRunId"
"""Tag by which MLflow shows a run under another."""

DESCRIPTION = "mlflow.note.content"
"""Tag that MLflow shows as a run's description, in Markdown."""

StartsRun = Callable[[str, Mapping[str, str]], AbstractContextManager["Run"]]

_LONGEST_DESCRIPTION = 7_500  # MLflow takes tags of 8,000
_LONGEST_PARAMETER = 6_000  # MLflow's own limit


class Run:
    """One MLflow run, written to through its client alone: nothing is global."""

    def __init__(self, client: "MlflowClient", model: str, run_id: str, child: "StartsRun") -> None:
        self._client, self._model, self.run_id = client, model, run_id
        self.child = child
        """From a name and tags to a run that stands under this one, and ends as `tracked_run` does."""

    def name(self, name: str) -> None:
        """Give the run the name that lists show."""
        self._client.update_run(self.run_id, name=name)

    def card(self, file: str, card: str) -> None:
        """Log a model card, and show it as the run's description."""
        self._client.log_text(self.run_id, card, file)
        self.describe(card)

    def describe(self, markdown: str) -> None:
        """Set the description that MLflow shows above a run, whole lines of it where it is long."""
        whole = markdown[: markdown.rfind("\n", 0, _LONGEST_DESCRIPTION)]
        shown = markdown if len(markdown) <= _LONGEST_DESCRIPTION else whole
        self._client.set_tag(self.run_id, DESCRIPTION, shown)

    def parameters(self, values: Mapping[str, Any]) -> None:
        """Log parameters."""
        from mlflow.entities import Param  # noqa: PLC0415 - heavy

        texts = {name: str(value)[:_LONGEST_PARAMETER] for name, value in values.items()}
        self._client.log_batch(self.run_id, params=[Param(*item) for item in texts.items()])

    def tags(self, values: Mapping[str, str]) -> None:
        """Set tags: hashes and code version, by which a run is found again."""
        from mlflow.entities import RunTag  # noqa: PLC0415 - heavy

        self._client.log_batch(self.run_id, tags=[RunTag(*item) for item in values.items()])

    def metrics(self, values: Mapping[str, float], *, step: int = 0) -> None:
        """Log figures; the step is the place of a test date among them all."""
        from mlflow.entities import Metric  # noqa: PLC0415 - heavy

        metrics = [Metric(_key(name), value, 0, step) for name, value in values.items()]
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

    def register(self, model: RiskModel, description: str) -> str:
        """Log the model, its bundle and MLflow's description of it, and register it; the new version."""
        self.files(MODEL, mlmodel_file(model, self.run_id))
        self.files(f"{MODEL}/{BUNDLE}", model.files)
        version = register_version(self._client, self._model, self.run_id, description)
        self.tags({"hearth.version": version})
        return version

    def put_forward(self, version: str) -> None:
        """Name a version challenger; the last step, when its folder is on disk."""
        name_challenger(self._client, self._model, version)


@contextmanager
def tracked_run(
    settings: Settings,
    client: "MlflowClient",
    model: str,
    name: str,
    *,
    tags: Mapping[str, str],
    parent: str | None = None,
) -> Iterator[Run]:
    """Run that ends as finished, or as failed where an error passes through.

    Parameters
    ----------
    settings, client, model
        The workspace, its MLflow, and the model in whose experiment the run stands.
    name
        What lists show.
    tags
        By which the run, and those under it, are found again.
    parent
        Identifier of the run that it stands under.
    """
    under = {} if parent is None else {PARENT: parent}
    experiment = experiment_id(settings, client, model)
    started = client.create_run(experiment, run_name=name, tags={**under, **tags})
    run_id = str(started.info.run_id)

    def child(name: str, own: Mapping[str, str]) -> AbstractContextManager[Run]:
        return tracked_run(settings, client, model, name, tags={**tags, **own}, parent=run_id)

    try:
        yield Run(client, model, run_id, child)
    except BaseException:
        client.set_terminated(run_id, "FAILED")
        raise
    client.set_terminated(run_id, "FINISHED")


def plain_figures(figures: CandidateFigures) -> dict[str, float]:
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
