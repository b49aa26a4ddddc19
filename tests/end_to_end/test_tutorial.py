"""The tutorial, step by step as it is written: two YAML files, one CSV, no Python, outside the repository."""

from __future__ import annotations

import csv
import json
import shutil

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tutorial")]


def test_the_tutorial_has_its_five_commands(tutorial_steps):
    steps = [command[0] for command in tutorial_steps]
    assert steps == ["check", "ingest", "build", "train", "report"]


def test_the_tutorial_needs_no_python(tutorial, repository):
    assert not tutorial.workspace.is_relative_to(repository)
    assert list(tutorial.workspace.rglob("*.py")) == []


def test_the_tutorial_trains_and_compares(tutorial):
    (metrics,) = (tutorial.state / "runs" / "poor_hygiene").glob("*/metrics.json")
    candidates = json.loads(metrics.read_text())["splits"][-1]["candidates"]
    assert {"lightgbm", "logistic", "random", "lowest last rating first"} <= candidates.keys()
    assert candidates["lightgbm"]["auc"] > 0.65


def test_the_tutorial_writes_a_report(tutorial):
    (report,) = (tutorial.state / "reports" / "poor_hygiene").glob("*/report.html")
    assert "Poor food hygiene" in report.read_text()


def test_doing_it_again_does_nothing(tutorial_copy, tutorial_steps):
    before = tutorial_copy.files
    told = "".join(tutorial_copy.do(*command) for command in tutorial_steps)
    assert "1 were up to date" in told
    assert "version 1 is up to date" in told
    kept = {name: held for name, held in before.items() if not name.endswith(".db")}
    assert {name: held for name, held in tutorial_copy.files.items() if name in kept} == kept
    assert [p.name for p in (tutorial_copy.state / "runs" / "poor_hygiene").iterdir()] == ["1"]


def test_a_purpose_the_source_does_not_allow_is_refused(tutorial, tmp_path):
    broken = shutil.copytree(tutorial.workspace, tmp_path / "broken")
    contract = broken / "features" / "sources" / "hygiene_inspections.yaml"
    contract.write_text(contract.read_text().replace("[food_safety]", "[licensing]"))
    told = tutorial.at(broken).refusal("check")
    assert "features/sources/hygiene_inspections.yaml: `law.purposes`" in told


def test_what_the_tutorial_trained_scores_a_file_once_two_people_let_it(tutorial_copy):
    hearth = tutorial_copy
    hearth.do("submit", "poor_hygiene", key=hearth.new_key("data_scientist"))
    told = ("--reason", "Read and discussed by the board.")
    hearth.do("approve", "poor_hygiene", *told, key=hearth.new_key("board_member"))
    (hearth.workspace / "due.csv").write_text("entity_id\nB0129\nB0001\n")
    key = hearth.new_key("caseworker", purposes=("food_safety",))
    hearth.do("score", "poor_hygiene", "due.csv", "scores.csv", key=key)
    with (hearth.workspace / "scores.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["entity_id"] for row in rows] == ["B0129", "B0001"]
    assert all(0 < float(row["probability"]) < 1 for row in rows)
    assert hearth.answer("audit", "verify")["ok"]


def test_a_machine_reads_one_document_however_many_models_there_are(tutorial_copy):
    for step in ("build", "train", "report"):
        assert list(tutorial_copy.answer(step)) == ["poor_hygiene"]
