"""The MLflow registry: where runs are tracked and versions of bundles are kept.

MLflow is imported only when a function here is called: serving never needs it.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from hearth.errors import NotFoundError, StateError
from hearth.private_files import make_private_file, make_private_folder
from hearth.risk_model.files import read_folder
from hearth.settings import Settings, keep_mlflow_local

if TYPE_CHECKING:
    from mlflow import MlflowClient

CHALLENGER = "challenger"
CHAMPION = "champion"
MODEL = "model"
"""Where a run's model lies among its artefacts: MLflow's `MLmodel` file, and the bundle beside it."""

BUNDLE = "bundle"

_SQLITE = "sqlite:///"


def open_registry(settings: Settings) -> "MlflowClient":
    """Client of the workspace's tracking database, which is made if there is none.

    Nothing is sent to another host: MLflow's usage reporting is turned off, and so is its
    reading of pickles.
    """
    keep_mlflow_local()
    import mlflow  # noqa: PLC0415 - serving never loads it

    make_private_folder(settings.state_dir)
    _make_database(settings.mlflow_url)
    mlflow.set_tracking_uri(settings.mlflow_url)
    mlflow.set_registry_uri(settings.mlflow_url)
    return mlflow.MlflowClient(settings.mlflow_url, settings.mlflow_url)


def _make_database(url: str) -> None:
    """Make a SQLite database aside and give it its name once whole: MLflow cannot go on from half of one."""
    from mlflow import MlflowClient  # noqa: PLC0415 - serving never loads it

    if _is_made(url):
        return
    file = Path(url.removeprefix(_SQLITE))
    aside = file.with_name(f".{file.name}.aside")
    aside.unlink(missing_ok=True)
    make_private_file(aside)
    MlflowClient(f"{_SQLITE}{aside}").search_experiments()  # the first question makes every table
    aside.replace(file)


def _is_made(url: str) -> bool:
    return not url.startswith(_SQLITE) or Path(url.removeprefix(_SQLITE)).exists()


def experiment_id(settings: Settings, client: "MlflowClient", model: str) -> str:
    """Experiment of a model, its artefacts beside the tracking database."""
    found = client.get_experiment_by_name(model)
    if found is not None:
        return str(found.experiment_id)
    folder = settings.state_dir / "mlartifacts" / model
    return str(client.create_experiment(model, artifact_location=folder.as_uri()))


def register_version(client: "MlflowClient", model: str, run_id: str, description: str = "") -> str:
    """Next version of a model, which has been logged with the run.

    It is not the challenger yet: `name_challenger` comes last, once all that a version needs is
    kept, so that a run that dies in between leaves a version nobody is led to.

    Returns
    -------
    str
        The version: `1`, `2`, …
    """
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - serving never loads it

    try:
        client.create_registered_model(model)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
    source = f"{client.get_run(run_id).info.artifact_uri}/{MODEL}"
    made = client.create_model_version(model, source, run_id, description=description)
    return str(made.version)


def name_challenger(client: "MlflowClient", model: str, version: str) -> None:
    """Set the alias `challenger` to a version of which everything is kept."""
    client.set_registered_model_alias(model, CHALLENGER, version)


def version_of(client: "MlflowClient", model: str, version: str | None = None) -> str:
    """The version asked for, or the challenger where none is asked for.

    Raises
    ------
    NotFoundError
        If the model has no such version.
    """
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - serving never loads it

    try:
        if version is None:
            return str(client.get_model_version_by_alias(model, CHALLENGER).version)
        return str(client.get_model_version(model, version).version)
    except MlflowException:
        wanted = f"no version {version}" if version else "no trained version"
        raise NotFoundError(f"{model} has {wanted}; run: hearth train {model}") from None


def named_version(client: "MlflowClient", model: str, name: str) -> str:
    """The version of a number, or the one that `champion` or `challenger` stands for.

    Raises
    ------
    NotFoundError
        If the model has no such version.
    """
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - serving never loads it

    if name not in (CHAMPION, CHALLENGER):
        return version_of(client, model, name)
    try:
        return str(client.get_model_version_by_alias(model, name).version)
    except MlflowException:
        remedy = "approve a version first" if name == CHAMPION else f"run: hearth train {model}"
        raise NotFoundError(f"{model} has no {name}; {remedy}") from None


def find_version(settings: Settings, model: str, name: str | None = None) -> str:
    """The version of a name, or the challenger where none is given; no database is made to look in.

    Raises
    ------
    NotFoundError
        If the model has no such version.
    StateError
        If versions are kept on disk that MLflow does not know.
    """
    runs = (settings.state_dir / "runs" / model).glob("[0-9]*")
    newest = max((run.name for run in runs if run.name.isdigit()), key=int, default=None)
    if not _is_made(settings.mlflow_url):
        if newest is not None:
            raise _unknown(model, newest)
        raise NotFoundError(f"{model} has no trained version; run: hearth train {model}")
    client = open_registry(settings)
    try:
        return version_of(client, model) if name is None else named_version(client, model, name)
    except NotFoundError:
        if newest is not None:
            check_registered(client, model, newest)
        raise


def read_bundle(client: "MlflowClient", model: str, version: str) -> dict[str, bytes]:
    """Files of a version's bundle, as the registry keeps them."""
    import mlflow  # noqa: PLC0415 - serving never loads it

    uri = f"{client.get_model_version(model, version).source}/{BUNDLE}"
    return read_folder(Path(mlflow.artifacts.download_artifacts(artifact_uri=uri)))


def check_registered(client: "MlflowClient", model: str, version: str) -> None:
    """Refuse to go on where MLflow does not know a version that is kept on disk.

    Raises
    ------
    StateError
        Because the next version would get the number of one that a board may have approved.
    """
    try:
        version_of(client, model, version)
    except NotFoundError:
        raise _unknown(model, version) from None


def _unknown(model: str, version: str) -> StateError:
    return StateError(
        f"{model} version {version} is kept under .hearth/runs, and MLflow does not know it; put back "
        f"the tracking database that does (.hearth/mlflow.db), or move .hearth/runs/{model} away to "
        "begin anew at version 1, by which what was approved of it is void"
    )


def mirror_approval(client: "MlflowClient", model: str, version: str) -> None:
    """Set the alias `champion` to an approved version; serving does not read it."""
    client.set_registered_model_alias(model, CHAMPION, version)
