"""The service as its callers meet it, on a real records database."""

import json
from datetime import UTC, date, datetime
from time import monotonic, sleep

import pytest
from sqlalchemy import func, select, update

from hearth.audit_log import verify
from hearth.errors import AuditError
from hearth.storage.engine import reading, writing
from hearth.storage.schema import (
    approvals,
    audit_entries,
    audit_payloads,
    bundles,
    scores,
)
from serving.scores.inputs import Inputs
from serving.scores.scoring import make_score
from serving.scores.served_models import ServedModels, served_model

SCORES = "/v1/models/school_readiness/scores"
SUBJECT = {"subject": "100012345678"}


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def close_approvals(council, state, **changes):
    with writing(council.engine) as connection:
        connection.execute(update(approvals).values(state=state, **changes))


def alter_a_byte(council, path="booster.txt"):
    with writing(council.engine) as connection:
        content = connection.scalar(select(bundles.c.content).where(bundles.c.path == path))
        altered = content[:100] + bytes([content[100] ^ 1]) + content[101:]
        connection.execute(update(bundles).where(bundles.c.path == path).values(content=altered))


def test_a_subject_is_scored_with_reasons(client):
    answer = client.post(SCORES, json=SUBJECT)
    assert answer.status_code == 201
    score = answer.json()
    assert 0 < score["score"]["probability"] < 1
    interval = score["score"]["interval"]
    assert interval["low"] <= score["score"]["probability"] <= interval["high"]
    assert interval["level"] == 0.95
    assert {reason["code"] for reason in score["explanation"]["reasons"]} >= {"arrears", "tenure"}
    assert score["model"]["approved_by_role"] == "board_member"


def test_given_values_score_as_the_stored_ones_do(client):
    stored = client.post(SCORES, json=SUBJECT).json()
    with reading(client.app.state.service.engine) as connection:
        payload = connection.scalar(select(scores.c.payload))
    given = client.post(SCORES, json={"values": payload["values"]}).json()
    assert given["score"] == stored["score"]
    assert given["subject_ref"] is None


def test_contributions_and_base_value_add_up_to_the_raw_score(client, readiness_model):
    answer = client.post(SCORES, json=SUBJECT).json()["explanation"]
    total = answer["base_value"] + sum(one["contribution"] for one in answer["reasons"])
    values = client.app.state.service.store.get("school_readiness", SUBJECT["subject"]).values
    raw = readiness_model.raw_score(readiness_model.encode(values))[0]
    assert total == pytest.approx(raw, abs=1e-9)


def test_a_score_can_be_read_again_as_it_was(client):
    made = client.post(SCORES, json=SUBJECT).json()
    assert client.get(f"/v1/scores/{made['score_id']}").json() == made


def test_the_audit_log_holds_every_score_and_reading_before_the_answer(client, council):
    made = client.post(SCORES, json=SUBJECT).json()
    client.get(f"/v1/scores/{made['score_id']}")
    with reading(council.engine) as connection:
        actions = connection.scalars(
            select(audit_entries.c.action).order_by(audit_entries.c.sequence.desc()).limit(2)
        ).all()
        kept = connection.scalar(select(func.count()).select_from(scores))
    assert actions == ["score.read", "score.made"]
    assert kept == 1
    assert verify(council.engine).ok


def test_the_log_knows_a_subject_by_pseudonym_only(client, council):
    client.post(SCORES, json=SUBJECT)
    with reading(council.engine) as connection:
        rows = [connection.execute(select(table)).all() for table in (scores, audit_payloads)]
    assert all(rows)
    assert SUBJECT["subject"] not in str(rows)


def test_no_score_leaves_when_it_cannot_be_recorded(client, monkeypatch):
    def fail(*_, **__):
        raise AuditError("the audit writer is closed")

    monkeypatch.setattr(client.app.state.service.writer, "record", fail)
    answer = client.post(SCORES, json=SUBJECT)
    assert answer.status_code == 503
    assert "probability" not in answer.text


def test_an_unknown_subject_is_not_found(client):
    assert client.post(SCORES, json={"subject": "7"}).status_code == 404


