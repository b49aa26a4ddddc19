"""A disputed input: flagged, scored again with what is stated, both kept; and how a dispute ends."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from features.store import FeatureStore
from hearth.audit_log import AuditLog, verify
from hearth.errors import NotFoundError, StateError, UnusableInputError
from hearth.identity import Identity, Role
from hearth.storage.engine import reading, writing
from hearth.storage.schema import scores
from serving.scores.served_models import served_model
from serving.subjects.objections import restrict
from serving.subjects.rectification import dispute_input, settle_dispute

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MODEL, OURS, FEATURE = "school_readiness", "100012345678", "arrears_count_12m"
SCORES = f"/v1/models/{MODEL}/scores"
OFFICER = Identity("key2", "Records", Role.INFORMATION_GOVERNANCE)


@pytest.fixture
def store(council):
    return FeatureStore(council.settings.store_url)


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def dispute(council, store, *, feature=FEATURE, stated=0.0, entity_id=OURS):
    return dispute_input(
        council.engine,
        store,
        served_model(council.engine, MODEL),
        entity_id,
        feature,
        stated=stated,
        reason="letter 45",
        identity=OFFICER,
        audit=AuditLog(council.engine, lambda: NOW),
        now=NOW,
    )


def settle(council, store, outcome):
    audit = AuditLog(council.engine, lambda: NOW)
    settle_dispute(
        council.engine,
        store,
        OURS,
        MODEL,
        FEATURE,
        outcome=outcome,
        actor="key2",
        audit=audit,
        now=NOW,
    )


def payloads(council):
    with reading(council.engine) as connection:
        return list(connection.scalars(select(scores.c.payload).order_by(scores.c.created_at)))


def test_both_scores_are_kept_under_one_reference(client, council, store):
    before = client.post(SCORES, json={"subject": OURS}).json()
    made = dispute(council, store)
    found = {one["answer"]["score_id"]: one for one in payloads(council)}
    assert set(found) == {before["score_id"], made.score_id}
    assert found[before["score_id"]]["values"][FEATURE] == 3.0
    assert found[made.score_id]["values"][FEATURE] == 0.0
    assert found[made.score_id]["answer"]["subject_ref"] == before["subject_ref"]


def test_the_second_score_says_what_it_is(council, store):
    made = dispute(council, store)
    (answer,) = (one["answer"] for one in payloads(council))
    assert "what the subject states" in answer["caveats"][0]
    assert answer["data_quality"]["flags"] == [f"disputed:{FEATURE}"]
    assert answer["score_id"] == made.score_id
    assert verify(council.engine).ok


def test_where_nothing_is_stated_no_second_score_is_made(council, store):
    assert dispute(council, store, stated=None).score_id is None
    assert payloads(council) == []


def test_a_subject_who_objected_is_not_scored_for_the_dispute_either(council, store):
    audit = AuditLog(council.engine, lambda: NOW)
    with writing(council.engine) as connection:
        restrict(
            connection, OURS, "objection", model=None, reason="r", actor="k", audit=audit, now=NOW
        )
    assert dispute(council, store).score_id is None


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"feature": "shoe_size"}, NotFoundError),
        ({"entity_id": "100000000001"}, NotFoundError),
        ({"feature": "tenure_tenure", "stated": "castle"}, UnusableInputError),
    ],
)
def test_what_cannot_be_disputed_leaves_nothing_on_record(council, store, wrong, error):
    entries = verify(council.engine).rows
    with pytest.raises(error) as raised:
        dispute(council, store, **wrong)
    assert verify(council.engine).rows == entries
    assert "castle" not in str(raised.value)


def test_an_upheld_dispute_mends_the_store_at_once(client, council, store):
    dispute(council, store)
    settle(council, store, "upheld")
    assert store.get(MODEL, OURS).values[FEATURE] == 0.0
    assert client.post(SCORES, json={"subject": OURS}).json()["data_quality"]["flags"] == []


def test_an_upheld_dispute_without_a_value_leaves_it_unrecorded(council, store):
    dispute(council, store, stated=None)
    settle(council, store, "upheld")
    assert store.get(MODEL, OURS).values[FEATURE] is None


def test_a_rejected_dispute_leaves_the_record(council, store):
    dispute(council, store)
    settle(council, store, "rejected")
    assert store.get(MODEL, OURS).values[FEATURE] == 3.0
    with pytest.raises(NotFoundError):
        settle(council, store, "rejected")


def test_a_version_that_changed_meanwhile_scores_nothing(council, store, model_maker, publisher):
    served = served_model(council.engine, MODEL)
    publisher(council.engine, model_maker(seed=2), version="4")
    audit = AuditLog(council.engine, lambda: NOW)
    with pytest.raises(StateError):
        dispute_input(
            council.engine, store, served, OURS, FEATURE, stated=0.0, reason="r",
            identity=OFFICER, audit=audit, now=NOW,
        )  # fmt: skip


def test_the_log_holds_neither_the_stated_value_nor_the_subject(council, store):
    dispute(council, store, stated=918273645.0)
    with reading(council.engine) as connection:
        said = json.dumps(
            [
                list(row)
                for row in connection.exec_driver_sql("SELECT subject, details FROM audit_payloads")
            ]
        )
    assert OURS not in said
    assert "918273645" not in said
