"""Deciding on a score: what is kept, and when it is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hearth.audit_log import AuditLog
from hearth.storage.engine import reading, writing
from hearth.storage.schema import approvals, audit_payloads, decisions

SCORES = "/v1/models/school_readiness/scores"
SUBJECT = {"subject": "100012345678"}
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
OVERRIDE = {"outcome": "override", "reason_code": "already_helped", "reason": "Seen last week"}


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


@pytest.fixture
def path(client):
    return client.post(SCORES, json=SUBJECT).json()["oversight"]["decisions"]


def later(council, **passed):
    council.clock = lambda: NOW + timedelta(**passed)


def refusal(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def test_a_decision_is_kept_with_role_code_and_times(client, council, path):
    answer = client.post(path, json={**OVERRIDE, "viewed_at": "2026-11-02T08:59:30Z"})
    assert answer.status_code == 201
    with reading(council.engine) as connection:
        row = connection.execute(select(decisions)).mappings().one()
    assert (row["outcome"], row["reason_code"], row["role"]) == (
        "override",
        "already_helped",
        "caseworker",
    )
    assert isinstance(row["viewed_at"], datetime)


def test_the_audit_log_holds_no_text_of_a_decision(client, council, path):
    client.post(path, json=OVERRIDE | {"considered": "Notes of the visit"})
    with reading(council.engine) as connection:
        details = "".join(connection.scalars(select(audit_payloads.c.details)))
    assert "already_helped" in details
    assert "Seen last week" not in details
    assert "Notes of the visit" not in details


def test_a_reason_edited_in_the_database_is_found(client, council, path):
    client.post(path, json=OVERRIDE)
    log = AuditLog(council.engine, council.clock)
    assert log.verify().ok
    with writing(council.engine) as connection:
        connection.execute(update(decisions).values(reason="Never seen"))
    assert "the decision of entry" in log.verify().reason


def test_every_decision_is_kept_and_the_last_counts(client, path):
    score = path.removesuffix("/decisions")
    for outcome in ("defer", "agree"):
        client.post(path, json={"outcome": outcome})
    listed = client.get(path).json()["decisions"]
    assert [one["outcome"] for one in listed] == ["defer", "agree"]
    assert client.get(score).json()["oversight"]["decision_required"] is False
    client.post(path, json={"outcome": "defer"})
    assert client.get(score).json()["oversight"]["decision_required"] is True


def test_a_decision_tells_how_long_the_score_was_looked_at(council):
    with council.client() as client:
        path = client.post(SCORES, json=SUBJECT).json()["oversight"]["decisions"]
        client.app.state.service.__dict__["clock"] = lambda: NOW + timedelta(seconds=95)
        client.post(path, json={"outcome": "agree", "viewed_at": "2026-11-02T09:00:05Z"})
        (listed,) = client.get(path).json()["decisions"]
    assert listed["dwell_seconds"] == 90


@pytest.mark.parametrize(
    ("viewed_at", "found"),
    [("2026-11-02T08:58:59Z", "before the score was made"), ("2026-11-02T09:01:01Z", "to come")],
)
def test_a_score_cannot_have_been_seen_before_it_was_made_or_after_now(
    client, path, viewed_at, found
):
    answer = client.post(path, json={"outcome": "agree", "viewed_at": viewed_at})
    assert answer.status_code == 422
    assert found in answer.json()["faults"][0]["found"]


def test_an_override_needs_a_reason_and_its_code(client, path):
    answer = client.post(path, json={"outcome": "override", "reason": "  "})
    assert answer.status_code == 422
    assert [fault["place"] for fault in answer.json()["faults"]] == ["reason", "reason_code"]


@pytest.mark.parametrize(("days", "status"), [(29, 201), (30, 409)])
def test_nobody_decides_on_an_expired_score(council, path, days, status):
    later(council, days=days)
    with council.client() as client:
        answer = client.post(path, json={"outcome": "agree"})
        score = client.get(path.removesuffix("/decisions")).json()
    assert answer.status_code == status
    if status == 409:
        assert refusal(answer) == (409, "score-expired")
        assert score["oversight"]["expired"] is True
        assert "expired" in score["caveats"][0]


@pytest.mark.parametrize("state", ["withdrawn", "voided"])
def test_nobody_decides_on_a_score_of_a_version_no_longer_approved(client, council, path, state):
    with writing(council.engine) as connection:
        connection.execute(update(approvals).values(state=state))
    answer = client.post(path, json={"outcome": "agree"})
    assert refusal(answer) == (409, "model-withdrawn")
    score = client.get(path.removesuffix("/decisions")).json()
    assert score["oversight"]["obstacles"] == ["model-withdrawn"]


def test_a_score_of_an_older_version_still_approved_is_decided_on(
    client, council, path, model_maker, publisher
):
    publisher(council.engine, model_maker(rows=300, seed=5), version="4")
    assert client.post(path, json={"outcome": "agree"}).status_code == 201


def test_a_score_never_outlives_its_model(council, model_maker, publisher):
    oversight = {"sunset": "2026-11-10"}
    publisher(council.engine, model_maker(rows=300, name="brief", oversight=oversight))
    with council.client() as client:
        made = client.post("/v1/models/brief/scores", json={"values": {}})
        values = dict.fromkeys(
            fault["place"] for fault in made.json()["faults"] if fault["found"] == "is absent"
        )
        made = client.post("/v1/models/brief/scores", json={"values": values}).json()
    assert made["expires_at"] == made["model"]["sunset"] == "2026-11-10"
    later(council, days=8)
    with council.client() as client:
        answer = client.post(made["oversight"]["decisions"], json={"outcome": "agree"})
        scored = client.post("/v1/models/brief/scores", json={"values": values})
    assert refusal(answer) == refusal(scored) == (409, "model-ended")
