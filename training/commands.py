"""What the command line asks of training: train a model from its matrix, and register the best."""

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from features.artefacts import made_aside, model_sha256
from features.matrix import Matrix, matrix_folder, read_matrix
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.digest import canonical_json, sha256_of
from hearth.errors import StateError
from hearth.progress import Progress, silent

from hearth.risk_model import RiskModel
from hearth.settings import Settings
from training.bundle import assemble, hearth_version
from training.estimator import DEFAULTS, ROUNDS
from training.examples import Examples, label_periods, read_examples
from training.experiment import Experiment, Fitted, fit, run_experiment
from training.explanation import importance_by_group, shap_figures
from training.plots import experiment_figures
from training.records import metrics_of, scored_table
from training.splits import LabelPeriod
from training.tracking import Run, tracked_run

METRICS, SCORED, BUNDLE, MANIFEST = "metrics.json", "scored.parquet", "bundle", "manifest.json"


@dataclass(frozen=True)
class TrainedVersion:
    """A registered version: where its run lies, its metrics, and whether it was there already."""

    model: str
    version: str
    folder: Path
    metrics: dict[str, Any]
    was_current: bool

    @property
    def is_bar_met(self) -> bool:
        """Whether the candidate chosen met the definition's bar."""
        return bool(self.metrics["success"]["met"])


def run_folder(settings: Settings, model: str, version: str) -> Path:
    """Folder of what training left of a version."""
    return settings.state_dir / "runs" / model / version


def train(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    again: bool = False,
    progress: Progress = silent,
) -> TrainedVersion:
    """Train and compare every candidate over time, and register the best as challenger.

    The newest version is left as it is where matrix, definition and code have not changed.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model
        Name of the model; its matrix has been built.
    again
        Train even where nothing has changed.
    progress
        Told of each test date.

    Raises
    ------
    NotFoundError
        If the matrix was never built.
    StateError
        If the definition has changed since the matrix was built.
    DataError
        If no test date has earlier outcomes to learn from.
    """
    definition = catalogue.model(model)
    matrix = read_matrix(settings, model)
    if matrix.manifest["definition_sha256"] != model_sha256(definition):
        raise StateError(
            f"models/{model}/model.yaml has changed since its matrix was built; run: hearth build {model}"
        )
    key = _key(matrix, definition)
    current = _current(settings, model, key)
    if current is not None and not again:
        return current
    examples = read_examples(matrix.features, matrix.labels, matrix.manifest)
    periods = label_periods(examples, matrix.labels["window_end"], definition.label.matures_on)
    experiment = run_experiment(definition, examples, periods, progress)
    fitted = fit(
        experiment.chosen, _known(examples, periods), periods, seed=definition.learner.seed
    )
    cohort = examples.on([date.fromisoformat(matrix.manifest["score_as_of"])])
    risk_model = assemble(
        catalogue,
        definition,
        candidate=experiment.chosen.name,
        features=examples.features,
        scorer=fitted.scorer,
        calibration=fitted.calibration,
        base_rate=fitted.held_out.base_rate,
        cohort_rows=cohort.rows,
        cohort_as_of=cohort.dates()[0],
        trained_on=tuple(sorted(period.as_of for period in periods)),
        hashes={
            "definition": matrix.manifest["definition_sha256"],
            "matrix": sha256_of((matrix_folder(settings, model) / MANIFEST).read_bytes()),
        },
    )
    progress(f"Train {model}: record", 0, 1)
    metrics = {"model": model, **metrics_of(experiment)}
    with tracked_run(settings, model) as run:
        _log(run, definition, matrix, experiment, fitted, cohort, metrics)
        version = run.register(risk_model)
        folder = run_folder(settings, model, version)
        metrics["version"] = version
        _keep(folder, experiment, risk_model, metrics, {"key": key, "mlflow_run": run.run_id})
    progress(f"Train {model}: record", 1, 1)
    return TrainedVersion(model, version, folder, metrics, was_current=False)


def _known(examples: Examples, periods: list[LabelPeriod] | tuple[LabelPeriod, ...]) -> Examples:
    return examples.on(period.as_of for period in periods)


def _log(
    run: Run,
    definition: ModelDefinition,
    matrix: Matrix,
    experiment: Experiment,
    fitted: Fitted,
    cohort: Examples,
    metrics: dict[str, Any],
) -> None:
    learner = definition.learner
    run.parameters(
        {
            "chosen": experiment.chosen.name,
            "kind": fitted.scorer.kind,
            "calibration": f"{fitted.calibration.method}, {fitted.held_out.how}",
            "features": len(cohort.features),
            "seed": learner.seed,
            "capacity": definition.capacity.model_dump_json(exclude_none=True),
            **{
                f"lightgbm.{name}": value
                for name, value in {**DEFAULTS, "rounds": ROUNDS, **learner.parameters}.items()
            },
        }
    )
    run.tags(
        {
            "hearth.model": definition.model,
            "hearth.definition_sha256": matrix.manifest["definition_sha256"],
            "hearth.matrix_key": matrix.manifest["key"],
            "hearth.bar": "met" if experiment.verdict.met else "not met",
            "hearth.code_version": hearth_version(),
        }
    )
    run.data(matrix.manifest)
    run.experiment(experiment)
    importance = importance_by_group(fitted.scorer, cohort.features, cohort.rows)
    run.json(METRICS, metrics)
    run.json("importance.json", [item.as_json() for item in importance])
    run.json("matrix_manifest.json", matrix.manifest)
    run.figures(experiment_figures(experiment))
    run.figures(shap_figures(fitted.scorer, cohort.features, cohort.rows, seed=learner.seed))


def _keep(
    folder: Path,
    experiment: Experiment,
    model: RiskModel,
    metrics: dict[str, Any],
    manifest: dict[str, Any],
) -> None:
    """Leave scored rows, metrics and bundle on disk, all or none."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with made_aside(folder) as aside:
        pq.write_table(scored_table(experiment), aside / SCORED, compression="zstd")
        (aside / METRICS).write_bytes(_json(metrics))
        model.save(aside / BUNDLE)
        manifest = {**manifest, "bundle_sha256": model.sha256, "hearth_version": hearth_version()}
        (aside / MANIFEST).write_bytes(_json(manifest))


def _current(settings: Settings, model: str, key: str) -> TrainedVersion | None:
    """The newest version, where it was trained from just this and is whole."""
    folder = settings.state_dir / "runs" / model
    kept = [path for path in folder.glob("[0-9]*") if (path / MANIFEST).is_file()]
    if not kept:
        return None
    newest = max(kept, key=lambda path: int(path.name))
    if json.loads((newest / MANIFEST).read_bytes())["key"] != key:
        return None
    metrics = json.loads((newest / METRICS).read_bytes())
    return TrainedVersion(model, newest.name, newest, metrics, was_current=True)


def _key(matrix: Matrix, definition: ModelDefinition) -> str:
    """What a run is made from: matrix, definition and this room's code."""
    code = b"".join(path.read_bytes() for path in sorted(Path(__file__).parent.glob("*.py")))
    made_from = [matrix.manifest["key"], model_sha256(definition), sha256_of(code)]
    return sha256_of(canonical_json(made_from))


def _json(value: Any) -> bytes:
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()
