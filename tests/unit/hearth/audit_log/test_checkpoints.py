"""Whoever holds the database can rewrite it; signed heads outside it say so, and where."""

import json
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, delete, insert, select, text, update

from hearth.audit_log import AuditEntry, AuditLog, AuditWriter, Event
from hearth.audit_log.chain import HASHED, hash_entry, hash_payload, payload_content
from hearth.audit_log.checkpoints import FILE, add_checkpoint, heads_of, read_checkpoints
from hearth.audit_log.keeper import CheckpointKeeper
from hearth.audit_log.signing import open_signer, read_public_keys
from hearth.errors import AuditError
from hearth.storage.columns import instant_text
from hearth.storage.schema import audit_entries, audit_payloads

NOW = datetime(2026, 11, 2, tzinfo=UTC)
SIGNED = (2, 5)
"""Entries, of the log of six below, at which a checkpoint was made."""
POSTGRESQL_GUARDS = (
    "DROP TRIGGER audit_entries_are_never_changed ON audit_entries",
    "ALTER TABLE audit_payloads DROP CONSTRAINT fk_audit_payloads_sequence",
    "ALTER TABLE audit_entries DROP CONSTRAINT uq_audit_entries_previous_hash",
)


@pytest.fixture
def signer(tmp_path):
    return open_signer(tmp_path / "keys" / "audit_key.pem")


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "witness"


@pytest.fixture
def audit(records, clock, signer, folder):
    log = AuditLog(records, clock)
    for number in range(1, 7):
        entry = log.append("score.made", actor="key1", subject=f"p{number}")
        if number in SIGNED:
            add_checkpoint(folder, signer, entry, NOW)
    return log


def verified(audit, folder, signer):
    return audit.verify(known=heads_of(read_checkpoints(folder, signer.public_keys)))


@contextmanager
def attacking(audit):
    """A connection of whoever owns the database, with none of its guards."""
    engine = create_engine(audit.engine.url)
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("CREATE TABLE mine AS SELECT * FROM audit_entries"))
            connection.execute(text("DROP TABLE audit_entries"))
            connection.execute(text("ALTER TABLE mine RENAME TO audit_entries"))
        else:
            for statement in POSTGRESQL_GUARDS:
                connection.execute(text(statement))
        yield connection
    engine.dispose()


def remove(connection, *sequences):
    for table in (audit_payloads, audit_entries):
        connection.execute(delete(table).where(table.c.sequence.in_(sequences)))


def edit(connection):
    connection.execute(
        update(audit_entries).where(audit_entries.c.sequence == 4).values(actor="key9")
    )


def drop_one(connection):
    remove(connection, 4)


def close_up(connection):
    remove(connection, 4)
    for table in (audit_payloads, audit_entries):
        for sequence in (5, 6):
            connection.execute(
                update(table).where(table.c.sequence == sequence).values(sequence=sequence - 1)
            )


def put_in(connection):
    """An entry 4 that continues entry 3 as it should, and those after it moved on by one."""
    for table in (audit_payloads, audit_entries):
        for sequence in (6, 5, 4):
            connection.execute(
                update(table).where(table.c.sequence == sequence).values(sequence=sequence + 1)
            )
    third = select(audit_entries.c.entry_hash).where(audit_entries.c.sequence == 3)
    salt, previous = b"0" * 32, connection.scalar(third)
    payload_hash = hash_payload(salt, payload_content(None, "{}"))
    hashed = [4, instant_text(NOW), "score.made", "key9", payload_hash, previous]
    values = dict(zip(HASHED, hashed, strict=True)) | {"recorded_at": NOW}
    values["entry_hash"] = hash_entry(hashed)
    connection.execute(insert(audit_entries).values(values))
    connection.execute(insert(audit_payloads).values(sequence=4, salt=salt, details="{}"))


def cut_off(connection):
    remove(connection, 4, 5, 6)


