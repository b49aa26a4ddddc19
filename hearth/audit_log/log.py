"""The audit log as a function that changes state is given it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from msgspec import Raw
from sqlalchemy import Connection, Engine

from hearth.audit_log.chain import AuditEntry, Event, append, read_head
from hearth.audit_log.recorded import Recorded, recorded
from hearth.audit_log.verification import Verification, verify
from hearth.progress import Progress, silent
from hearth.storage.engine import reading, writing

Clock = Callable[[], datetime]
"""Tells the time, with its offset."""


@dataclass(frozen=True)
class AuditLog:
    """Audit log of one records database, with the clock that dates its entries."""

    engine: Engine
    clock: Clock

    def append(
        self,
        action: str,
        *,
        actor: str,
        subject: str | None = None,
        details: Mapping[str, Any] | Raw | None = None,
        connection: Connection | None = None,
    ) -> AuditEntry:
        """Entry of what was done; durable on return, or with the caller's commit.

        Parameters
        ----------
        action, actor, subject, details
            As in `Event`.
        connection
            Transaction to join, so that the act and its entry stand or fall together; one of its
            own if None.

        Raises
        ------
        AuditError
            If the action or actor is no name, or JSON cannot say the details.
        """
        event = Event(action, actor, subject, details or {})
        if connection is not None:
            return append(connection, event, self.clock())
        with writing(self.engine) as own:
            return append(own, event, self.clock())

    def recorded(self, action: str, *, connection: Connection | None = None) -> list[Recorded]:
        """Entries of an action, earliest first; within the caller's transaction if one is given."""
        if connection is not None:
            return recorded(connection, action)
        with reading(self.engine) as own:
            return recorded(own, action)

    def head(self) -> AuditEntry | None:
        """Last entry, whoever made it; None if there is none."""
        with reading(self.engine) as own:
            return read_head(own)

    def verify(
        self, *, known: Iterable[AuditEntry] = (), progress: Progress = silent
    ) -> Verification:
        """What a walk along the whole chain found; see `verification.verify`."""
        return verify(self.engine, known=known, progress=progress)
