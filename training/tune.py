"""A search by itself: run or resumed, and logged as a run of its own."""

from typing import TYPE_CHECKING

from hearth.catalogue import Catalogue
from hearth.definition import Search
from hearth.progress import Progress, silent
from hearth.registry import experiment_id, open_registry
from hearth.settings import Settings
from training.data.prepared import current_matrix, prepare
from training.logged.search_log import TAG, log_search, search_findings, tag_of
from training.logged.tracking import Run, tracked_run
from training.logged.turns import TURN, own_turn
from training.search import Searched
from training.settled import search_in

if TYPE_CHECKING:
    from mlflow import MlflowClient

USUAL = Search(trials=40)
"""Budget where neither the command nor the definition gives one."""

_STEP = "hearth.step"


def tune(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    budget: Search | None = None,
    progress: Progress = silent,
) -> Searched:
    """Run or resume the search of a model, and log it; a training is left as it is.

    Trials beyond the definition's own budget are kept and shown; a training counts only those
    within it, so that what it comes to follows from the definition.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model
        Name of the model; its matrix has been built.
    budget
        In place of the definition's.
    progress
        Told of each trial.

    Raises
    ------
    NotFoundError
        If the matrix was never built.
    StateError
        If the definition has changed since the matrix was built, or another process is training
        the model.
    DataError
        If no date before the tests has an earlier one to learn from.
    StoppedError
        If somebody stops it; what was tried is kept.
    """
    definition, matrix = current_matrix(catalogue, settings, model)
    prepared, client = prepare(definition, matrix), open_registry(settings)
    with own_turn(settings, client, model) as turn:
        wanted = budget or definition.learner.search or USUAL
        found = search_in(settings, prepared, wanted, progress)
        if not _is_logged(settings, client, model, found):
            tags = {TURN: turn, _STEP: "tune", "hearth.model": model}
            with tracked_run(settings, client, model, f"{model} search", tags=tags) as run:
                _log(run, found)
    return found


def _is_logged(settings: Settings, client: "MlflowClient", model: str, found: Searched) -> bool:
    """Whether a run that ended well holds just this."""
    wanted = f"tags.`{_STEP}` = 'tune' and tags.`{TAG}` = '{tag_of(found)}'"
    experiment = experiment_id(settings, client, model)
    return bool(client.search_runs([experiment], f"{wanted} and status = 'FINISHED'"))


def _log(run: Run, found: Searched) -> None:
    log_search(run, found)
    run.parameters({f"lightgbm.{name}": value for name, value in found.parameters.items()})
    for tried in found.tried:
        run.metrics({found.metric: tried.figure, "trees": tried.trees}, step=tried.number)
    for finding in search_findings(found):
        run.json(f"analyses/{finding.name}.json", finding.as_json())
        run.figures(finding.plots)
