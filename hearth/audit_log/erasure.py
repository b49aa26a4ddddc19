"""Erasing what the log says of someone, and leaving in the chain that it was erased, and why."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, select, update

from hearth.audit_log.chain import AuditEntry, Event, append
from hearth.errors import AuditError
from hearth.storage.schema import audit_entries, audit_payloads

ERASED = "audit_payload.erased"
"""Action of the entry that stands for payloads that are gone."""


def erase_payloads(
    connection: Connection,
    sequences: Collection[int],
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> AuditEntry:
    """Entry that names the payloads erased; they and their salts are gone with the commit.

    The chain still verifies: it holds a hash that nobody can match to a payload without the salt.

    Parameters
    ----------
    connection
        In a transaction that writes.
    sequences
        Numbers of the entries whose payloads go.
    reason
        Rule or request that calls for it, such as the retention period; never a person's data.

    Raises
    ------
    AuditError
        If an entry has no payload to erase, or is itself the record of an erasure.
    """
    wanted = sorted(set(sequences))
    erasable = connection.scalars(
        select(audit_payloads.c.sequence)
        .join(audit_entries, audit_entries.c.sequence == audit_payloads.c.sequence)
        .where(
            audit_payloads.c.sequence.in_(wanted),
            audit_payloads.c.erased_by.is_(None),
            audit_entries.c.action != ERASED,
        )
    ).all()
    kept = sorted(set(wanted) - set(erasable))
    if kept or not wanted:
        raise AuditError(
            f"the payloads of audit entries {kept} cannot be erased: they do not exist, are erased "
            "already, or record an erasure; name entries that still have their payload"
        )
    tombstone = append(
        connection, Event(ERASED, actor, details={"sequences": wanted, "reason": reason}), now
    )
    connection.execute(
        update(audit_payloads)
        .where(audit_payloads.c.sequence.in_(wanted))
        .values(salt=None, subject=None, details=None, erased_by=tombstone.sequence)
    )
    return tombstone
