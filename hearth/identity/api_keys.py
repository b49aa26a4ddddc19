"""API keys: made once, shown once, kept only as a hash that is worthless without the pepper."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, bindparam, insert, select, update

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, PermissionDeniedError, SettingsError
from hearth.identity.permissions import Identity, Role
from hearth.storage.engine import reading
from hearth.storage.schema import api_keys

_PREFIX = "hearth"  # lets a scanner find a key that was committed or mailed by mistake
_ID_BYTES = 6
_SECRET_BYTES = 32  # 256 bits: beyond guessing, so a fast hash is enough
_SHAPE = re.compile(rf"{_PREFIX}_([0-9a-f]{{{2 * _ID_BYTES}}})_([0-9a-f]{{{2 * _SECRET_BYTES}}})")
_REFUSED = "the API key is unknown, expired or revoked; ask an administrator for a new one"
_LOOK_UP = select(api_keys).where(api_keys.c.key_id == bindparam("key_id"))


@dataclass(frozen=True)
class KeyRecord:
    """A key as an administrator sees it: everything but the secret."""

    key_id: str
    name: str
    role: Role
    purposes: frozenset[str]
    areas: frozenset[str] | None
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None


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
    actor
        Key id of whoever makes it.
    expires_at
        When it stops working; never if None.
    """
    key_id, secret = secrets.token_hex(_ID_BYTES), secrets.token_hex(_SECRET_BYTES)
    allowed = sorted(set(purposes))
    connection.execute(
        insert(api_keys).values(
            key_id=key_id,
            name=name,
            role=role.value,
            purposes=allowed,
            secret_hash=_hash_secret(pepper, key_id, secret),
            created_at=now,
            created_by=actor,
            expires_at=expires_at,
        )
    )
    audit.append(
        "api_key.created",
        actor=actor,
        details={"key_id": key_id, "role": role.value, "purposes": allowed},
        connection=connection,
    )
    return f"{_PREFIX}_{key_id}_{secret}"


def authenticate(engine: Engine, pepper: str, key: str, now: datetime) -> Identity:
    """Whoever holds the key.

    Every refusal reads the same, and a wrong secret is compared in constant time, so nobody learns
    which part was wrong.

    Raises
    ------
    PermissionDeniedError
        If the key is malformed, unknown, expired or revoked.
    """
    shape = _SHAPE.fullmatch(key)
    if shape is None:
        raise PermissionDeniedError(_REFUSED)
    key_id, secret = shape.groups()
    with reading(engine) as connection:
        found = connection.execute(_LOOK_UP, {"key_id": key_id}).one_or_none()
    stored = "" if found is None else found.secret_hash
    is_right = hmac.compare_digest(_hash_secret(pepper, key_id, secret), stored)
    if found is None or not is_right or not _is_in_use(found, now):
        raise PermissionDeniedError(_REFUSED)
    return Identity(key_id, found.name, Role(found.role), frozenset(found.purposes))


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
    rows = connection.execute(
        select(*(column for column in api_keys.c if column.name != "secret_hash")).order_by(
            api_keys.c.created_at, api_keys.c.key_id
        )
    ).mappings()
    return [
        KeyRecord(
            **{
                **row,
                "role": Role(row["role"]),
                "purposes": frozenset(row["purposes"]),
                "areas": None if row["areas"] is None else frozenset(row["areas"]),
            }
        )
        for row in rows
    ]


def _is_in_use(key: Row[Any], now: datetime) -> bool:
    return key.revoked_at is None and (key.expires_at is None or now < key.expires_at)


def _hash_secret(pepper: str, key_id: str, secret: str) -> str:
    """HMAC-SHA256 of the secret and the id it belongs to, so that a hash moved to another row is dead."""
    if not pepper:
        raise SettingsError(
            "the API-key pepper is empty; set HEARTH_API_KEY_PEPPER to a long random text"
        )
    return hmac.new(pepper.encode(), f"{key_id}:{secret}".encode(), hashlib.sha256).hexdigest()
