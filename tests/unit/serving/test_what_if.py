"""What the model would make of a record that said otherwise."""

import pytest
from sqlalchemy import func, select

from hearth.audit_log import AuditLog
from hearth.storage.engine import reading
from hearth.storage.schema import scores

WHAT_IF = "/v1/models/school_readiness/what-if"
KNOWN = "100012345678"
HOURS, CONTACTS = "early_education_sum_hours_12m", "contacts_count_24m"


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def test_two_sums_of_the_model_stand_beside_each_other(client, council):
    found = client.post(WHAT_IF, json={"subject": KNOWN, "changes": {HOURS: 560}}).json()
    score = "/v1/models/school_readiness/scores"
    before = client.post(score, json={"subject": KNOWN}).json()
    values = client.app.state.service.store.get("school_readiness", KNOWN).values
    after = client.post(score, json={"values": values | {HOURS: 560}}).json()
    assert (found["before"], found["after"]) == (before["score"], after["score"])
    assert found["changes"] == [{"name": HOURS, "before": 120.0, "after": 560}]
    assert found["reasons"][0]["code"] == "early_education"


def test_it_says_that_it_foretells_nothing_and_is_no_score(client, council):
    found = client.post(WHAT_IF, json={"subject": KNOWN, "changes": {HOURS: 560}}).json()
    assert "does not say what would happen" in found["caveats"][0]
    assert "nobody may decide" in found["caveats"][1]
    assert "score_id" not in found
    with reading(council.engine) as connection:
        assert connection.scalar(select(func.count()).select_from(scores)) == 0


def test_the_asking_is_on_record_without_the_value(client, council):
    client.post(WHAT_IF, json={"subject": KNOWN, "changes": {HOURS: 561.25}})
    (entry,) = AuditLog(council.engine, council.clock).recorded("what_if.asked")
    assert entry.details["features"] == [HOURS]
    assert "561" not in str(entry.details)


@pytest.mark.parametrize(
    "changes",
    [
        {"arrears_count_12m": 0},
        {"tenure_tenure": "owned"},
        {"MARK_FIELD": 1},
        {HOURS: "MARK"},
        {HOURS: -99999},
        {HOURS: 1e300},
        {HOURS: None},
        {},
        [],
    ],
)
def test_only_what_help_can_change_is_varied_and_to_values_it_can_have(client, changes):
    answer = client.post(WHAT_IF, json={"subject": KNOWN, "changes": changes})
    assert answer.status_code == 422
    assert "MARK" not in answer.text


def test_a_restricted_source_is_varied_only_by_who_may_see_it(council, client):
    body = {"subject": KNOWN, "changes": {CONTACTS: 0}}
    assert client.post(WHAT_IF, json=body).status_code == 200
    with council.client("caseworker_system") as system:
        assert system.post(WHAT_IF, json=body).status_code == 422
        shown = system.post(WHAT_IF, json={"subject": KNOWN, "changes": {HOURS: 560}})
    assert "contacts" not in shown.text


def test_a_value_that_no_record_has_held_is_refused_and_not_repeated(client):
    answer = client.post(WHAT_IF, json={"subject": KNOWN, "changes": {HOURS: 98765}})
    assert answer.status_code == 422
    assert "outside the range" in answer.json()["faults"][0]["found"]
    assert "98765" not in answer.text


def test_a_change_that_the_model_makes_nothing_of_is_said_to_be_none(client):
    unmoved = "makes no difference"
    same = client.post(WHAT_IF, json={"subject": KNOWN, "changes": {HOURS: 120}}).json()
    assert any(unmoved in caveat for caveat in same["caveats"])
    moved = client.post(WHAT_IF, json={"subject": KNOWN, "changes": {HOURS: 560}}).json()
    assert not any(unmoved in caveat for caveat in moved["caveats"])


def test_given_values_are_varied_too(client):
    values = client.app.state.service.store.get("school_readiness", KNOWN).values
    answer = client.post(WHAT_IF, json={"values": values, "changes": {HOURS: 560}})
    assert (answer.status_code, answer.json()["subject_ref"]) == (200, None)


def test_who_reads_no_reasons_asks_no_what_if(council):
    with council.client("board_member") as client:
        body = {"subject": KNOWN, "changes": {HOURS: 560}}
        assert client.post(WHAT_IF, json=body).status_code == 403


def test_a_model_says_what_of_it_may_be_varied(client):
    features = client.get("/v1/models/school_readiness").json()["features"]
    assert [f["name"] for f in features if f["changeable"]] == [HOURS, CONTACTS]
