import csv
import json
import shutil

import pytest
from typer.testing import CliRunner

from features.synthetic.council import synthesise
from hearth.cli.main import app

LINKED = ("residents", "funded_hours", "eyfs_profile")


@pytest.fixture(scope="module")
def council(tmp_path_factory, repository):
    root = tmp_path_factory.mktemp("council")
    (root / "features" / "sources").mkdir(parents=True)
    for name in LINKED:
        shutil.copy(repository / "features" / "sources" / f"{name}.yaml", root / "features/sources")
    synthesise(root / "data" / "council", households=1_500, seed=3)
    assert CliRunner().invoke(app, ["--workspace", str(root), "ingest"]).exit_code == 0
    return root


def _evaluate(council, *options):
    return CliRunner().invoke(app, ["--workspace", str(council), "link", "evaluate", *options])


def test_a_made_up_council_is_linked_nearly_without_error(council):
    found = json.loads(_evaluate(council, "--json").stdout)
    everybody = next(line for line in found["lines"] if line["attribute"] == "everybody")
    assert everybody["f1"] >= 0.99
    assert everybody["recall_low"] < everybody["recall"] <= everybody["recall_high"] <= 1


def test_the_truth_is_the_workspaces_own_wherever_the_command_is_given(
    council, tmp_path, monkeypatch
):
    (tmp_path / "data" / "council" / "truth").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    assert _evaluate(council).exit_code == 0


def test_quality_is_told_by_ethnic_group_age_and_area(council):
    told = _evaluate(council)
    assert told.exit_code == 0
    for attribute in ("ethnic group", "age", "area"):
        assert attribute in told.stdout


def test_the_evaluation_is_written_for_people_and_machines(council):
    _evaluate(council)
    folder = council / ".hearth" / "linkage" / "evaluation"
    rows = list(csv.DictReader((folder / "evaluation.csv").read_text().splitlines()))
    page = (folder / "evaluation.html").read_text()
    assert all(row["group"] in page for row in rows)
    small = [row for row in rows if row["precision"] == ""]
    assert all(row["true"] == "" for row in small)


def test_a_folder_without_a_truth_says_where_one_comes_from(council):
    told = _evaluate(council, "--truth", "data")
    assert told.exit_code == 1
    assert "hearth synthesise" in str(told.exception)


def test_a_sample_is_drawn_and_taken_in_by_command(council):
    def run(*command):
        return CliRunner().invoke(app, ["--workspace", str(council), "link", *command])

    drawn = json.loads(run("sample", "--pairs", "5", "--json").stdout)
    assert drawn["pairs"] == 5
    taken = json.loads(run("decide", drawn["file"], "--json").stdout)
    assert taken == {"decisions": 0, "precision_by_weight": []}
