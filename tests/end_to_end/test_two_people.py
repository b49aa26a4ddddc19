"""Approval as two people take it at the command line, and what undoes it."""

from __future__ import annotations

import httpx2
import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tutorial")]

MODEL = "poor_hygiene"
REASON = ("--reason", "Read and discussed by the board.")
BOUND = {
    "bundle": f"runs/{MODEL}/1/bundle/cohort.json",
    "matrix": f"matrices/{MODEL}/manifest.json",
    "report": f"reports/{MODEL}/1/report.json",
}


@pytest.fixture
def hearth(tutorial_copy):
    """The tutorial's workspace, its model trained and reported, put to nobody yet."""
    return tutorial_copy


@pytest.fixture
def keys(hearth):
    """A key each of a data scientist and a board member."""
    return {role: hearth.new_key(role) for role in ("data_scientist", "board_member")}


@pytest.fixture
def submitted(hearth, keys):
    """The same, submitted by the data scientist."""
    hearth.do("submit", MODEL, key=keys["data_scientist"])
    return hearth


def _alter_one_byte(file):
    """Change a space between two words or after a colon: what the file says stays the same."""
    content = bytearray(file.read_bytes())
    place = content.index(b" ")
    content[place] = ord("\t")
    file.write_bytes(bytes(content))


def _is_served(hearth):
    key = hearth.new_key("caseworker", purposes=("food_safety",))
    (hearth.workspace / "due.csv").write_text("entity_id\nB0129\n")
    done = hearth.run("score", MODEL, "due.csv", "scores.csv", key=key)
    assert (done.returncode == 0) == (hearth.workspace / "scores.csv").exists()
    return done.returncode == 0


def test_a_step_without_a_key_is_refused_with_what_to_do(hearth):
    told = hearth.refusal("submit", MODEL)
    assert "HEARTH_API_KEY" in told
    assert "hearth keys create" in told


def test_nobody_can_act_as_somebody_else(hearth, keys):
    done = hearth.run("submit", MODEL, "--as", "The board", key=keys["data_scientist"])
    assert done.returncode == 2


def test_a_data_scientist_may_not_approve(submitted, keys):
    told = submitted.refusal("approve", MODEL, *REASON, key=keys["data_scientist"])
    assert "may not `model:approve`" in told
    assert not _is_served(submitted)


def test_a_board_member_may_not_submit(hearth, keys):
    assert "may not `model:submit`" in hearth.refusal("submit", MODEL, key=keys["board_member"])


def test_whoever_submitted_cannot_approve_with_another_key(submitted):
    second = submitted.new_key("board_member", name="The data_scientist")
    told = submitted.refusal("approve", MODEL, *REASON, key=second)
    assert "whoever submitted a version cannot decide on it" in told
    assert not _is_served(submitted)


def test_a_decision_needs_a_reason(submitted, keys):
    told = submitted.refusal("approve", MODEL, "--reason", "ok", key=keys["board_member"])
    assert "needs a reason" in told


def test_what_somebody_else_approves_is_served(submitted, keys):
    assert not _is_served(submitted)
    submitted.do("approve", MODEL, *REASON, key=keys["board_member"])
    assert _is_served(submitted)


def test_what_is_refused_or_withdrawn_is_not_served(submitted, keys):
    submitted.do("refuse", MODEL, *REASON, key=keys["board_member"])
    assert not _is_served(submitted)
    assert "refused already" in submitted.refusal("submit", MODEL, key=keys["data_scientist"])


def test_what_is_withdrawn_is_served_no_more(submitted, keys):
    submitted.do("approve", MODEL, *REASON, key=keys["board_member"])
    submitted.do("withdraw", MODEL, *REASON, key=keys["board_member"])
    (submitted.workspace / "scores.csv").unlink(missing_ok=True)
    assert not _is_served(submitted)


