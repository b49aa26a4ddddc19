"""Walking the chain: is every entry as it was written, and is none missing or put in?"""

import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, RowMapping, func, select

from hearth.audit_log.chain import (
    FIRST_PREVIOUS_HASH,
    AuditEntry,
    hash_entry,
    hash_payload,
    payload_content,
)
from hearth.audit_log.erasure import ERASED
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries, audit_payloads

LIMITS = (
    "A chain read from its own database cannot show that its last entries were cut off, nor that "
    "someone who can write to the database rewrote it from some entry on and computed every hash "
    "anew. Give the head of an earlier verification, kept elsewhere, to see both up to that head."
)
"""What verifying cannot see, in words for whoever reads the result."""

_ROWS_AT_A_TIME = 1_000


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
        Last good entry: keep it elsewhere and give it as `expected` next time. None if there is none.
    erased
        Payloads erased on the record among the entries read.
    first_bad
        Sequence of the first entry that is changed, missing or put in; None if all is well.
    reason
        What is wrong there; None if all is well.
    """

    ok: bool
    rows: int
    head: AuditEntry | None
    erased: int = 0
    first_bad: int | None = None
    reason: str | None = None


def verify(engine: Engine, *, expected: AuditEntry | None = None) -> Verification:
    """What a walk along the whole chain found; `LIMITS` says what it cannot see.

    An edited, deleted or inserted entry, and an edited, deleted or inserted payload, are found and
    the first is named. Reads a thousand rows at a time, so memory does not grow with the log.

    Parameters
    ----------
    engine
        Of the records database.
    expected
        Head of an earlier verification, kept outside the database; the chain must pass through it.
    """
    with reading(engine) as connection:
        erasures = _erasures(connection)
        head, rows, erased = AuditEntry(0, FIRST_PREVIOUS_HASH), 0, 0
        for row in _rows(connection):
            rows += 1
            fault = _fault(row, head, erasures, expected)
            if fault:
                return Verification(False, rows, head if head.sequence else None, erased, *fault)
            head = AuditEntry(row["sequence"], row["entry_hash"])
            erased += row["erased_by"] is not None
        fault = _fault_after(connection, head, expected)
    good = head if head.sequence else None
    return Verification(not fault, rows, good, erased, *(fault or (None, None)))


_Fault = tuple[int, str]


def _rows(connection: Connection) -> Iterator[RowMapping]:
    """Entries in their order, each with its payload if it has one."""
    query = (
        select(
            audit_entries,
            audit_payloads.c.sequence.label("payload_of"),
            audit_payloads.c.salt,
            audit_payloads.c.subject,
            audit_payloads.c.details,
            audit_payloads.c.erased_by,
        )
        .outerjoin(audit_payloads, audit_payloads.c.sequence == audit_entries.c.sequence)
        .order_by(audit_entries.c.sequence)
    )
    streamed = connection.execution_options(yield_per=_ROWS_AT_A_TIME)
    return iter(streamed.execute(query).mappings())


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
        if details is not None
        for gone in json.loads(details)["sequences"]
    }
