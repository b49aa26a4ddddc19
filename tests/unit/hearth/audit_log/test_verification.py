"""Tampering as someone who holds the database could do it, triggers and all switched off."""

from contextlib import contextmanager

import pytest
from sqlalchemy import delete, insert, select, text, update

from hearth.audit_log import AuditEntry, AuditLog, erase_payloads
from hearth.audit_log.chain import HASHED, hash_entry
from hearth.audit_log.verification import first_stray
from hearth.storage.columns import instant_text
from hearth.storage.engine import reading, writing
from hearth.storage.schema import audit_entries, audit_payloads


@pytest.fixture
def audit(records, clock):
    log = AuditLog(records, clock)
    for number in range(6):
        log.append("score.made", actor="key1", subject=f"p{number}", details={"n": number})
    return log


@contextmanager
def tampering(audit):
    """Connection with the database's own guards taken down."""
    with writing(audit.engine) as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = ON"))
            connection.execute(text("DROP TRIGGER audit_entries_are_never_changed"))
            connection.execute(text("DROP TRIGGER audit_entries_are_never_removed"))
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = DEFAULT"))


def entry(connection, sequence):
    found = connection.execute(
        select(audit_entries).where(audit_entries.c.sequence == sequence)
    ).mappings()
    return dict(found.one())


def test_an_untouched_log_verifies_and_gives_its_head(audit):
    found = audit.verify()
    assert (found.ok, found.rows, found.first_bad, found.reason) == (True, 6, None, None)
    assert found.head.sequence == 6


def test_strays_are_looked_for_in_one_pass_of_the_log(audit):
    if audit.engine.dialect.name != "postgresql":
        pytest.skip("SQLite looks each entry up by its key, however it is asked")
    query = first_stray().compile(audit.engine)
    with reading(audit.engine) as connection:
        plan = connection.scalars(text(f"EXPLAIN {query}")).all()
    assert any("Anti Join" in line for line in plan), plan
    assert not any("SubPlan" in line for line in plan), plan


def test_an_empty_log_verifies_and_has_no_head(records, clock):
    found = AuditLog(records, clock).verify()
    assert (found.ok, found.rows, found.head) == (True, 0, None)


@pytest.mark.parametrize("column", ["action", "actor", "payload_hash", "entry_hash"])
def test_an_edited_entry_is_named(audit, column):
    with tampering(audit) as connection:
        edit = update(audit_entries).where(audit_entries.c.sequence == 3)
        connection.execute(edit.values({column: "f" * 64}))
    found = audit.verify()
    assert (found.ok, found.first_bad, found.rows) == (False, 3, 3)
    assert "edited" in found.reason


def test_an_entry_moved_in_time_is_named(audit):
    with tampering(audit) as connection:
        connection.execute(
            text("UPDATE audit_entries SET recorded_at = '2026-11-02 yesterday' WHERE sequence = 4")
        )
    assert audit.verify().first_bad == 4


def test_an_edited_entry_with_its_hash_made_anew_breaks_the_next(audit):
    with tampering(audit) as connection:
        forged = entry(connection, 3) | {"actor": "key9"}
        text_of = forged | {"recorded_at": instant_text(forged["recorded_at"])}
        forged["entry_hash"] = hash_entry([text_of[name] for name in HASHED])
        edit = update(audit_entries).where(audit_entries.c.sequence == 3)
        connection.execute(edit.values(forged))
    found = audit.verify()
    assert found.first_bad == 4
    assert "does not continue entry 3" in found.reason


def test_deleted_entries_are_named(audit):
    with tampering(audit) as connection:
        for table in (audit_payloads, audit_entries):
            connection.execute(delete(table).where(table.c.sequence.in_([3, 4])))
    found = audit.verify()
    assert (found.first_bad, found.head.sequence) == (3, 2)
    assert "3 to 4 are missing" in found.reason


def test_one_deleted_entry_is_named_alone(audit):
    with tampering(audit) as connection:
        for table in (audit_payloads, audit_entries):
            connection.execute(delete(table).where(table.c.sequence == 3))
    assert audit.verify().reason.startswith("entry 3 is missing")


def test_a_deleted_entry_closed_up_by_renumbering_is_named(audit):
    with tampering(audit) as connection:
        for table in (audit_payloads, audit_entries):
            connection.execute(delete(table).where(table.c.sequence == 3))
            for sequence in (4, 5, 6):
                move = update(table).where(table.c.sequence == sequence)
                connection.execute(move.values(sequence=sequence - 1))
    assert audit.verify().first_bad == 3


