"""What the audit log says was done, read back by its action."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from hearth.storage.schema import audit_entries, audit_payloads


@dataclass(frozen=True)
class Recorded:
    """One entry with its details."""

    sequence: int
    recorded_at: datetime
    details: Mapping[str, Any]


def recorded(connection: Connection, action: str) -> list[Recorded]:
    """Entries of an action, earliest first; those whose payload was erased are left out."""
    query = (
        select(
            audit_entries.c.sequence,
            audit_entries.c.recorded_at,
            audit_payloads.c.details,
        )
        .join(audit_payloads, audit_payloads.c.sequence == audit_entries.c.sequence)
        .where(audit_entries.c.action == action, audit_payloads.c.details.is_not(None))
        .order_by(audit_entries.c.sequence)
    )
    return [
        Recorded(sequence, recorded_at, json.loads(details))
        for sequence, recorded_at, details in connection.execute(query)
    ]
