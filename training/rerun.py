"""A version's metrics computed anew from its matrix, for whoever doubts them; nothing is registered or kept."""

from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # publishes no types

from hearth.audit_log import AuditLog
from hearth.catalogue import Catalogue
from hearth.progress import Progress, silent
from hearth.settings import Settings
from training.choosing.fairness_gaps import read_groups
from training.choosing.preregistration import look
from training.data.checks import check_rows
from training.data.prepared import current_matrix, prepare
from training.experiment import run_experiment
from training.settled import settle
from training.trained.records import metrics_of


def rerun(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    scratch: Path,
    audit: AuditLog,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Metrics of a training from the matrix as it lies here, as metrics.json holds them.

    Every candidate is fitted again on every test date, and a search that the definition asks for is
    searched again from nothing.

    Parameters
    ----------
    scratch
        Folder for the study of a search; the workspace's own is neither read nor written.
    audit
        Where the look at the test dates is recorded, as of any training.

    Raises
    ------
    NotFoundError, StateError, DataError
        As a training's: the matrix was never built, or is not that of the definition.
    """
    definition, matrix = current_matrix(catalogue, settings, model)
    prepared = prepare(definition, matrix)
    check_rows(prepared)
    aside = settings.model_copy(update={"state_dir": scratch})
    settled = settle(aside, prepared, progress).prepared
    look(definition, settled.test_dates, audit, command="evidence")
    groups = read_groups(settings, definition)
    with threadpool_limits(1, user_api="blas"):
        experiment = run_experiment(
            settled.definition, settled.examples, settled.periods, progress, groups=groups
        )
    return metrics_of(experiment, [])
