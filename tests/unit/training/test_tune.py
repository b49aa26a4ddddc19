"""Searches in a workspace: before a training, and by themselves."""

import json
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from hearth.cli.main import app
from hearth.definition import Search
from training.data.prepared import current_matrix, prepare
from training.figures.comparison import Difference
from training.settled import search_in, settle
from training.tune import tune

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("searched"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of MLflow itself
]


@pytest.fixture(scope="module")
def prepared(searched_homes):
    homes = searched_homes
    return prepare(*current_matrix(homes.catalogue, homes.settings, homes.model))


@pytest.fixture
def found(searched_homes, prepared):
    return search_in(searched_homes.settings, prepared, prepared.definition.learner.search)


def test_a_training_searches_first_and_says_what_it_tried(searched_homes, found):
    trained = searched_homes.train("searched")
    said = trained.metrics["analyses"]["search"]
    (run,) = [r for r in searched_homes.runs("searched") if "hearth.version" in r.data.tags]

    assert said["sentences"][0].startswith("5 settings were tried on 4 dates before the first test")
    assert [trial["value"] for trial in said["trials"]] == [each.value for each in found.tried]
    assert run.data.tags["hearth.search"].startswith(f"{found.study}, 5 trials, best ")
    assert "plots/search_history.png" in searched_homes.artefacts("searched")


@pytest.mark.parametrize(("low", "used"), [(0.01, True), (-0.01, False)])
def test_every_fit_uses_what_was_found_beyond_noise(
    searched_homes, prepared, found, monkeypatch, low, used
):
    ahead = Difference("best tried", "house settings", found.metric, 0.1, low, 0.2)
    monkeypatch.setattr("training.settled.search_in", lambda *_: replace(found, difference=ahead))

    settled = settle(searched_homes.settings, prepared).prepared.definition.learner

    own = prepared.definition.learner.parameters
    assert settled.parameters == (found.parameters if used else own)
    assert {**settled.parameters, **own} == settled.parameters


def _of_six(tags):
    """Whether tags are of a search by itself of six trials, whatever other tests have searched."""
    return tags.get("hearth.step") == "tune" and ", 6 trials, best " in tags["hearth.search"]


def test_a_search_by_itself_is_one_run_and_no_version(searched_homes):
    homes = searched_homes
    for _ in range(2):
        tune(homes.catalogue, homes.settings, homes.model, Search(trials=6))

    (run,) = [r for r in homes.runs("searched") if _of_six(r.data.tags)]

    assert len(homes.client().get_metric_history(run.info.run_id, "trees")) == 6


def test_the_command_shows_the_best_and_the_house_settings(searched_homes):
    asked = ["--workspace", str(searched_homes.root), "tune", "searched"]

    text = CliRunner().invoke(app, asked)
    machine = CliRunner().invoke(app, [*asked, "--json"])

    assert text.exit_code == machine.exit_code == 0
    assert "1 (house)" in text.stdout
    assert "5 tried" in text.stdout
    assert json.loads(machine.stdout)["is_used"] in (True, False)


def test_ctrl_c_leaves_a_search_to_go_on_with(searched_homes, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("training.search.judge.Judge.verdicts", interrupt)
    asked = ["--workspace", str(searched_homes.root), "tune", "searched", "--trials", "99"]

    stopped = CliRunner().invoke(app, asked)

    assert stopped.exception.exit_code == 130
    assert "trials, which are kept; the same command goes on" in str(stopped.exception)
