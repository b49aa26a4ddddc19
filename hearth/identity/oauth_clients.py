"""OAuth2 clients: systems that prove themselves by a token of the council's identity provider."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, StateError
from hearth.identity.permissions import Identity, Role
from hearth.storage.schema import oauth_clients

ACTOR_PREFIX = "client:"
"""What stands before a client's id where the audit log names it."""

_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,56}")  # with the prefix an actor of ≤ 64


@dataclass(frozen=True)
class ClientRecord:
    """A client as an administrator sees it; its secret is the provider's, and never ours."""

    client_id: str
    name: str
    role: Role
    purposes: frozenset[str]
    areas: frozenset[str] | None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    revoked_by: str | None

    @property
    def identity(self) -> Identity:
        """Whoever shows a token of it, before the token narrows what they may."""
        actor = f"{ACTOR_PREFIX}{self.client_id}"
        return Identity(actor, self.name, self.role, self.purposes, self.areas)


def add_client(
    connection: Connection,
    client_id: str,
    *,
    name: str,
    role: Role,
    actor: str,
    audit: AuditLog,
    now: datetime,
    purposes: Collection[str] = (),
    areas: Collection[str] | None = None,
) -> None:
    """Let in tokens of a client, from the commit on; one that was revoked comes back with what is given now.

    Parameters
    ----------
    client_id
        As the identity provider knows it: a letter or digit, then letters, digits and `._:@/-`.
    name, role, purposes, areas, actor
        As of an API key.

    Raises
    ------
    StateError
        If the id cannot be one, or the client stands already.
    """
    if not _CLIENT_ID.fullmatch(client_id):
        raise StateError(
            "a client id has at most 57 letters, digits and ._:@/- and begins with a letter or digit; "
            "take the one that the identity provider shows"
        )
    table, is_revoked = oauth_clients, oauth_clients.c.revoked_at.is_not(None)
    connection.execute(delete(table).where(table.c.client_id == client_id, is_revoked))
    if connection.scalar(select(table.c.client_id).where(table.c.client_id == client_id)):
        raise StateError(
            f"client {client_id} stands already; to change what it may, revoke it and add it again"
        )
    allowed = {
        "role": role.value,
        "purposes": sorted(set(purposes)),
        "areas": None if areas is None else sorted(set(areas)),
    }
    made = {"client_id": client_id, "name": name, "created_at": now, "created_by": actor}
    connection.execute(insert(table).values(**made, **allowed))
    audit.append(
        "oauth_client.added",
        actor=actor,
        details={"client_id": client_id, **allowed},
        connection=connection,
    )


def revoke_client(
    connection: Connection, client_id: str, *, actor: str, audit: AuditLog, now: datetime
) -> None:
    """Refuse a client's tokens, also those it holds, from the commit on.

    Raises
    ------
    NotFoundError
        If there is no such client, or it is revoked already.
    """
    table = oauth_clients
    changed = connection.execute(
        update(table)
        .where(table.c.client_id == client_id, table.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=actor)
    )
    if changed.rowcount != 1:
        raise NotFoundError("no client of that id stands; see `hearth clients list`")
    details = {"client_id": client_id}
    audit.append("oauth_client.revoked", actor=actor, details=details, connection=connection)


def list_clients(connection: Connection) -> list[ClientRecord]:
    """Every client, those revoked too, by id."""
    rows = connection.execute(select(oauth_clients).order_by(oauth_clients.c.client_id)).mappings()
    return [
        ClientRecord(
            **{
                **row,
                "role": Role(row["role"]),
                "purposes": frozenset(row["purposes"]),
                "areas": None if row["areas"] is None else frozenset(row["areas"]),
            }
        )
        for row in rows
    ]
