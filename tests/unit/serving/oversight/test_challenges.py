"""Objecting to a score: it is suspended, a clock runs, and another person than decided answers."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hearth.audit_log import AuditLog, verify
from hearth.identity import Role, create_key
from hearth.storage.engine import reading, writing
from hearth.storage.generation import current_generation
from hearth.storage.schema import api_keys, audit_entries, audit_payloads, scores

SCORES = "/v1/models/school_readiness/scores"
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
STATEMENT = "The arrears were paid in May."
OBJECTION = {"ground": "inaccurate_data", "statement": STATEMENT}
UPHELD = {"step": "uphold", "reason": "The payment is on the account."}
REJECTED = {"step": "reject", "reason": "The account shows no payment."}


@pytest.fixture
def caseworker(council):
    with council.client() as opened:
        yield opened


@pytest.fixture
def reviewer(council):
    with council.client("reviewer") as opened:
        yield opened


@pytest.fixture
def score(caseworker):
    return caseworker.post(SCORES, json={"subject": "100012345678"}).json()["score_id"]


@pytest.fixture
def steps(caseworker, score):
    """Path of the steps of a challenge that a caseworker opened."""
    made = caseworker.post(f"/v1/scores/{score}/challenges", json=OBJECTION)
    assert made.status_code == 201
    return f"/v1/challenges/{made.json()['challenge_id']}/steps"


def decide(client, score):
    return client.post(f"/v1/scores/{score}/decisions", json={"outcome": "agree"})


def refusal(answer):
    return answer.status_code, answer.json()["type"].rpartition(":")[2]


def close(reviewer, steps, step):
    reviewer.post(steps, json={"step": "acknowledge"})
    answer = reviewer.post(steps, json=step)
    assert answer.status_code == 200
    return answer.json()


def other_key(council, name, role):
    with writing(council.engine) as connection:
        return create_key(
            connection,
            council.settings.api_key_pepper.get_secret_value(),
            name=name,
            role=role,
            purposes=["early_help"],
            actor="administrator",
            audit=AuditLog(council.engine, lambda: NOW),
            now=NOW,
        )


def test_a_challenged_score_is_suspended(caseworker, score, steps):
    found = caseworker.get(f"/v1/scores/{score}").json()
    assert found["oversight"]["suspended"] is True
    assert "challenged" in found["caveats"][0]
    assert refusal(decide(caseworker, score)) == (409, "score-suspended")


def test_a_challenge_is_to_be_acknowledged_within_thirty_days(caseworker, reviewer, score, steps):
    (challenge,) = reviewer.get("/v1/challenges").json()["challenges"]
    assert challenge["acknowledge_by"] == "2026-12-01"
    assert (challenge["state"], challenge["overdue"]) == ("opened", False)
    assert challenge["steps"] == ["acknowledge", "withdraw"]


@pytest.mark.parametrize(("day", "is_overdue"), [(29, False), (30, True)])
def test_a_challenge_nobody_acknowledged_in_time_is_overdue(council, steps, day, is_overdue):
    council.clock = lambda: NOW + timedelta(days=day)
    with council.client("reviewer") as reviewer:
        (challenge,) = reviewer.get("/v1/challenges").json()["challenges"]
        assert challenge["overdue"] is is_overdue
        reviewer.post(steps, json={"step": "acknowledge"})
        (challenge,) = reviewer.get("/v1/challenges").json()["challenges"]
    assert challenge["overdue"] is False


def test_an_upheld_challenge_ends_the_use_of_its_score(caseworker, reviewer, score, steps):
    assert close(reviewer, steps, UPHELD)["closed_by_role"] == "reviewer"
    assert refusal(decide(caseworker, score)) == (409, "challenge-upheld")
    found = caseworker.get(f"/v1/scores/{score}").json()
    assert found["oversight"]["obstacles"] == ["challenge-upheld"]


@pytest.mark.parametrize("step", [REJECTED, {"step": "withdraw"}])
def test_a_score_is_in_use_again_once_its_challenge_is_rejected_or_withdrawn(
    caseworker, reviewer, score, steps, step
):
    close(reviewer, steps, step)
    assert decide(caseworker, score).status_code == 201
    assert reviewer.get("/v1/challenges").json() == {"challenges": []}


def test_a_second_open_challenge_keeps_a_score_suspended(caseworker, reviewer, score, steps):
    caseworker.post(f"/v1/scores/{score}/challenges", json=OBJECTION)
    close(reviewer, steps, REJECTED)
    assert refusal(decide(caseworker, score)) == (409, "score-suspended")


def test_an_outcome_comes_after_the_acknowledgement_and_is_the_last_step(reviewer, steps):
    assert refusal(reviewer.post(steps, json=UPHELD)) == (409, "wrong-state")
    close(reviewer, steps, REJECTED)
    assert refusal(reviewer.post(steps, json=UPHELD)) == (409, "wrong-state")


def test_an_outcome_needs_a_reason(reviewer, steps):
    answer = reviewer.post(steps, json={"step": "uphold", "reason": " "})
    assert (answer.status_code, answer.json()["faults"][0]["place"]) == (422, "reason")


@pytest.mark.parametrize("role", ["caseworker", "caseworker_system", "board_member"])
def test_only_a_reviewer_takes_steps(council, steps, role):
    with council.client(role) as client:
        assert client.post(steps, json={"step": "acknowledge"}).status_code == 403


def as_role(council, key, role):
    with writing(council.engine) as connection:
        connection.execute(
            update(api_keys).where(api_keys.c.key_id == key.split("_")[1]).values(role=role)
        )


@pytest.mark.parametrize("part", ["opener", "decider"])
def test_whoever_had_a_part_in_it_cannot_close_a_challenge(
    council, caseworker, reviewer, score, part
):
    key = other_key(council, "The other desk", Role.CASEWORKER)
    council.keys["other"] = key
    with council.client("other") as other:
        if part == "decider":
            decide(other, score)
        by = other if part == "opener" else caseworker
        made = by.post(f"/v1/scores/{score}/challenges", json=OBJECTION).json()
    as_role(council, key, "reviewer")
    steps = f"/v1/challenges/{made['challenge_id']}/steps"
    with council.client("other") as other:
        assert other.post(steps, json={"step": "acknowledge"}).status_code == 200
        for step in (UPHELD, REJECTED, {"step": "withdraw"}):
            assert refusal(other.post(steps, json=step)) == (403, "reviewer-involved")
    assert reviewer.post(steps, json=UPHELD).status_code == 200


def test_a_second_key_of_the_same_holder_does_not_help(council, steps):
    council.keys["second"] = other_key(council, "The caseworker", Role.REVIEWER)
    with council.client("second") as second:
        second.post(steps, json={"step": "acknowledge"})
        assert refusal(second.post(steps, json=UPHELD)) == (403, "reviewer-involved")


def test_a_challenge_of_another_purpose_is_not_found(council, reviewer, steps):
    with writing(council.engine) as connection:
        connection.execute(update(api_keys).values(purposes=["housing_standards"]))
    assert reviewer.get("/v1/challenges").json() == {"challenges": []}
    assert reviewer.post(steps, json={"step": "acknowledge"}).status_code == 404


def test_every_step_is_in_the_audit_log_and_no_text_is(council, reviewer, steps):
    close(reviewer, steps, UPHELD)
    with reading(council.engine) as connection:
        actions = set(connection.scalars(select(audit_entries.c.action)))
        details = "".join(connection.scalars(select(audit_payloads.c.details)))
    assert actions >= {"challenge.opened", "challenge.acknowledged", "challenge.upheld"}
    assert "statement_sha256" in details
    assert STATEMENT not in details
    assert UPHELD["reason"] not in details
    assert verify(council.engine).ok


def test_services_learn_of_a_challenge_by_the_generation(council, caseworker, score):
    def generation():
        with reading(council.engine) as connection:
            return current_generation(connection)

    before = generation()
    caseworker.post(f"/v1/scores/{score}/challenges", json=OBJECTION)
    assert generation() > before


def test_an_expired_score_can_still_be_challenged(council, score):
    council.clock = lambda: NOW + timedelta(days=90)
    with council.client() as later:
        answer = later.post(f"/v1/scores/{score}/challenges", json=OBJECTION)
    assert answer.status_code == 201


def test_a_statement_that_says_nothing_is_refused(caseworker, score):
    body = {"ground": "unfair", "statement": "   "}
    assert caseworker.post(f"/v1/scores/{score}/challenges", json=body).status_code == 422


def test_a_score_that_is_not_there_cannot_be_challenged(caseworker, council):
    answer = caseworker.post("/v1/scores/nonsense/challenges", json=OBJECTION)
    assert answer.status_code == 404
    with reading(council.engine) as connection:
        assert connection.scalars(select(scores.c.score_id)).all() == []