def test_a_report_read_again_takes_no_version_out_of_use(submitted, keys):
    submitted.do("approve", MODEL, *REASON, key=keys["board_member"])
    found = submitted.state / "analyses" / MODEL / "1" / "made_since.json"
    found.parent.mkdir(parents=True, exist_ok=True)
    found.write_text('{"found": {}}')
    before = (submitted.state / BOUND["report"]).read_bytes()

    assert "Analysis: made_since" in submitted.refusal("report", MODEL)
    submitted.do("report", MODEL, "--out", "aside")

    assert (submitted.workspace / "aside" / "report.html").exists()
    assert (submitted.state / BOUND["report"]).read_bytes() == before
    assert _is_served(submitted)
    assert "version 1 is void: its report changed" in submitted.do("report", MODEL, "--anew")


@pytest.fixture
def board(submitted, tmp_path):
    """A board member's machine: neither workspace nor files, and a way to the records."""
    records = submitted.state / "records.db"
    folder = tmp_path / "board"
    folder.mkdir()
    (folder / "hearth.toml").write_text(f'records_url = "sqlite:///{records}"\n')
    return submitted.at(folder)


def test_a_board_member_decides_where_only_the_records_are(submitted, keys, board):
    board.do("review", MODEL, "--out", "read.html", key=keys["board_member"])
    read = (board.workspace / "read.html").read_bytes()
    assert read == (submitted.state / f"reports/{MODEL}/1/report.html").read_bytes()
    terms = ("--condition", "Every visit is recorded.", "--dissent", "The gap is wide for me.")
    board.do("approve", MODEL, *REASON, *terms, key=keys["board_member"])
    assert _is_served(submitted)
    (line,) = submitted.answer("approvals", MODEL)
    assert [each["step"] for each in line["history"]] == ["submit", "review", "approve", "dissent"]
    assert line["conditions"] == ["Every visit is recorded."]


def test_a_review_date_after_the_sunset_is_refused(submitted, keys):
    late = ("--review-on", "2999-01-01")
    told = submitted.refusal("approve", MODEL, *REASON, *late, key=keys["board_member"])
    assert "is not before the model's sunset" in told
    assert "submitted" in submitted.do("approvals", MODEL)


def test_what_is_submitted_again_and_withdrawn_was_dissented_from(submitted, keys):
    key = keys["board_member"]
    submitted.do("dissent", MODEL, "--reason", "The gap by area is too wide.", key=key)
    submitted.do("withdraw", MODEL, *REASON, key=key)
    told = submitted.do("approvals", MODEL)
    assert "The gap by area is too wide." in told
    assert "withdraw" in told


@pytest.mark.parametrize("altered", BOUND)
def test_one_byte_altered_after_submission_and_it_cannot_be_approved(submitted, keys, altered):
    _alter_one_byte(submitted.state / BOUND[altered])
    told = submitted.refusal("approve", MODEL, *REASON, key=keys["board_member"])
    assert altered in told or BOUND[altered].rpartition("/")[2] in told
    assert not _is_served(submitted)


@pytest.mark.parametrize("is_approved", [False, True], ids=["submitted", "approved"])
def test_a_matrix_built_anew_voids_what_stood_on_the_old_one(submitted, keys, is_approved):
    if is_approved:
        submitted.do("approve", MODEL, *REASON, key=keys["board_member"])
    file = submitted.workspace / "data" / "hygiene_inspections.csv"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:-1]))
    submitted.do("ingest")
    submitted.do("build", MODEL)
    told = submitted.refusal("approve", MODEL, *REASON, key=keys["board_member"])
    assert "voided" in told
    assert not _is_served(submitted)


def test_a_service_with_nothing_approved_is_not_ready_and_scores_nothing(submitted):
    key = submitted.new_key("caseworker", purposes=("food_safety",))
    headers = {"Authorization": f"Bearer {key}"}
    with submitted.serving() as address, httpx2.Client(base_url=address, timeout=60) as client:
        ready = client.get("/health/ready")
        answer = client.post(f"/v1/models/{MODEL}/scores", json={"subject": "B1"}, headers=headers)
    assert ready.status_code == 503
    assert "no model is approved" in ready.text
    assert answer.status_code == 404