def rewrite(connection):
    """Another actor in entry 4, and every hash from there on computed anew: a chain without a flaw."""
    previous = None
    query = select(audit_entries).order_by(audit_entries.c.sequence)
    for row in connection.execute(query).mappings().all():
        forged = dict(row)
        if row["sequence"] >= 4:
            forged |= {"actor": "key9", "previous_hash": previous}
            stored = forged | {"recorded_at": instant_text(forged["recorded_at"])}
            forged["entry_hash"] = hash_entry([stored[name] for name in HASHED])
            connection.execute(
                update(audit_entries)
                .where(audit_entries.c.sequence == row["sequence"])
                .values(forged)
            )
        previous = forged["entry_hash"]


@pytest.mark.parametrize(
    ("attack", "first_bad", "word"),
    [
        (edit, 4, "edited"),
        (drop_one, 4, "deleted"),
        (close_up, 4, "1 entries were deleted here"),
        (put_in, 4, "inserted"),
        (cut_off, 4, "cut off"),
        (rewrite, 5, "rewritten, from some entry after 2 on"),
    ],
)
def test_every_attack_on_the_log_is_found_and_placed(
    audit, folder, signer, attack, first_bad, word
):
    with attacking(audit) as connection:
        attack(connection)
    found = verified(audit, folder, signer)
    assert (found.ok, found.first_bad) == (False, first_bad)
    assert word in found.reason


@pytest.mark.parametrize("attack", [cut_off, rewrite])
def test_without_checkpoints_a_clean_cut_or_rewriting_is_not_seen(audit, attack):
    with attacking(audit) as connection:
        attack(connection)
    assert audit.verify().ok


def test_an_untouched_log_is_borne_out_up_to_the_last_checkpoint(audit, folder, signer):
    found = verified(audit, folder, signer)
    assert (found.ok, found.witnessed) == (True, 5)


def test_somebody_else_verifies_with_the_public_key_alone(audit, folder, signer, tmp_path):
    public = tmp_path / "audit_key.pub"
    public.write_text(signer.public_text)
    found = read_checkpoints(folder / FILE, read_public_keys(public))
    assert [each.sequence for each in found] == list(SIGNED)


@pytest.mark.parametrize(
    "forgery", [{"entry_hash": "f" * 64}, {"sequence": 4}, {"signed_at": "2025"}, {"key_id": "0"}]
)
def test_a_forged_checkpoint_is_refused_by_its_line(audit, folder, signer, forgery):
    lines = (folder / FILE).read_text().splitlines()
    lines[1] = json.dumps(json.loads(lines[1]) | forgery)
    (folder / FILE).write_text("\n".join(lines) + "\n")
    with pytest.raises(AuditError, match=r"checkpoints\.jsonl:2: is no checkpoint signed with"):
        verified(audit, folder, signer)


def test_a_checkpoint_of_another_key_is_refused(audit, folder, tmp_path):
    other = open_signer(tmp_path / "other.pem")
    with pytest.raises(AuditError, match=f"signed with {other.key_id}"):
        read_checkpoints(folder, other.public_keys)


@pytest.mark.parametrize("line", ["not JSON", "{}", "[]", '{"sequence":1}', ""])
def test_a_line_that_is_no_checkpoint_is_named(audit, folder, signer, line):
    with (folder / FILE).open("a") as file:
        file.write(line + "\n")
    with pytest.raises(AuditError, match=r"jsonl:3: is no checkpoint"):
        read_checkpoints(folder, signer.public_keys)


def test_a_line_cut_short_by_a_power_cut_is_made_good_by_the_next(audit, folder, signer):
    with (folder / FILE).open("a") as file:
        file.write('{"sequence":6,"entry_h')
    assert len(read_checkpoints(folder, signer.public_keys)) == 2
    assert add_checkpoint(folder, signer, audit.verify().head, NOW)
    assert verified(audit, folder, signer).witnessed == 6