def test_a_model_that_nobody_approved_is_not_served(empty_council):
    with empty_council.client() as client:
        assert client.post(SCORES, json=SUBJECT).status_code == 404
        ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert "no model is approved" in ready.json()["problems"][0]


@pytest.mark.parametrize("day", [2, 3])
def test_on_its_review_date_a_model_answers_409_and_no_score_of_it_is_acted_on(council, day):
    with council.client() as client:
        score_id = client.post(SCORES, json=SUBJECT).json()["score_id"]
        close_approvals(council, "approved", review_on=date(2026, 11, 3))
    council.clock = lambda: datetime(2026, 11, day, tzinfo=UTC)
    with council.client() as client:
        made = client.post(SCORES, json=SUBJECT)
        stands = client.get(f"/v1/scores/{score_id}").json()["oversight"]["obstacles"]
    assert made.status_code == (201 if day == 2 else 409)
    assert ("model-withdrawn" in stands) == (day == 3)


def test_a_model_whose_review_is_due_is_served_by_no_worker_before_that_is_on_record(
    client, council
):
    close_approvals(council, "approved", review_on=date(2026, 11, 2))
    answer = client.post(SCORES, json=SUBJECT)
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:hearth:problem:model-withdrawn",
    )


def test_a_service_puts_on_record_that_an_approval_expired(council):
    close_approvals(council, "approved", review_on=date(2026, 11, 2))
    with council.client() as client:
        (closed,) = _until(lambda: client.get("/v1/models").json()["closed"])
        assert client.get("/health/ready").status_code == 503
    assert closed["state"] == "expired"


def _until(find, seconds=20.0):
    """What is found once it is there."""
    end = monotonic() + seconds
    while not (found := find()):
        assert monotonic() < end, "it never came"
        sleep(0.05)
    return found


@pytest.mark.parametrize("state", ["withdrawn", "voided", "expired"])
def test_a_model_is_not_served_from_the_moment_its_approval_ends(client, council, state):
    assert client.post(SCORES, json=SUBJECT).status_code == 201
    close_approvals(council, state)
    answer = client.post(SCORES, json=SUBJECT)
    assert (answer.status_code, answer.json()["type"]) == (
        409,
        "urn:hearth:problem:model-withdrawn",
    )
    assert state.removesuffix("ed") in answer.json()["detail"]


@pytest.mark.parametrize("path", ["booster.txt", "cohort.json", "reasons.json", "manifest.json"])
def test_a_bundle_altered_by_one_byte_is_not_served(council, path):
    alter_a_byte(council, path)
    with council.client() as client:
        assert client.post(SCORES, json=SUBJECT).status_code == 503
        ready = client.get("/health/ready")
    assert ready.status_code == 503
    assert path in ready.json()["problems"][0]


def test_readiness_notices_a_byte_altered_after_the_model_was_loaded(client, council):
    assert client.post(SCORES, json=SUBJECT).status_code == 201
    alter_a_byte(council)
    assert client.get("/health/ready").status_code == 503
    assert client.post(SCORES, json=SUBJECT).status_code == 503


def test_a_new_approval_is_served_from_the_next_request_on(client, council, model_maker, publisher):
    first = client.post(SCORES, json=SUBJECT).json()["model"]
    publisher(council.engine, model_maker(seed=2, rows=300), version="4")
    second = client.post(SCORES, json=SUBJECT).json()["model"]
    assert (first["version"], second["version"]) == ("3", "4")
    assert first["sha256"] != second["sha256"]


def test_a_system_sees_a_restricted_source_only_as_restricted(council):
    with council.client("caseworker_system") as client:
        made = client.post(SCORES, json=SUBJECT)
        read = client.get(f"/v1/scores/{made.json()['score_id']}")
    for answer in (made, read):
        assert answer.json()["explanation"]["withheld"] == {"count": 1}
        assert "contacts" not in answer.text


@pytest.mark.parametrize("role", ["data_scientist", "board_member", "administrator"])
def test_only_casework_makes_scores(council, role):
    with council.client(role) as client:
        assert client.post(SCORES, json=SUBJECT).status_code == 403


def test_a_key_for_another_purpose_gets_no_score(council, model_maker, publisher):
    publisher(council.engine, model_maker(rows=300, name="hmo", purpose="housing_standards"))
    with council.client() as client:
        answer = client.post("/v1/models/hmo/scores", json=SUBJECT)
    assert answer.json()["type"].endswith("wrong-purpose")


