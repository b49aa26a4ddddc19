"""A model in use, watched and trained anew, in a workspace of its own."""

import json
import shutil

import pytest
from typer.testing import CliRunner

from hearth.cli.main import app
from hearth.registry import CHALLENGER, open_registry
from hearth.settings import load_settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("homes"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of MLflow itself
]

MODEL = "poor_homes"


@pytest.fixture
def hearth(homes, tmp_path):
    """Function that runs a command in a copy of the trained workspace, with one model alone."""
    root = tmp_path / "homes"
    shutil.copytree(homes.root, root)
    for other in (root / "models").iterdir():
        if other.name != MODEL:
            shutil.rmtree(other)

    def run(*arguments):
        return CliRunner().invoke(app, ["-w", str(root), *arguments])

    run.root = root
    return run


def _new_year(root, poor=0.3):
    """Visits of the year after the last extract, a date the later."""
    contract = root / "features" / "sources" / "visits.yaml"
    contract.write_text(contract.read_text().replace("2024-01-01", "2024-06-01"))
    visits = root / "data" / "visits.csv"
    rows = [
        f"{1000 + home},2023-05-{1 + home % 28:02},{'poor' if home % 3 == 0 else 'fine'}"
        for home in range(260)
    ]
    visits.write_text(visits.read_text() + "\n".join(rows) + "\n")


def test_nothing_has_drifted_on_the_day_of_the_training(hearth):
    done = hearth("monitor", MODEL)

    assert done.exit_code == 0, done.output
    assert "No alarms" in done.output
    assert "The feature store holds nothing later than 2023-01-01" in done.output
    assert f"hearth refresh {MODEL} --as-of DATE" in done.output
    assert "moved most" not in done.output


def test_homes_that_all_turn_damp_and_outcomes_by_chance_are_alarms(hearth):
    survey = hearth.root / "data" / "survey.csv"
    header, *rows = survey.read_text().splitlines()
    damper = [",".join([*r.split(",")[:2], "9.0", *r.split(",")[3:]]) for r in rows]
    survey.write_text("\n".join([header, *damper]) + "\n")
    assert hearth("ingest").exit_code == 0
    assert hearth("refresh", MODEL, "--as-of", "2023-06-01").exit_code == 0

    done = hearth("monitor", MODEL, "--json")

    assert done.exit_code == 4, done.output
    found = json.loads(done.stdout)
    assert found["features"]["home_damp"]["alarm"]
    assert not found["features"]["home_cold"]["alarm"]
    assert any(alarm.startswith("home_damp: stability index") for alarm in found["alarms"])
    kept = hearth.root / ".hearth" / "monitoring" / f"{MODEL}@1_2023-06-01"
    assert {"monitor.json", "timeline.png", "drift_home_damp.png"} <= {
        p.name for p in kept.iterdir()
    }


def test_outcomes_known_since_are_held_against_what_was_tested(hearth):
    _new_year(hearth.root)
    assert hearth("ingest").exit_code == 0
    assert hearth("build", MODEL).exit_code == 0

    found = json.loads(hearth("monitor", MODEL, "--json").stdout)

    (mature,) = found["mature"]
    assert mature["as_of"] == "2023-01-01"
    assert mature["base_rate"] == pytest.approx(87 / 260)
    assert any("does not say who was visited" in note for note in found["notes"])


def test_a_new_extract_is_trained_on_and_compared_and_nothing_is_promoted(hearth):
    _new_year(hearth.root)

    done = hearth("retrain", MODEL)

    assert done.exit_code in (0, 3, 5), done.output
    assert f"{MODEL}@2 is" in done.output
    assert f"{MODEL}@1" in done.output
    client = open_registry(load_settings(hearth.root))
    assert str(client.get_model_version_by_alias(MODEL, CHALLENGER).version) == "2"
    assert "champion" not in client.get_registered_model(MODEL).aliases


def test_a_source_that_the_model_does_not_use_may_be_missing(hearth):
    sources = hearth.root / "features" / "sources"
    other = (sources / "visits.yaml").read_text().replace("source: visits", "source: others")
    (sources / "others.yaml").write_text(other.replace("visits.csv", "others.csv"))
    assert hearth("ingest").exit_code == 1

    done = hearth("retrain", MODEL)

    assert "Nothing has changed since poor_homes@1" in done.output, done.output


def test_a_changed_definition_is_not_retrained_but_trained_anew(hearth):
    model = hearth.root / "models" / MODEL / "model.yaml"
    model.write_text(model.read_text().replace("{count: 40}", "{count: 30}"))

    done = hearth("retrain", MODEL)

    assert done.exit_code == 1
    assert "`capacity.count` changed since poor_homes@1" in str(done.exception)


def test_a_retraining_without_anything_new_says_so(hearth):
    done = hearth("retrain", MODEL)

    assert "Nothing has changed since poor_homes@1" in done.output
