"""Walking the chain to see that every entry is as it was written, none missing, none put in."""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    CursorResult,
    Engine,
    RowMapping,
    Select,
    String,
    func,
    select,
    type_coerce,
)
from sqlalchemy.exc import DBAPIError

from hearth.audit_log.chain import (
    FIRST_PREVIOUS_HASH,
    HASHED,
    AuditEntry,
    hash_entry,
    hash_payload,
    payload_content,
)
from hearth.audit_log.erasure import ERASED
from hearth.audit_log.recorded_rows import first_row_fault
from hearth.progress import Progress, silent
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries, audit_payloads

LIMITS = (
    "A chain read from its own database cannot show that its last entries were cut off, nor that "
    "someone who can write to the database rewrote it from some entry on and computed every hash "
    "anew. Signed checkpoints kept outside the database show both, up to the last of them."
)
"""What verifying cannot see, in words for whoever reads the result."""

_ROWS_AT_A_TIME = 1_000
_START = AuditEntry(0, FIRST_PREVIOUS_HASH)
_Fault = tuple[int, str]


@dataclass(frozen=True)
class Verification:
    """What a walk along the chain found.

    Attributes
    ----------
    ok
        Whether every entry is as it was written.
    rows
        Entries read before the walk ended.
    head
        Last good entry: keep it elsewhere and give it as `known` next time. None if there is none.
    erased
        Payloads erased on the record among the entries read.
    first_bad
        Sequence of the first entry that is changed, missing or put in; None if all is well.
    reason
        What is wrong there; None if all is well.
    witnessed
        Sequence of the last entry that a head kept elsewhere bears out; 0 if none does.
    """

    ok: bool
    rows: int
    head: AuditEntry | None
    erased: int = 0
    first_bad: int | None = None
    reason: str | None = None
    witnessed: int = 0


def verify(
    engine: Engine, *, known: Iterable[AuditEntry] = (), progress: Progress = silent
) -> Verification:
    """What a walk along the whole chain found; `LIMITS` says what it cannot see.

    The first entry that was edited, deleted or inserted is named, likewise the first payload, and the
    first entry whose score or decision is gone or altered. Reads a thousand rows at a time, so memory does not grow with the log.

    Parameters
    ----------
    engine
        Of the records database.
    known
        Heads of earlier verifications or checkpoints, kept outside the database and read before this
        is called; the chain must pass through every one.
    progress
        Told of each thousand entries.
    """
    walk = _Walk(_by_sequence(known))
    with reading(engine) as connection:
        try:
            fault = _first_fault(connection, walk, progress)
            walk.fault = first_row_fault(connection, walk.head.sequence, progress) or fault
        except DBAPIError as error:
            found = type(error.orig).__name__
            walk.fault = (
                walk.head.sequence + 1,
                f"the database cannot read on from here ({found})",
            )
    first_bad, reason = walk.fault or (None, None)
    return Verification(
        ok=walk.fault is None,
        rows=walk.rows,
        head=None if walk.head == _START else walk.head,
        erased=walk.erased,
        first_bad=first_bad,
        reason=reason,
        witnessed=walk.witnessed,
    )


@dataclass
class _Walk:
    """How far the walk has come, and what it must pass through."""

    known: Mapping[int, set[str]]
    witnessed: int = 0
    head: AuditEntry = _START
    rows: int = 0
    erased: int = 0
    fault: _Fault | None = None


def _by_sequence(known: Iterable[AuditEntry]) -> dict[int, set[str]]:
    """Hashes that each entry must have; two different ones can never both be true."""
    found: dict[int, set[str]] = {}
    for entry in known:
        found.setdefault(entry.sequence, set()).add(entry.entry_hash)
    return found


def _first_fault(connection: Connection, walk: _Walk, progress: Progress) -> _Fault | None:
    erasures = _erasures(connection)
    total = connection.scalar(select(func.count()).select_from(audit_entries)) or 0
    with _rows(connection) as result:
        for row in result.mappings():
            walk.rows += 1
            if walk.rows % _ROWS_AT_A_TIME == 0:
                progress("verifying the audit log", walk.rows, total)
            fault = (
                _entry_fault(row, walk.head)
                or _witness_fault(row, walk)
                or _payload_fault(row, erasures)
            )
            if fault:
                if fault[0] <= walk.head.sequence:  # what seemed good was put in before this row
                    walk.head = AuditEntry(fault[0] - 1, row["previous_hash"])
                return fault
            walk.head = AuditEntry(row["sequence"], row["entry_hash"])
            walk.erased += row["erased_by"] is not None
    return _end_fault(connection, walk)


def _rows(connection: Connection) -> CursorResult[Any]:
    """Entries in their order, each with its payload if it has one."""
    query = (
        select(
            *(column for column in audit_entries.c if column.name != "recorded_at"),
            type_coerce(audit_entries.c.recorded_at, String).label("recorded_at"),
            audit_payloads.c.sequence.label("payload_of"),
            audit_payloads.c.salt,
            audit_payloads.c.subject,
            audit_payloads.c.details,
            audit_payloads.c.erased_by,
        )
        .outerjoin(audit_payloads, audit_payloads.c.sequence == audit_entries.c.sequence)
        .order_by(audit_entries.c.sequence)
    )
    return connection.execute(query, execution_options={"yield_per": _ROWS_AT_A_TIME})


