"""What the command line asks of training: train a model from its matrix, and register the best."""

from datetime import date
from pathlib import Path

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from features.artefacts import (
    MANIFEST,
    canonical_sha256,
    code_sha256,
    file_sha256,
    model_sha256,
)
from features.matrix import Matrix, matrix_folder, read_matrix
from hearth import risk_model
from hearth.catalogue import Catalogue
from hearth.definition import ModelDefinition
from hearth.errors import DataError, Fault, StateError
from hearth.progress import Progress, silent
from hearth.registry import name_challenger, open_registry
from hearth.settings import Settings
from training.analyses import analyse
from training.bundle import assemble
from training.examples import Examples, label_periods, read_examples
from training.experiment import run_experiment
from training.final import fit_final
from training.findings import Training
from training.records import metrics_of
from training.run_log import log_inputs, log_results
from training.tracking import Run, tracked_run
from training.versions import (
    TrainedVersion,
    current_version,
    keep_version,
    note_put_forward,
    run_folder,
    was_put_forward,
)

_MODULES = sorted(
    path
    for package in (Path(__file__).parent, Path(risk_model.__file__).parent)
    for path in package.rglob("*.py")
)


def train(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    again: bool = False,
    progress: Progress = silent,
) -> TrainedVersion:
    """Train and compare every candidate over time, and register the best as challenger.

    The newest version is left as it is where matrix, definition and code have not changed. A run
    that fails stands in MLflow as failed.

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
    current = current_version(settings, model, key)
    if current is not None and not again:
        if not was_put_forward(current.folder):
            name_challenger(open_registry(settings), model, current.version)
            note_put_forward(current.folder)
        return current
    progress(f"Train {model}: open MLflow", 0, 1)
    # numpy's threads wait for each other on matrices of this size: 20 times the CPU, no less time
    with threadpool_limits(1, user_api="blas"), tracked_run(settings, model) as run:
        return _train(catalogue, settings, definition, matrix, run, key=key, progress=progress)


def _train(
    catalogue: Catalogue,
    settings: Settings,
    definition: ModelDefinition,
    matrix: Matrix,
    run: Run,
    *,
    key: str,
    progress: Progress,
) -> TrainedVersion:
    log_inputs(run, definition, matrix.manifest)
    examples = read_examples(matrix.features, matrix.labels, matrix.manifest)
    periods = label_periods(examples, matrix.labels["window_end"], definition.label.matures_on)
    experiment = run_experiment(definition, examples, periods, progress)
    cohort = _cohort_to_score(examples, matrix, definition)
    final = fit_final(definition, experiment, examples, periods, cohort)
    model = definition.model
    hashes = {
        "definition": str(matrix.manifest["definition_sha256"]),
        "matrix": file_sha256(matrix_folder(settings, model) / MANIFEST),
    }
    made = assemble(catalogue, definition, final, hashes)
    training = Training(definition, matrix, examples, periods, experiment, final)
    findings = analyse(training, progress)
    progress(f"Train {model}: record", 0, 1)
    metrics = {"model": model, **metrics_of(experiment, findings)}
    log_results(run, training, findings, metrics)
    version = run.register(made)
    folder, metrics = run_folder(settings, model, version), {**metrics, "version": version}
    keep_version(folder, experiment, made, metrics, {"key": key, "mlflow_run": run.run_id})
    run.put_forward(version)
    note_put_forward(folder)
    progress(f"Train {model}: record", 1, 1)
    return TrainedVersion(model, version, folder, metrics, was_current=False)


def _cohort_to_score(examples: Examples, matrix: Matrix, definition: ModelDefinition) -> Examples:
    last = str(matrix.manifest["score_as_of"])
    cohort = examples.on([date.fromisoformat(last)])
    if not len(cohort):
        fault = f"found nobody at {last}, the date that is scored for use"
        remedy = "bring as_of.last back to a date that the data reach"
        file = f"models/{definition.model}/model.yaml"
        raise DataError([Fault(file, "cohort", fault, remedy)])
    return cohort


def _key(matrix: Matrix, definition: ModelDefinition) -> str:
    """What a run is made from: matrix, definition, and the code of this room and of the bundle."""
    code = code_sha256(*_MODULES)
    return canonical_sha256([matrix.manifest["key"], model_sha256(definition), code])
