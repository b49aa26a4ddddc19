"""Sessions of the pages: a signed cookie that names the key someone signed in with, and a CSRF token."""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, delete, insert, select

from hearth.storage.schema import ended_sessions

COOKIE = "hearth_session"
LIFE = timedelta(hours=8)
"""A working day; after it people sign in again."""

_PURPOSE = b"hearth page session 1"


class Session(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who is signed in (`key_id`, empty before sign-in), until when, and the token their forms carry."""

    key_id: str
    csrf: str
    expires: datetime


def new_session(key_id: str, now: datetime) -> Session:
    """Session of a key from now on, with a CSRF token of 256 random bits."""
    return Session(key_id, secrets.token_urlsafe(32), now + LIFE)


def seal(session: Session, pepper: str) -> str:
    """Session as the text of a cookie, signed with HMAC-SHA256."""
    payload = base64.urlsafe_b64encode(msgspec.json.encode(session))
    return f"{payload.decode()}.{_signature(payload, pepper)}"


def unseal(cookie: str, pepper: str, now: datetime) -> Session | None:
    """Session of a cookie; None if it was altered, has expired, or is none of ours."""
    payload, _, signature = cookie.partition(".")
    if not hmac.compare_digest(_signature(payload.encode(), pepper).encode(), signature.encode()):
        return None
    try:
        session = msgspec.json.decode(base64.urlsafe_b64decode(payload), type=Session)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        return None
    return session if session.expires > now else None


def end_session(connection: Connection, session: Session, now: datetime) -> None:
    """Sign a session out for good: a copy of its cookie opens nothing from the commit on."""
    connection.execute(delete(ended_sessions).where(ended_sessions.c.expires_at <= now))
    if not has_ended(connection, session):
        row = {"session_sha256": _mark(session), "expires_at": session.expires}
        connection.execute(insert(ended_sessions).values(row))


def has_ended(connection: Connection, session: Session) -> bool:
    """Whether somebody signed a session out."""
    query = select(ended_sessions.c.expires_at).where(
        ended_sessions.c.session_sha256 == _mark(session)
    )
    return connection.execute(query).first() is not None


def token_matches(session: Session, given: str) -> bool:
    """Whether a form carries the session's CSRF token."""
    return hmac.compare_digest(session.csrf.encode(), given.encode())


def _mark(session: Session) -> str:
    """Name of a session in the records, which opens nothing: its CSRF token is random, and secret."""
    return hashlib.sha256(session.csrf.encode()).hexdigest()


def _signature(payload: bytes, pepper: str) -> str:
    key = hmac.digest(pepper.encode(), _PURPOSE, "sha256")
    return hmac.new(key, payload, "sha256").hexdigest()