def test_what_is_signed_already_is_not_signed_again(audit, folder, signer):
    assert not add_checkpoint(folder, signer, AuditEntry(5, "a" * 64), NOW)
    assert len(read_checkpoints(folder, signer.public_keys)) == 2


def test_the_private_key_is_its_owners_alone_and_made_once(signer, tmp_path):
    path = tmp_path / "keys" / "audit_key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert open_signer(path).key_id == signer.key_id
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "content", [b"", b"-----BEGIN PUBLIC KEY-----\nxx\n-----END PUBLIC KEY-----"]
)
def test_a_file_that_holds_no_key_is_refused(tmp_path, content):
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    for read in (open_signer, read_public_keys):
        with pytest.raises(AuditError, match=r"key\.pem"):
            read(path)


def keeper(folder, signer, failures, read_head=lambda: AuditEntry(10, "a" * 64), **limits):
    return CheckpointKeeper(
        folder, signer, lambda: NOW, read_head, on_failure=failures.append, **limits
    )


def sequences(folder, signer):
    if not (folder / FILE).exists():
        return []
    return [each.sequence for each in read_checkpoints(folder, signer.public_keys)]


def wait_until(is_so):
    end = time.monotonic() + 20
    while not is_so() and time.monotonic() < end:
        time.sleep(0.01)
    assert is_so()


def test_a_checkpoint_comes_after_so_many_entries(folder, signer):
    with keeper(folder, signer, [], most_entries=10, most_seconds=600) as kept:
        for number in range(1, 10):
            kept.note(AuditEntry(number, "a" * 64))
        assert sequences(folder, signer) == []
        kept.note(AuditEntry(10, "a" * 64))
        wait_until(lambda: sequences(folder, signer) == [10])


def test_a_checkpoint_comes_after_so_many_seconds(folder, signer):
    with keeper(folder, signer, [], most_seconds=0.05):
        wait_until(lambda: sequences(folder, signer) == [10])


def test_a_service_that_ends_signs_its_last_entry(records, clock, folder, signer):
    audit = AuditLog(records, clock)
    with (
        keeper(folder, signer, [], audit.head) as kept,
        AuditWriter(records, clock, on_head=kept.note) as writer,
    ):
        writer.submit(Event("score.made", "key1")).result(30)
    assert verified(audit, folder, signer).witnessed == 1


def test_what_others_append_is_signed_at_the_interval(records, clock, folder, signer):
    audit = AuditLog(records, clock)
    with keeper(folder, signer, [], audit.head, most_seconds=0.05):
        for number in (1, 2, 3):
            audit.append("score.decided", actor="key1")
            wait_until(lambda number=number: sequences(folder, signer)[-1:] == [number])


def test_what_others_appended_is_signed_at_the_end_and_cannot_be_cut_off(
    records, clock, folder, signer
):
    audit = AuditLog(records, clock)
    with keeper(folder, signer, [], audit.head):
        for _ in range(6):
            audit.append("score.decided", actor="key1")
    with attacking(audit) as connection:
        remove(connection, *range(2, 7))
    found = verified(audit, folder, signer)
    assert (found.ok, found.first_bad) == (False, 2)
    assert "cut off" in found.reason


def test_a_disk_that_fails_is_told_of_and_tried_again(folder, signer):
    failures = []
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("a file where the folder should be")
    with keeper(folder, signer, failures, most_seconds=0.02):
        wait_until(lambda: failures)
        folder.unlink()
        wait_until(lambda: sequences(folder, signer) == [10])


def test_many_processes_may_sign_one_file(folder, signer):
    heads = [AuditEntry(number, "a" * 64) for number in range(1, 41)]
    threads = [
        threading.Thread(
            target=lambda part: [add_checkpoint(folder, signer, head, NOW) for head in part],
            args=(heads[start::4],),
        )
        for start in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = sequences(folder, signer)
    assert found == sorted(set(found))
    assert found[-1] == 40