def test_a_model_released_for_areas_gives_no_household_a_score(council, model_maker, publisher):
    publisher(council.engine, model_maker(rows=300, name="damp", release_level="output_area"))
    with council.client() as client:
        by_subject = client.post("/v1/models/damp/scores", json=SUBJECT)
        by_values = client.post("/v1/models/damp/scores", json={"values": {}})
    assert (by_subject.status_code, by_values.status_code) == (403, 403)


@pytest.mark.parametrize(("share", "is_said"), [(1.0, True), (1e-9, False)])
def test_a_score_says_that_a_lot_holds_its_subject_back(
    council, model_maker, publisher, share, is_said
):
    rule = {"share": share, "since": "2000-01-01"}
    publisher(council.engine, model_maker(rows=300, name="helped", hold_back=rule))
    made = make_score(
        served_model(council.engine, "helped"),
        Inputs({}, date(2026, 1, 1), entity_id="home-1"),
        score_id="1",
        subject_ref=None,
        now=datetime(2026, 1, 2, tzinfo=UTC),
    )
    assert any("not to be approached because of the list" in c for c in made.caveats) is is_said


@pytest.mark.parametrize("score_id", ["nonsense", "11111111-1111-4111-8111-111111111111"])
def test_a_score_that_was_never_made_is_not_found(client, score_id):
    assert client.get(f"/v1/scores/{score_id}").status_code == 404


def test_a_body_past_the_limit_is_refused(client):
    huge = json.dumps({"subject": "x" * 8_500_000})
    answer = client.post(SCORES, content=huge, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


def test_a_body_not_declared_as_json_is_refused(client):
    assert client.post(SCORES, data={"subject": "1"}).status_code == 415


def test_the_unforeseen_is_a_problem_without_its_cause(client, monkeypatch):
    def fail(*_):
        raise RuntimeError("MARK-in-a-message")

    monkeypatch.setattr(ServedModels, "get", fail)
    answer = client.post(SCORES, json=SUBJECT)
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "MARK" not in answer.text


def test_a_request_keeps_the_identifier_it_came_with(client):
    given = "0af7651916cd43dd8448eb211c80319c"
    assert (
        client.get("/health/live", headers={"X-Request-ID": given}).headers["X-Request-ID"] == given
    )


def test_an_identifier_that_could_name_someone_is_replaced(client):
    answer = client.get("/health/live", headers={"X-Request-ID": "100012345678"})
    assert answer.headers["X-Request-ID"] != "100012345678"


def test_a_register_of_models_says_who_answers_for_each(client):
    (model,) = client.get("/v1/models").json()["models"]
    assert (model["owner"], model["sunset"]) == ("Head of Early Help", "2027-12-31")
    detail = client.get("/v1/models/school_readiness").json()
    assert len(detail["features"]) == 7


@pytest.mark.parametrize("kind", ["logistic", "rule"])
def test_a_logistic_regression_or_a_rule_is_served_as_well(council, model_maker, publisher, kind):
    publisher(council.engine, model_maker(kind=kind, rows=300), version="9")
    with council.client() as client:
        answer = client.post(SCORES, json=SUBJECT).json()
    total = answer["explanation"]["base_value"] + sum(
        one["contribution"] for one in answer["explanation"]["reasons"]
    )
    assert total == pytest.approx(3.0 if kind == "rule" else total)
    assert answer["explanation"]["scale"] == ("rule_value" if kind == "rule" else "log_odds")


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ({"fewer_recorded_than": 99}, "too little is on record"),
        ({"wider_than": 0.001}, "is too wide"),
    ],
)
def test_a_model_that_abstains_says_why_and_gives_no_band(
    council, client, publisher, model_maker, rule, why
):
    unsure = model_maker(rows=300, name="unsure", abstain=rule)
    publisher(council.engine, unsure)
    nothing = {feature.name: None for feature in unsure.features}

    answer = client.post("/v1/models/unsure/scores", json={"values": nothing}).json()

    assert answer["score"]["abstained"]
    assert answer["score"]["band"] is None
    assert why in answer["caveats"][0]
