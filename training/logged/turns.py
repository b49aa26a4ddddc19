"""One training of a model at a time; what a killed one left in MLflow, the next one settles."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from hearth.errors import StateError
from hearth.private_files import make_private_file
from hearth.registry import experiment_id
from hearth.settings import Settings
from training.trained.versions import is_kept, run_folder

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

TURN = "hearth.turn"
"""Tag that all runs of one turn share."""

_ENDED = ("FINISHED", "FAILED", "KILLED")


@contextmanager
def own_turn(settings: Settings, client: "MlflowClient", model: str) -> Iterator[str]:
    """The model is this process's to train until the end; the mark of its turn.

    The mark stands in the file that is locked until the turn ends well. One that stands there
    already is of a process that was killed or failed: its runs are settled first.

    Raises
    ------
    StateError
        If another process is training the model.
    """
    path = settings.state_dir / "turns" / model
    make_private_file(path)
    with path.open("r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StateError(
                f"{model} is being trained by another process; wait until it has ended"
            ) from None
        if left := file.read():
            _settle(settings, client, model, left)
        mark = uuid4().hex
        file.seek(0)
        file.write(mark)
        file.flush()
        yield mark
        file.truncate(0)


def _settle(settings: Settings, client: "MlflowClient", model: str, mark: str) -> None:
    """End the runs of a turn, and take away versions of which not everything was kept."""
    for aside in run_folder(settings, model, "0").parent.glob(".*.aside"):
        shutil.rmtree(aside)
    found = client.search_runs(
        [experiment_id(settings, client, model)], f"tags.`{TURN}` = '{mark}'", max_results=5_000
    )
    kept = {run.info.run_id for run in found if _settle_versions(settings, client, model, run)}
    for run in found:
        if run.info.status not in _ENDED:
            whole = {run.info.run_id, run.data.tags.get("mlflow.parentRunId")} & kept
            client.set_terminated(run.info.run_id, "FINISHED" if whole else "KILLED")


def _settle_versions(settings: Settings, client: "MlflowClient", model: str, run: "Run") -> bool:
    """Whether the run left a whole version; one that is not whole is deleted."""
    whole = False
    for version in client.search_model_versions(f"run_id = '{run.info.run_id}'"):
        if is_kept(run_folder(settings, model, str(version.version))):
            whole = True
        else:
            client.delete_model_version(model, str(version.version))
    return whole
