"""API keys: made once, shown once, kept only as a hash that is worthless without the pepper."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, insert, select, update

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, SettingsError, StateError
from hearth.identity.permissions import Identity, Role
from hearth.storage.schema import api_keys

PREFIX = "hearth"
"""How every key begins: a scanner finds one that was committed or mailed by mistake."""

_ID_BYTES = 6
_SECRET_BYTES = 32  # 256 bits: beyond guessing, so a fast hash is enough
_SHAPE = re.compile(rf"{PREFIX}_([0-9a-f]{{{2 * _ID_BYTES}}})_([0-9a-f]{{{2 * _SECRET_BYTES}}})")


class KeyState(StrEnum):
    """Whether a key works, and if not, why."""

    IN_USE = "in use"
    REPLACED = "replaced"  # still works, until its grace ends
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True)
class KeyRecord:
    """A key as an administrator sees it: everything but the secret."""

    key_id: str
    name: str
    role: Role
    purposes: frozenset[str]
    areas: frozenset[str] | None
    replaces: str | None
    replaced_by: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None

    def state(self, now: datetime) -> KeyState:
        """Whether it works at a moment."""
        if self.revoked_at is not None:
            return KeyState.REVOKED
        if self.expires_at is not None and self.expires_at <= now:
            return KeyState.EXPIRED
        return KeyState.IN_USE if self.replaced_by is None else KeyState.REPLACED

    def works(self, now: datetime) -> bool:
        """Whether whoever holds it gets in."""
        return self.state(now) in {KeyState.IN_USE, KeyState.REPLACED}

    @property
    def identity(self) -> Identity:
        """Whoever holds it."""
        return Identity(self.key_id, self.name, self.role, self.purposes, self.areas)


def create_key(
    connection: Connection,
    pepper: str,
    *,
    name: str,
    role: Role,
    actor: str,
    audit: AuditLog,
    now: datetime,
    purposes: Collection[str] = (),
    areas: Collection[str] | None = None,
    expires_at: datetime | None = None,
) -> str:
    """A new key, `hearth_<id>_<secret>`, to hand over now: it cannot be shown again.

    Parameters
    ----------
    connection
        In a transaction that writes; the key works once it commits.
    pepper
        Secret kept outside the database (`settings.api_key_pepper`); without it a stolen database
        proves no key, and with another one no key works.
    name
        What the council calls the holder, such as a team or a system.
    purposes
        Purposes the holder may use scores for.
    areas
        Codes of the areas whose subjects the holder may see; every area if None.
    actor
        Key id of whoever makes it.
    expires_at
        When it stops working; never if None.
    """
    key_id, key = _insert_key(
        connection,
        pepper,
        name=name,
        role=role.value,
        purposes=sorted(set(purposes)),
        areas=None if areas is None else sorted(set(areas)),
        created_at=now,
        created_by=actor,
        expires_at=expires_at,
    )
    given = {"role": role.value, "purposes": sorted(set(purposes))}
    limited = {} if areas is None else {"areas": sorted(set(areas))}
    audit.append(
        "api_key.created",
        actor=actor,
        details={"key_id": key_id, **given, **limited},
        connection=connection,
    )
    return key


def rotate_key(
    connection: Connection,
    pepper: str,
    key_id: str,
    *,
    grace: timedelta,
    actor: str,
    audit: AuditLog,
    now: datetime,
) -> str:
    """A successor of a key, with its name, role, purposes and areas; the old one ends after the grace.

    The successor lives as long as the old key was made to live, from now.

    Parameters
    ----------
    grace
        How long both work, so that whoever holds the old one can change over; it never lengthens
        the old one's life.

    Raises
    ------
    NotFoundError
        If there is no such key.
    StateError
        If it no longer works, or has a successor already.
    """
    old = _find(connection, key_id)
    if old is None:
        raise NotFoundError("there is no key of that id; see `hearth keys list`")
    if old.state(now) is not KeyState.IN_USE:
        raise StateError(
            f"key {key_id} is {old.state(now)}, and only a key in use has a successor; "
            "see `hearth keys list`"
        )
    life = None if old.expires_at is None else old.expires_at - old.created_at
    successor, key = _insert_key(
        connection,
        pepper,
        name=old.name,
        role=old.role.value,
        purposes=sorted(old.purposes),
        areas=None if old.areas is None else sorted(old.areas),
        replaces=key_id,
        created_at=now,
        created_by=actor,
        expires_at=None if life is None else now + life,
    )
    ends = now + grace if old.expires_at is None else min(old.expires_at, now + grace)
    connection.execute(update(api_keys).where(api_keys.c.key_id == key_id).values(expires_at=ends))
    details = {"key_id": key_id, "successor": successor, "ends": ends.isoformat()}
    audit.append("api_key.rotated", actor=actor, details=details, connection=connection)
    return key


def revoke_key(
    connection: Connection, key_id: str, *, actor: str, audit: AuditLog, now: datetime
) -> None:
    """End a key, from the commit on. A key stays listed once revoked, and is never given again.

    Raises
    ------
    NotFoundError
        If there is no such key, or it is revoked already.
    """
    changed = connection.execute(
        update(api_keys)
        .where(api_keys.c.key_id == key_id, api_keys.c.revoked_at.is_(None))
        .values(revoked_at=now, revoked_by=actor)
    )
    if changed.rowcount != 1:
        raise NotFoundError("no key of that id is in use; see `hearth keys list`")
    audit.append("api_key.revoked", actor=actor, details={"key_id": key_id}, connection=connection)


def list_keys(connection: Connection) -> list[KeyRecord]:
    """Every key ever made, oldest first, without its secret."""
    return [record for record, _ in keys_with_hashes(connection)]


def keys_with_hashes(connection: Connection) -> list[tuple[KeyRecord, str]]:
    """Every key ever made, oldest first, each with the hash that proves its secret."""
    rows = (
        connection.execute(select(api_keys).order_by(api_keys.c.created_at, api_keys.c.key_id))
        .mappings()
        .all()
    )
    successors = {row["replaces"]: row["key_id"] for row in rows}
    return [(_record(dict(row), successors.get(row["key_id"])), row["secret_hash"]) for row in rows]


def looks_like_a_key(proof: str) -> bool:
    """Whether it is meant as a key of ours, right or wrong."""
    return proof.startswith(f"{PREFIX}_")


def key_parts(key: str) -> tuple[str, str] | None:
    """Id and secret of a key; None if it has not the shape of one."""
    shape = _SHAPE.fullmatch(key)
    return None if shape is None else (shape[1], shape[2])


def hash_secret(pepper: str, key_id: str, secret: str) -> str:
    """HMAC-SHA256 of the secret and the id it belongs to, so that a hash moved to another row is dead."""
    if not pepper:
        raise SettingsError(
            "the API-key pepper is empty; set HEARTH_API_KEY_PEPPER to a long random text"
        )
    text = f"{key_id}:{secret}".encode()
    return hmac.digest(pepper.encode(), text, hashlib.sha256).hex()


def _insert_key(connection: Connection, pepper: str, **columns: Any) -> tuple[str, str]:
    """Id of a new row, and the key that it proves."""
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
    kept = hash_secret(pepper, key_id, secret)
    connection.execute(insert(api_keys).values(key_id=key_id, secret_hash=kept, **columns))
    return key_id, f"{PREFIX}_{key_id}_{secret}"


def _find(connection: Connection, key_id: str) -> KeyRecord | None:
    return next((key for key in list_keys(connection) if key.key_id == key_id), None)


def _record(row: dict[str, Any], replaced_by: str | None) -> KeyRecord:
    row.pop("secret_hash")
    return KeyRecord(
        **{
            **row,
            "role": Role(row["role"]),
            "purposes": frozenset(row["purposes"]),
            "areas": None if row["areas"] is None else frozenset(row["areas"]),
            "replaced_by": replaced_by,
        }
    )
