"""The demonstration as a stranger runs it: records to approved models, and nothing done twice."""

from __future__ import annotations

import csv
import json
import time

import pytest
from sqlalchemy import create_engine

from features.store import FeatureStore
from hearth.storage.published import list_published

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

REASON = ("--reason", "Read and discussed by the board.")
MODELS = ["food_inspections", "rental_standards", "school_readiness", "unlicensed_hmo"]


@pytest.fixture(scope="module")
def again(demo, tmp_path_factory):
    """The demonstration run a second time in a copy: state before, what it said, seconds it took."""
    copy = demo.copy(tmp_path_factory.mktemp("again") / "demo")
    entries = copy.answer("audit", "verify")["rows"]
    before, start = copy.files, time.monotonic()
    told = copy.do("demo", "--households", "4000", "--no-serve")
    return copy, before, entries, told, time.monotonic() - start


def test_the_demonstration_that_does_not_stay_up_says_what_to_type_next(again):
    _, _, _, told, _ = again
    said = told.split("All done.")[1]
    assert "hearth keys create Me --role caseworker --purpose" in said
    assert "hearth serve" in said
    assert "A subject to try with" in said
    assert "hearth_" not in said


@pytest.fixture(scope="module")
def copy(demo, tmp_path_factory):
    """A copy to score with."""
    return demo.copy(tmp_path_factory.mktemp("scored") / "demo")


def _metrics(demo, model):
    return json.loads((demo.state / "runs" / model / "1" / "metrics.json").read_text())


def _approved(demo):
    engine = create_engine(f"sqlite:///{demo.state / 'records.db'}")
    with engine.connect() as connection:
        found = {approval.model: approval for approval in list_published(connection)}
    engine.dispose()
    return found


def test_every_model_is_trained_once(demo):
    runs = demo.state / "runs"
    versions = [f"{path.parent.name} {path.name}" for path in runs.glob("*/*")]
    assert sorted(versions) == [f"{model} 1" for model in MODELS]


def test_every_model_has_a_report_to_read_whatever_its_result(demo):
    for model in MODELS:
        report = demo.state / "reports" / model / "1" / "report.html"
        assert "<h1" in report.read_text()


def test_just_those_that_met_their_bar_are_approved(demo):
    met = {model for model in MODELS if _metrics(demo, model)["success"]["met"]}
    assert _approved(demo).keys() == met
    assert {"rental_standards", "school_readiness"} <= met


def test_what_became_of_each_model_is_said(demo):
    told = (demo.workspace / "told.txt").read_text()
    for model in MODELS:
        (line,) = [line for line in told.splitlines() if line.startswith(f"│ {model}")]
        met = _metrics(demo, model)["success"]["met"]
        assert ("approved" if met else "bar not met: not submitted") in line


def test_nobody_approves_their_own(demo):
    for approval in _approved(demo).values():
        assert approval.submitted_by != approval.decided_by


def test_the_audit_log_holds_and_names_every_step(demo, again):
    copy, _, entries, _, _ = again
    assert copy.answer("audit", "verify")["ok"]
    keys, approvals, bars, looks = 3, len(_approved(demo)), len(MODELS), len(MODELS)
    steps = 3 * approvals  # submitted, taken up, approved
    published = len(MODELS) + 1  # records of each version, and the register of sources
    assert entries == keys + steps + bars + looks + published


def test_the_keys_are_kept_from_other_users_of_the_machine(demo):
    assert (demo.state / "demo_keys.json").stat().st_mode & 0o077 == 0


def test_a_second_run_makes_nothing_anew(again):
    copy, before, _, _, _ = again
    databases = {"records.db", "mlflow.db", "feature_store.db"}
    after = {name: held for name, held in copy.files.items() if name not in databases}
    assert after == {name: held for name, held in before.items() if name not in databases}


def test_a_second_run_says_that_all_is_up_to_date(again):
    _, _, _, told, _ = again
    assert "Ingested 29 sources; 29 were up to date." in told
    for model in MODELS:
        assert f"{model} version 1 is up to date." in told
        assert f"The fairness report of {model} version 1 is up to date" in told


def test_a_second_run_approves_nothing_and_makes_no_key(again):
    copy, _, entries, _, _ = again
    found = copy.answer("audit", "verify")
    assert (found["ok"], found["rows"]) == (True, entries)


def test_a_second_run_is_quick(again):
    *_, seconds = again
    assert seconds < 60  # alone on two cores it takes ten or so


def test_a_file_of_subjects_is_scored_and_put_on_record(copy):
    store = FeatureStore(f"sqlite:///{copy.state / 'feature_store.db'}")
    subjects = store.entities("school_readiness", limit=50)
    store._engine.dispose()
    (copy.workspace / "families.csv").write_text("\n".join(["entity_id", *subjects]) + "\n")
    entries = copy.answer("audit", "verify")["rows"]
    command = ("score", "school_readiness", "families.csv", "scores.csv")
    summary = copy.answer(*command, key=copy.demo_key("caseworker"))
    with (copy.workspace / "scores.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["entity_id"] for row in rows] == subjects
    assert all(0 <= float(row["probability"]) <= 1 and row["reason_1"] for row in rows)
    assert (summary["rows"], summary["version"]) == (50, "1")
    assert copy.answer("audit", "verify")["rows"] == entries + 1


def test_a_file_is_not_scored_by_a_model_nobody_approved(demo, copy):
    if "unlicensed_hmo" in _approved(demo):
        pytest.skip("this council's unlicensed_hmo met its bar")
    (copy.workspace / "homes.csv").write_text("entity_id\n1\n")
    command = ("score", "unlicensed_hmo", "homes.csv", "out.csv")
    told = copy.refusal(*command, key=copy.demo_key("caseworker"))
    assert "no version of model `unlicensed_hmo` is approved" in told
    assert not (copy.workspace / "out.csv").exists()


def test_a_board_member_cannot_score_a_file(copy):
    (copy.workspace / "some.csv").write_text("entity_id\n1\n")
    command = ("score", "rental_standards", "some.csv", "none.csv")
    assert "may not `score:write`" in copy.refusal(*command, key=copy.demo_key("board member"))
    assert not (copy.workspace / "none.csv").exists()


def test_a_demonstration_stopped_before_the_decision_goes_on_from_there(demo, tmp_path):
    copy = demo.copy(tmp_path / "demo")
    _take_back(copy)
    copy.do("submit", "rental_standards", key=copy.demo_key("data scientist"))
    copy.do("demo", "--households", "4000", "--no-serve")
    assert "rental_standards" in _approved(copy)


def test_a_demonstration_does_not_ask_again_what_the_board_refused(demo, tmp_path):
    copy = demo.copy(tmp_path / "demo")
    _take_back(copy)
    copy.do("submit", "rental_standards", key=copy.demo_key("data scientist"))
    copy.do("refuse", "rental_standards", *REASON, key=copy.demo_key("board member"))
    told = copy.do("demo", "--households", "4000", "--no-serve")
    assert "rental_standards" not in _approved(copy)
    (line,) = [line for line in told.splitlines() if line.startswith("│ rental_standards")]
    assert "refused" in line


def _take_back(copy):
    copy.do("withdraw", "rental_standards", *REASON, key=copy.demo_key("board member"))
