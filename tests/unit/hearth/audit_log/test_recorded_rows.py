"""Scores and decisions altered in their tables, the log left as it was: verifying says which."""

from datetime import UTC, date, datetime

import pytest
from msgspec import Raw
from sqlalchemy import delete, text, update

from hearth.audit_log import AuditLog, AuditWriter, Event, Row, append
from hearth.audit_log.recorded_rows import decision_sha256
from hearth.digest import sha256_of
from hearth.storage.engine import writing
from hearth.storage.schema import decisions, scores

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
PAYLOAD = b'{"answer":{"probability":0.25},"area":"\xc3\xa9","values":{"a":1e-05}}'


def score_of(number):
    named = {"score_id": f"s{number}", "model": "licensing", "version": "1"}
    event = Event(
        "score.made", "key1", f"p{number}", {**named, "payload_sha256": sha256_of(PAYLOAD)}
    )
    others = {"subject_ref": f"p{number}", "as_of": date(2026, 11, 1), "payload": Raw(PAYLOAD)}
    return event, Row(scores, {**named, **others, "created_at": NOW, "key_id": "key1"})


def decision_of(number):
    told = {
        "decision_id": f"d{number}",
        "score_id": f"s{number}",
        "outcome": "override",
        "reason_code": "other",
        "role": "caseworker",
    }
    texts = {"reason": "Seen", "considered": None, "viewed_at": None, "decided_at": NOW}
    event = Event(
        "score.decided", "key1", f"p{number}", {**told, "row_sha256": decision_sha256(texts)}
    )
    return event, Row(decisions, {**told, **texts, "key_id": "key1"})


@pytest.fixture
def audit(records, clock):
    with AuditWriter(records, clock) as writer:
        for number in (1, 2, 3):  # entries 1 to 6: a score, then its decision
            for made in (score_of(number), decision_of(number)):
                writer.submit(made[0], [made[1]]).result(30)
    return AuditLog(records, clock)


def change(audit, statement):
    with writing(audit.engine) as connection:
        connection.execute(statement)
    return audit.verify()


def test_rows_as_they_were_recorded_are_borne_out(audit):
    assert (audit.verify().ok, audit.verify().rows) == (True, 6)


SCORE, DECISION = update(scores).where(scores.c.score_id == "s2"), update(decisions)
DECISION = DECISION.where(decisions.c.decision_id == "d2")


@pytest.mark.parametrize(
    ("statement", "first_bad", "reason"),
    [
        (SCORE.values(payload={"answer": {"probability": 0.01}}), 3, "payload"),
        (SCORE.values(version="2"), 3, "version"),
        (SCORE.values(subject_ref="p9"), 3, "subject_ref"),
        (SCORE.values(key_id="key9"), 3, "key_id"),
        (SCORE.values(payload={}, erased_by=6), 3, "no entry says so"),
        (DECISION.values(outcome="agree"), 4, "outcome"),
        (DECISION.values(reason="Not seen"), 4, "texts"),
        (DECISION.values(score_id="s1"), 4, "score_id"),
        (DECISION.values(audit_sequence=2), 4, "audit_sequence"),
        (delete(decisions).where(decisions.c.decision_id == "d2"), 4, "not in the table"),
    ],
)
def test_an_altered_row_is_named_by_its_entry(audit, statement, first_bad, reason):
    found = change(audit, statement)
    assert (found.ok, found.first_bad) == (False, first_bad)
    assert reason in found.reason


def test_a_time_that_is_none_is_named_too(audit):
    found = change(audit, text("UPDATE decisions SET decided_at = 'x' WHERE decision_id = 'd2'"))
    assert found.first_bad == 4


def test_a_deleted_score_is_named(audit):
    with writing(audit.engine) as connection:
        connection.execute(delete(decisions).where(decisions.c.score_id == "s2"))
        connection.execute(delete(scores).where(scores.c.score_id == "s2"))
    found = audit.verify()
    assert (found.ok, found.first_bad) == (False, 3)


def test_what_an_erasure_emptied_is_no_fault(audit):
    with writing(audit.engine) as connection:
        tombstone = append(connection, Event("subject.erased", "key1"), NOW)
        connection.execute(SCORE.values(payload={}, erased_by=tombstone.sequence))
        connection.execute(DECISION.values(reason=None))
    assert audit.verify().ok
