"""The MLflow registry: versions, aliases, and bundles as it keeps them."""

import logging
import os
from pathlib import Path
from typing import Any

import pytest

from hearth import registry
from hearth.errors import NotFoundError, StateError
from hearth.settings import Settings, load_settings

pytestmark = [  # of MLflow itself
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),
]

FILES = {"model.json": b"{}\n", "booster.txt": b"tree\n"}


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return load_settings(tmp_path_factory.mktemp("registry"))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Any:
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    return registry.open_registry(settings)


def _register(settings: Settings, client: Any, model: str) -> str:
    run = client.create_run(registry.experiment_id(settings, client, model))
    for name, content in FILES.items():
        client.log_text(run.info.run_id, content.decode(), f"model/bundle/{name}")
    version = registry.register_version(client, model, run.info.run_id)
    registry.name_challenger(client, model, version)
    return version


def test_opening_the_registry_reports_nothing_and_reads_no_pickle(client: Any) -> None:
    assert client is not None
    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] == "false"


def test_artefacts_lie_beside_the_tracking_database(settings: Settings, client: Any) -> None:
    experiment = client.get_experiment(registry.experiment_id(settings, client, "placed"))
    assert experiment.artifact_location == (settings.state_dir / "mlartifacts/placed").as_uri()


def test_an_experiment_is_made_once(settings: Settings, client: Any) -> None:
    first = registry.experiment_id(settings, client, "once")
    assert registry.experiment_id(settings, client, "once") == first


def test_the_version_named_last_is_the_challenger(settings: Settings, client: Any) -> None:
    first = _register(settings, client, "homes")
    second = _register(settings, client, "homes")
    assert (first, second) == ("1", "2")
    assert registry.version_of(client, "homes") == "2"
    assert registry.version_of(client, "homes", "1") == "1"


def test_a_version_is_not_the_challenger_until_it_is_named(settings: Settings, client: Any) -> None:
    first = _register(settings, client, "unnamed")
    run = client.create_run(registry.experiment_id(settings, client, "unnamed"))
    registry.register_version(client, "unnamed", run.info.run_id)
    assert registry.version_of(client, "unnamed") == first


def test_a_bundle_comes_back_as_it_was_logged(settings: Settings, client: Any) -> None:
    version = _register(settings, client, "kept")
    assert registry.read_bundle(client, "kept", version) == FILES


def test_approval_is_mirrored_by_the_alias_champion(settings: Settings, client: Any) -> None:
    version = _register(settings, client, "approved")
    registry.mirror_approval(client, "approved", version)
    found = client.get_model_version_by_alias("approved", registry.CHAMPION)
    assert str(found.version) == version


def test_a_model_never_trained_says_how_to_train_it(client: Any) -> None:
    with pytest.raises(NotFoundError, match="has no trained version; run: hearth train never"):
        registry.version_of(client, "never")


def test_a_version_that_is_not_there_is_named(settings: Settings, client: Any) -> None:
    _register(settings, client, "few")
    with pytest.raises(NotFoundError, match="few has no version 9"):
        registry.version_of(client, "few", "9")


def test_looking_for_a_version_makes_no_database(tmp_path: Path) -> None:
    lost = load_settings(tmp_path)
    with pytest.raises(NotFoundError, match="homes has no trained version; run: hearth train"):
        registry.find_version(lost, "homes")
    (lost.state_dir / "runs" / "homes" / "1").mkdir(parents=True)
    with pytest.raises(StateError, match=r"homes version 1 is kept .* MLflow does not know it"):
        registry.find_version(lost, "homes", "2")
    assert not (lost.state_dir / "mlflow.db").exists()


def test_a_version_kept_that_mlflow_does_not_know_is_told_as_such(
    settings: Settings, client: Any
) -> None:
    _register(settings, client, "lost")
    (settings.state_dir / "runs" / "lost" / "2").mkdir(parents=True)
    assert registry.find_version(settings, "lost") == "1"
    with pytest.raises(StateError, match=r"lost version 2 is kept"):
        registry.find_version(settings, "lost", "champion")
