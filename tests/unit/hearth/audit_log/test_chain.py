from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from hearth.audit_log import AuditLog, Event, append, append_all
from hearth.audit_log.chain import hash_entry, payload_content
from hearth.digest import canonical_json, sha256_of
from hearth.errors import AuditError
from hearth.storage.engine import reading, writing
from hearth.storage.schema import audit_entries, audit_payloads

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MADE = Event("score.made", "key1", "pseudonym1", {"probability": 0.25})


def test_each_entry_holds_the_hash_of_the_one_before(records):
    with writing(records) as connection:
        first, second = append_all(connection, [MADE, MADE], NOW)
    with reading(records) as connection:
        previous = connection.scalars(
            select(audit_entries.c.previous_hash).order_by(audit_entries.c.sequence)
        ).all()
    assert previous == ["0" * 64, first.entry_hash]
    assert (first.sequence, second.sequence) == (1, 2)


def test_an_entry_is_hashed_in_a_format_that_never_changes(records):
    with writing(records) as connection:
        append(connection, MADE, NOW)
        payload_hash = connection.scalar(select(audit_entries.c.payload_hash))
        entry_hash = connection.scalar(select(audit_entries.c.entry_hash))
    written = (
        '{"action":"score.made","actor":"key1","format":"hearth-audit-1",'
        f'"payload_hash":"{payload_hash}","previous_hash":"{"0" * 64}",'
        '"recorded_at":"2026-11-02T09:00:00.000000Z","sequence":1}'
    )
    assert entry_hash == sha256_of(written.encode())


def test_two_entries_of_the_same_event_have_different_payload_hashes(records):
    with writing(records) as connection:
        append_all(connection, [MADE, MADE], NOW)
        hashes = connection.scalars(select(audit_entries.c.payload_hash)).all()
    assert len(set(hashes)) == 2


def test_an_entry_goes_with_the_transaction_it_joined(records, clock):
    audit = AuditLog(records, clock)

    def act_and_fail():
        with writing(records) as connection:
            audit.append("score.made", actor="key1", connection=connection)
            raise LookupError

    with pytest.raises(LookupError):
        act_and_fail()
    assert audit.append("score.made", actor="key1").sequence == 1


def test_appending_nothing_adds_nothing(records):
    with writing(records) as connection:
        assert append_all(connection, [], NOW) == []


@pytest.mark.parametrize("change", [update(audit_entries).values(actor="b"), delete(audit_entries)])
def test_the_database_refuses_to_change_or_remove_an_entry(records, change):
    with writing(records) as connection:
        append(connection, MADE, NOW)
    with pytest.raises(DBAPIError, match="audit entries are never"), writing(records) as connection:
        connection.execute(change)


@pytest.mark.postgres
def test_postgresql_refuses_to_truncate_the_entries(records):
    if records.dialect.name == "sqlite":
        return
    with pytest.raises(DBAPIError, match="never"), writing(records) as connection:
        connection.execute(text("TRUNCATE audit_entries CASCADE"))


@pytest.mark.parametrize("action", ["", "Score made", "é", "a" * 65])
def test_an_action_that_is_no_name_is_refused(action):
    with pytest.raises(AuditError, match="not a name"):
        Event(action, "key1")


@pytest.mark.parametrize("actor", ["", "a" * 65])
def test_an_event_needs_an_actor_that_fits(actor):
    with pytest.raises(AuditError, match="actor"):
        Event("score.made", actor)


@pytest.mark.parametrize("value", [float("nan"), {"marked"}, NOW])
def test_details_that_json_cannot_say_are_refused_without_repeating_them(records, value):
    with (
        pytest.raises(AuditError, match="details of an audit event") as refusal,
        writing(records) as connection,
    ):
        append(connection, Event("score.made", "key1", details={"a": value}), NOW)
    assert str(value) not in str(refusal.value)


def test_a_payload_is_kept_as_it_was_hashed(records):
    with writing(records) as connection:
        append(connection, Event("score.made", "key1", None, {"b": "ü", "a": 0.1}), NOW)
        assert connection.scalar(select(audit_payloads.c.details)) == '{"a":0.1,"b":"ü"}'


@pytest.mark.parametrize("subject", [None, "p1", 'quo"te', "back\\slash", "é\u2028\x01"])
def test_what_is_hashed_is_canonical_json(subject):
    details = '{"a":"\\"ü"}'
    assert payload_content(subject, details) == canonical_json(
        {"details": details, "subject": subject}
    )


@pytest.mark.parametrize("wrong", [None, b"key1", 7])
def test_no_hash_is_made_of_what_no_entry_holds(wrong):
    with pytest.raises(TypeError):
        hash_entry([1, "2026", "score.made", wrong, "a" * 64, "b" * 64])
