"""Laws of the audit log: what was written verifies, and no single change goes unseen."""

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import String, select, text, type_coerce, update

from hearth.audit_log import AuditEntry, Event, append_all, erase_payloads, verify
from hearth.storage.database import open_records
from hearth.storage.engine import reading, writing
from hearth.storage.schema import audit_entries, audit_payloads

START = datetime(2026, 11, 2, tzinfo=UTC)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
EVENTS = st.builds(
    Event,
    action=st.sampled_from(["score.made", "decision.made"]),
    actor=st.sampled_from(["key1", "key2"]),
    subject=st.none() | TEXT,
    details=st.dictionaries(TEXT, VALUES, max_size=3),
)
GROUPS = st.lists(st.lists(EVENTS, min_size=1, max_size=4), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A migrated database, copied for each example: quicker than migrating anew."""
    file = tmp_path_factory.mktemp("audit") / "empty.db"
    engine = open_records(f"sqlite:///{file}")
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return file


@pytest.fixture(scope="module")
def fresh(empty):
    """Makes a log of groups of events, each group one transaction, and returns its engine."""
    file, opened = empty.with_name("example.db"), []

    def make(groups):
        for engine in opened:
            engine.dispose()
        for left in empty.parent.glob("example.db*"):
            left.unlink()
        shutil.copy(empty, file)
        engine = open_records(f"sqlite:///{file}")
        opened[:] = [engine]
        for number, group in enumerate(groups):
            with writing(engine) as connection:
                append_all(connection, group, START + timedelta(seconds=number))
        return engine

    yield make
    for engine in opened:
        engine.dispose()


def contents(engine, table):
    columns = [type_coerce(c, String) if c.name == "recorded_at" else c for c in table.c]
    with reading(engine) as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


@given(groups=GROUPS)
def test_whatever_is_written_verifies(fresh, groups):
    found = verify(fresh(groups))
    assert found.ok, found.reason
    assert found.rows == found.head.sequence == sum(map(len, groups))


@given(groups=GROUPS, data=st.data())
def test_the_chain_verifies_whatever_payloads_are_erased(fresh, groups, data):
    engine, rows = fresh(groups), sum(map(len, groups))
    gone = data.draw(st.sets(st.integers(1, rows), min_size=1))
    with writing(engine) as connection:
        erase_payloads(connection, gone, actor="key9", reason="asked for", now=START)
    found = verify(engine)
    assert (found.ok, found.erased, found.rows) == (True, len(gone), rows + 1)


@given(groups=GROUPS, data=st.data())
def test_one_changed_cell_is_found_where_it_is(fresh, groups, data):
    engine, rows = fresh(groups), sum(map(len, groups))
    table = data.draw(st.sampled_from([audit_entries, audit_payloads]))
    column = data.draw(st.sampled_from([c.name for c in table.c if c.name != "sequence"]))
    sequence = data.draw(st.integers(1, rows))
    before = contents(engine, table)
    change = data.draw(changes(column))
    with writing(engine) as connection:
        connection.execute(text("DROP TRIGGER audit_entries_are_never_changed"))
        connection.execute(
            text(f"UPDATE {table.name} SET {column} = :change WHERE sequence = :sequence"),
            {"change": change, "sequence": sequence},
        )
    found = verify(engine)
    if contents(engine, table) == before:
        assert found.ok
    else:
        assert found.first_bad == sequence


@given(groups=GROUPS, data=st.data())
def test_one_entry_taken_out_is_found_where_it_was(fresh, groups, data):
    engine, rows = fresh(groups), sum(map(len, groups))
    kept = verify(engine).head
    gone = data.draw(st.integers(1, rows))
    with writing(engine) as connection:
        connection.execute(text("DROP TRIGGER audit_entries_are_never_removed"))
        for table in ("audit_payloads", "audit_entries"):
            connection.execute(text(f"DELETE FROM {table} WHERE sequence = {gone}"))
    assert verify(engine, known=[kept]).first_bad == gone


@given(groups=GROUPS, data=st.data())
def test_every_earlier_head_still_stands(fresh, groups, data):
    engine = fresh(groups)
    heads = contents(engine, audit_entries)
    head = data.draw(st.sampled_from(heads))
    assert verify(engine, known=[AuditEntry(head[0], head[-1])]).ok


@given(groups=GROUPS)
def test_an_erased_payload_cannot_be_put_back_with_other_words(fresh, groups):
    engine = fresh(groups)
    with writing(engine) as connection:
        erase_payloads(connection, [1], actor="key9", reason="asked for", now=START)
        connection.execute(
            update(audit_payloads)
            .where(audit_payloads.c.sequence == 1)
            .values(salt=b"0" * 32, details="{}", erased_by=None)
        )
    assert verify(engine).first_bad == 1


def changes(column):
    """Values that the database lets stand in a column, that are not likely what is there."""
    if column == "salt":
        return st.binary(max_size=32) | st.none()
    if column == "erased_by":
        return st.just(1)
    nullable = column in {"subject", "details"}
    return TEXT | st.none() if nullable else TEXT
