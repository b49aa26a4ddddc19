"""A transaction in which what people do is checked, written and audited together."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert

from hearth.audit_log import AuditEntry, AuditLog, Row
from hearth.audit_log.chain import lock_chain
from hearth.identity import Identity
from hearth.storage.engine import writing
from serving.service import Service


@dataclass(frozen=True)
class Record:
    """The transaction, and the audit log within it."""

    connection: Connection
    audit: AuditLog

    def keep(self, row: Row | None) -> None:
        """Put in a row that stands or falls with the rest, if there is one: an answer to give again."""
        if row is not None:
            self.connection.execute(insert(row.table).values(**row.values))

    def append(
        self, action: str, identity: Identity, *, subject: str | None, details: Mapping[str, Any]
    ) -> AuditEntry:
        """Entry of what an identity did, durable with the rest."""
        return self.audit.append(
            action,
            actor=identity.key_id,
            subject=subject,
            details=details,
            connection=self.connection,
        )


def record_reading(
    service: Service, identity: Identity, action: str, details: Mapping[str, Any]
) -> None:
    """Nothing, once it is durable that somebody read what people did."""
    AuditLog(service.engine, service.clock).append(action, actor=identity.key_id, details=details)


@contextmanager
def on_record(service: Service) -> Iterator[Record]:
    """A transaction that holds the chain's lock from its start: what it reads stays so until it ends.

    People's steps are few; scores go through the faster `AuditWriter`.
    """
    with writing(service.engine) as connection:
        lock_chain(connection)
        yield Record(connection, AuditLog(service.engine, service.clock))