@pytest.mark.parametrize("sequence", [0, 4, 7])
def test_an_inserted_entry_is_named(audit, sequence):
    with tampering(audit) as connection:
        copied = entry(connection, 2)
        for later in range(6, sequence - 1, -1) if sequence else ():
            for table in (audit_payloads, audit_entries):
                move = update(table).where(table.c.sequence == later)
                connection.execute(move.values(sequence=later + 1))
        changed = {"sequence": sequence, "previous_hash": "a" * 64, "entry_hash": "b" * 64}
        connection.execute(insert(audit_entries).values(copied | changed))
    assert audit.verify().first_bad == sequence


@pytest.mark.parametrize("change", [{"details": "{}"}, {"subject": "p9"}, {"salt": b"0" * 32}])
def test_an_edited_payload_is_named(audit, change):
    with writing(audit.engine) as connection:
        connection.execute(
            update(audit_payloads).where(audit_payloads.c.sequence == 5).values(change)
        )
    found = audit.verify()
    assert found.first_bad == 5
    assert "payload of entry 5" in found.reason


def test_a_payload_deleted_off_the_record_is_named(audit):
    with writing(audit.engine) as connection:
        connection.execute(delete(audit_payloads).where(audit_payloads.c.sequence == 5))
    assert "deleted without a record" in audit.verify().reason


def test_a_payload_marked_erased_off_the_record_is_named(audit):
    with writing(audit.engine) as connection:
        connection.execute(
            update(audit_payloads)
            .where(audit_payloads.c.sequence == 2)
            .values(salt=None, subject=None, details=None, erased_by=6)
        )
    found = audit.verify()
    assert found.first_bad == 2
    assert "no entry says so" in found.reason


def test_the_record_of_an_erasure_cannot_be_edited_to_cover_more(audit):
    with writing(audit.engine) as connection:
        erase_payloads(connection, [1], actor="key2", reason="asked for", now=audit.clock())
        connection.execute(
            update(audit_payloads)
            .where(audit_payloads.c.sequence == 2)
            .values(salt=None, subject=None, details=None, erased_by=7)
        )
        connection.execute(
            update(audit_payloads)
            .where(audit_payloads.c.sequence == 7)
            .values(details='{"reason":"asked for","sequences":[1,2]}')
        )
    assert audit.verify().first_bad == 7


@pytest.mark.parametrize("details", ["not JSON", "[]", '{"sequences":3}', '{"sequences":[[1]]}'])
def test_a_spoilt_record_of_an_erasure_is_found_and_not_fallen_over(audit, details):
    with writing(audit.engine) as connection:
        erase_payloads(connection, [1], actor="key2", reason="asked for", now=audit.clock())
        connection.execute(
            update(audit_payloads).where(audit_payloads.c.sequence == 7).values(details=details)
        )
    assert audit.verify().first_bad == 1


def test_a_payload_without_an_entry_is_named(audit):
    with tampering(audit) as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("PRAGMA defer_foreign_keys = OFF"))
        else:
            connection.execute(insert(audit_payloads).values(sequence=99))
    found = audit.verify()
    expected = None if audit.engine.dialect.name == "sqlite" else 99
    assert found.first_bad == expected


def test_a_cut_off_end_shows_only_against_a_head_kept_elsewhere(audit):
    kept = audit.verify().head
    with tampering(audit) as connection:
        for table in (audit_payloads, audit_entries):
            connection.execute(delete(table).where(table.c.sequence > 4))
    assert audit.verify().ok
    found = audit.verify(known=[kept])
    assert (found.ok, found.first_bad) == (False, 5)
    assert "cut off" in found.reason


def test_a_rewritten_log_shows_only_against_a_head_kept_elsewhere(audit):
    kept = audit.verify().head
    with tampering(audit) as connection:
        for table in (audit_payloads, audit_entries):
            connection.execute(delete(table).where(table.c.sequence > 4))
    audit.append("score.made", actor="key1")
    audit.append("score.made", actor="key1")
    assert audit.verify().ok
    assert "rewritten" in audit.verify(known=[kept]).reason


def test_a_log_that_grew_past_the_head_kept_elsewhere_verifies(audit):
    kept = audit.verify().head
    audit.append("score.made", actor="key1")
    assert audit.verify(known=[kept]).ok


def test_a_head_that_was_never_in_the_log_is_not_believed(audit):
    assert audit.verify(known=[AuditEntry(2, "a" * 64)]).first_bad == 2


def test_bytes_that_are_no_text_are_named_and_not_repeated(audit):
    if audit.engine.dialect.name != "sqlite":
        return  # PostgreSQL keeps no such bytes in text
    with writing(audit.engine) as connection:
        connection.execute(
            text("UPDATE audit_payloads SET subject = CAST(x'6d61726b6564ff' AS TEXT)")
        )
    found = audit.verify()
    assert not found.ok
    assert "marked" not in found.reason


def test_verifying_changes_nothing(audit):
    audit.verify()
    with reading(audit.engine) as connection:
        assert len(connection.execute(select(audit_entries)).all()) == 6
