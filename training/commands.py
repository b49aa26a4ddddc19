"""What the command line asks of training: train a model from its matrix, and register the best."""

from dataclasses import replace

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from features.artefacts import MANIFEST, file_sha256
from features.matrix import matrix_folder
from hearth.audit_log import AuditLog
from hearth.catalogue import Catalogue
from hearth.progress import Progress, silent
from hearth.registry import check_registered, name_challenger, open_registry
from hearth.settings import Settings
from training.analyses import analyse
from training.choosing.fairness_gaps import read_groups
from training.choosing.preregistration import Look, look
from training.data.checks import check_rows
from training.data.extracts import extract_dates
from training.data.prepared import current_matrix, prepare, training_key
from training.experiment import run_experiment
from training.final import fit_final
from training.findings import Training
from training.logged.run_log import log_candidates, log_inputs, log_results, summary
from training.logged.search_log import log_search, search_findings
from training.logged.tracking import Run, tracked_run
from training.logged.turns import TURN, own_turn
from training.settled import Settled, settle
from training.trained.bundle import assemble
from training.trained.model_card import model_card
from training.trained.records import metrics_of
from training.trained.versions import (
    MODEL_CARD,
    Trained,
    TrainedVersion,
    current_version,
    keep_version,
    kept_version,
    newest_version,
    note_put_forward,
    run_folder,
    was_put_forward,
)


def train(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    audit: AuditLog,
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
    audit
        Where the bar and each look at a test period are recorded.
    again
        Train even where nothing has changed.
    progress
        Told of each test date.

    Raises
    ------
    NotFoundError
        If the matrix was never built.
    StateError
        If the definition has changed since the matrix was built, another process is training the
        model, or MLflow does not know the newest version kept.
    DataError
        If no test date has earlier outcomes to learn from.
    """
    definition, matrix = current_matrix(catalogue, settings, model)
    key = training_key(definition, matrix)
    progress(f"Train {model}: open MLflow", 0, 1)
    client = open_registry(settings)
    with own_turn(settings, client, model) as turn:
        newest = newest_version(settings, model)
        if newest is not None:
            check_registered(client, model, newest.name)
        current = current_version(settings, model, key)
        if current is not None and not again:
            if not was_put_forward(current.folder):
                name_challenger(client, model, current.version)
                note_put_forward(current.folder)
            return current
        prepared = prepare(definition, matrix)
        check_rows(prepared)
        settled = settle(settings, prepared, progress)
        run_of_turn = tracked_run(settings, client, model, model, tags={TURN: turn})
        # numpy's threads wait for each other on matrices of this size: 20 times the CPU, no less time
        with threadpool_limits(1, user_api="blas"), run_of_turn as run:
            extracted_on = extract_dates(catalogue, settings, matrix.manifest)
            log_inputs(run, definition, matrix.manifest, extracted_on)
            log_search(run, settled.search)
            looked = look(definition, settled.prepared.test_dates, audit, command="train")
            run.tags({"hearth.bar_sha256": looked.bar_sha256})
            trained = _train(catalogue, settings, settled, run, looked, progress=progress)
            version = run.register(trained.bundle, summary(trained.metrics))
            trained = replace(trained, metrics={**trained.metrics, "version": version})
            card = model_card(catalogue, definition, trained.metrics, extracted_on)
            run.name(f"{model} v{version}, data to {max(extracted_on.values())}")
            run.card(MODEL_CARD, card)
            folder = run_folder(settings, model, version)
            made_from = {"key": key, "mlflow_run": run.run_id}
            keep_version(folder, trained, card, made_from)
            run.put_forward(version)
            note_put_forward(folder)
            progress(f"Train {model}: record", 1, 1)
            return replace(kept_version(settings, model, version), was_current=False)


def _train(
    catalogue: Catalogue,
    settings: Settings,
    settled: Settled,
    run: Run,
    looked: Look,
    *,
    progress: Progress,
) -> Trained:
    prepared = settled.prepared
    definition, examples, periods = prepared.definition, prepared.examples, prepared.periods
    groups = read_groups(settings, definition)
    experiment = run_experiment(definition, examples, periods, progress, groups=groups)
    cohort = examples.on([definition.as_of.dates()[-1]])
    final = fit_final(definition, experiment, examples, periods, cohort)
    model = definition.model
    hashes = {
        "definition": str(prepared.matrix.manifest["definition_sha256"]),
        "matrix": file_sha256(matrix_folder(settings, model) / MANIFEST),
    }
    made = assemble(catalogue, definition, final, hashes)
    training = Training.of(prepared, experiment, final)
    findings = [*search_findings(settled.search), *analyse(training, progress)]
    metrics = {"model": model, **metrics_of(experiment, findings, looked)}
    log_candidates(run, experiment, progress)
    progress(f"Train {model}: record", 0, 1)
    log_results(run, training, findings, metrics)
    return Trained(training, made, metrics)