def _entry_fault(row: RowMapping, previous: AuditEntry) -> _Fault | None:
    due = previous.sequence + 1
    if row["sequence"] > due:
        last = row["sequence"] - 1
        missing = f"entry {due} is" if last == due else f"entries {due} to {last} are"
        return due, f"{missing} missing: deleted"
    if row["sequence"] < due:
        return row["sequence"], f"entry {row['sequence']} stands before the first: it was inserted"
    if not _is_entry(row, due):
        return _moved_fault(row) or (
            due,
            f"entry {due} is not as it was written: it was edited",
        )
    if row["previous_hash"] != previous.entry_hash:
        return due, (
            f"entry {due} does not continue entry {previous.sequence}: one of the two was inserted "
            "or replaced"
        )
    return None


def _witness_fault(row: RowMapping, walk: _Walk) -> _Fault | None:
    """The entry against what is kept elsewhere of it, if anything is."""
    sequence = row["sequence"]
    hashes = walk.known.get(sequence)
    if hashes is None:
        return None
    if hashes == {row["entry_hash"]}:
        walk.witnessed = sequence
        return None
    return sequence, (
        f"entry {sequence} is not the one signed or kept elsewhere: the log was rewritten, from some "
        f"entry after {walk.witnessed} on"
    )


def _payload_fault(row: RowMapping, erasures: Mapping[int, int]) -> _Fault | None:
    sequence = row["sequence"]
    if row["payload_of"] is None:
        return sequence, f"the payload of entry {sequence} was deleted without a record of it"
    if row["erased_by"] is not None:
        is_on_record = erasures.get(sequence) == row["erased_by"] > sequence
        is_gone = row["salt"] is row["subject"] is row["details"] is None
        if is_on_record and is_gone:
            return None
        return sequence, f"the payload of entry {sequence} is marked erased, and no entry says so"
    if not _is_as_written(row):
        return sequence, f"the payload of entry {sequence} is not as it was written: it was edited"
    return None


def _moved_fault(row: RowMapping) -> _Fault | None:
    """What was put in or taken out before an entry that is whole, but was given another number."""
    now = row["sequence"]
    for distance in range(1, _ROWS_AT_A_TIME):
        if _is_entry(row, now - distance):
            first, last = now - distance, now - 1
            return (
                first,
                f"entries {first} to {last} were inserted, and those after them renumbered",
            )
        if _is_entry(row, now + distance):
            return now, f"{distance} entries were deleted here, and those after them renumbered"
    return None


def _is_entry(row: RowMapping, sequence: int) -> bool:
    """Whether a row, under this number, is an entry as it was written."""
    columns = [row[name] for name in HASHED]
    try:
        return hash_entry([sequence, *columns[1:]]) == str(row["entry_hash"])
    except TypeError:  # SQLite keeps numbers and bytes in columns of text
        return False


def _is_as_written(row: RowMapping) -> bool:
    if not isinstance(row["salt"], bytes) or not isinstance(row["details"], str):
        return False
    if not isinstance(row["subject"], str | None):
        return False
    content = payload_content(row["subject"], row["details"])
    return hmac.compare_digest(hash_payload(row["salt"], content), row["payload_hash"])


def _end_fault(connection: Connection, walk: _Walk) -> _Fault | None:
    due = max(walk.known, default=0)
    if due > walk.head.sequence:
        return walk.head.sequence + 1, (
            f"the log ends at entry {walk.head.sequence} and is known to have reached {due}: "
            "its end was cut off"
        )
    stray = connection.scalar(first_stray())
    return None if stray is None else (stray, f"payload {stray} belongs to no entry: inserted")


def first_stray() -> Select[Any]:
    """Query for the first payload that belongs to no entry.

    PostgreSQL would go through the whole log for each payload if it were asked with NOT IN.
    """
    own = select(audit_entries.c.sequence).where(
        audit_entries.c.sequence == audit_payloads.c.sequence
    )
    return select(func.min(audit_payloads.c.sequence)).where(~own.exists())


def _erasures(connection: Connection) -> dict[int, int]:
    """Sequence of each payload that the log says was erased, with that of the entry that says so."""
    query = (
        select(audit_entries.c.sequence, audit_payloads.c.details)
        .join(audit_payloads, audit_payloads.c.sequence == audit_entries.c.sequence)
        .where(audit_entries.c.action == ERASED)
    )
    return {
        gone: tombstone
        for tombstone, details in connection.execute(query)
        for gone in _sequences_named(details)
    }


def _sequences_named(details: object) -> list[int]:
    """What a tombstone names; nothing if it was tampered with, which the walk finds in its turn."""
    try:
        named = json.loads(details)["sequences"] if isinstance(details, str) else []
    except (ValueError, LookupError, TypeError):
        return []
    return (
        [number for number in named if isinstance(number, int)] if isinstance(named, list) else []
    )
