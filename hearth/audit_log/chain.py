"""How an audit entry is hashed and added: one chain, serialised in the database.

Every entry holds the hash of the one before it, so changing any entry breaks all that follow. What
happened (the payload) stands in a table of its own, and the chain holds only a salted hash of it:
the payload can be erased for a person's sake and the chain still verifies.
"""

import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import msgspec
from msgspec import Raw
from sqlalchemy import Connection

from hearth.digest import canonical_json, quoted, sha256_of
from hearth.errors import AuditError
from hearth.storage.columns import instant_text
from hearth.storage.inserts import insert_values
from hearth.storage.schema import audit_entries, audit_payloads

FIRST_PREVIOUS_HASH = "0" * 64
"""What the first entry names as the hash before it."""

HASHED = ("sequence", "recorded_at", "action", "actor", "payload_hash", "previous_hash")
"""Columns that an entry's hash is taken over, in the order that it expects."""

_FORMAT = "hearth-audit-1"  # hashed into every entry: another format can never pass for this one
_CHAIN_LOCK = 0x48_45_41_52_54_48_41  # "HEARTHA": held from the first append to the commit
_LOCK = f"SELECT pg_advisory_xact_lock({_CHAIN_LOCK})"
HEAD = "SELECT sequence, entry_hash FROM audit_entries ORDER BY sequence DESC LIMIT 1"
_ENTRY = (*HASHED, "entry_hash")
_PAYLOAD = ("sequence", "salt", "subject", "details")
_NAME = re.compile(r"[a-z][a-z0-9_.:-]{0,63}")
_SALT_BYTES = 32


class Event(msgspec.Struct, frozen=True):
    """What is to be recorded; `subject` and `details` are the erasable payload.

    Parameters
    ----------
    action
        What was done, as `noun.verb`: lower-case letters, digits and `._:-`, at most 64.
    actor
        Who did it: the id of an API key, or the name of a part of Hearth. Never a person's name.
    subject
        Pseudonym of whom or what it was done to, if anyone.
    details
        What else to keep, as JSON can say it; a `msgspec.Raw` is canonical JSON, kept as it stands.
    """

    action: str
    actor: str
    subject: str | None = None
    details: Mapping[str, Any] | Raw = msgspec.field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _is_name(self.action):
            raise AuditError(
                "an audit event's action is not a name; write it as `noun.verb`, "
                "with lower-case letters, digits and `._:-`, at most 64"
            )
        if not 0 < len(self.actor) <= 64:  # noqa: PLR2004 the width of its column
            raise AuditError("an audit event needs an actor of 1 to 64 characters: a key's id")


@lru_cache(maxsize=256)
def _is_name(action: str) -> bool:
    return _NAME.fullmatch(action) is not None


@dataclass(frozen=True)
class AuditEntry:
    """Where an event stands in the chain. Whoever keeps one elsewhere can prove the log up to it."""

    sequence: int
    entry_hash: str


def append(connection: Connection, event: Event, now: datetime) -> AuditEntry:
    """Entry of one event, added in the caller's transaction; see `append_all`."""
    return append_all(connection, [event], now)[0]


def append_all(connection: Connection, events: Sequence[Event], now: datetime) -> list[AuditEntry]:
    """Entries of several events, in their order, added in the caller's transaction.

    The chain is locked from here until the transaction ends, in whichever process: append last, and
    commit soon. The entries are durable, and may be spoken of, only after the commit.

    Parameters
    ----------
    connection
        In a transaction that writes (`storage.engine.writing`).
    now
        When the events happened, with its offset.

    Raises
    ------
    AuditError
        If JSON cannot say an event's details.
    """
    lock_chain(connection)
    return append_locked(connection, events, now, head=read_head(connection))


def append_locked(
    connection: Connection, events: Sequence[Event], now: datetime, *, head: AuditEntry | None
) -> list[AuditEntry]:
    """As `append_all`, to a chain with this head that this transaction has locked already."""
    said = [_details_text(event) for event in events]
    recorded_at = instant_text(now)
    previous = head or AuditEntry(0, FIRST_PREVIOUS_HASH)
    salts = secrets.token_bytes(_SALT_BYTES * len(events))
    entries: list[Any] = []
    payloads: list[Any] = []
    added = []
    for place, (event, details) in enumerate(zip(events, said, strict=True)):
        salt = salts[place * _SALT_BYTES : (place + 1) * _SALT_BYTES]
        entry = (
            previous.sequence + 1,
            recorded_at,
            event.action,
            event.actor,
            hash_payload(salt, payload_content(event.subject, details)),
            previous.entry_hash,
        )
        previous = AuditEntry(entry[0], hash_entry(entry))
        entries += (*entry, previous.entry_hash)
        payloads += (previous.sequence, salt, event.subject, details)
        added.append(previous)
    insert_values(connection, audit_entries, _ENTRY, entries)
    insert_values(connection, audit_payloads, _PAYLOAD, payloads)
    return added


def hash_entry(hashed: Sequence[Any]) -> str:
    """SHA-256 over the canonical JSON of an entry's columns `HASHED` as stored, in that order.

    Raises
    ------
    TypeError
        If a column holds what no entry was written with.
    """
    sequence, recorded_at, action, actor, payload_hash, previous_hash = hashed
    written = (
        f'{{"action":{quoted(action)},"actor":{quoted(actor)},"format":"{_FORMAT}",'
        f'"payload_hash":{quoted(payload_hash)},"previous_hash":{quoted(previous_hash)},'
        f'"recorded_at":{quoted(recorded_at)},"sequence":{sequence}}}'
    )
    return sha256_of(written.encode())


def hash_payload(salt: bytes, content: bytes) -> str:
    """Commitment to a payload that says nothing about it once its salt is gone (HMAC-SHA256)."""
    # `hmac.digest` lets Python's lock go each time, and to have it back takes longer than the hash
    return hmac.new(salt, content, "sha256").hexdigest()


def payload_content(subject: str | None, details: str) -> bytes:
    """Canonical JSON that the payload's hash is taken over; `details` is the JSON text as stored."""
    named = "null" if subject is None else quoted(subject)
    return f'{{"details":{quoted(details)},"subject":{named}}}'.encode()


def _details_text(event: Event) -> str:
    if type(event.details) is Raw:
        return str(event.details, "utf-8")
    try:
        return canonical_json(event.details).decode()
    except (TypeError, ValueError) as error:
        raise AuditError(
            f"the details of an audit event `{event.action}` cannot be written as JSON "
            f"({type(error).__name__}); give text, numbers, true or false, lists and mappings"
        ) from None


def lock_chain(connection: Connection) -> None:
    """Nobody else adds an entry, or changes what services hold, before this transaction ends."""
    if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
        connection.exec_driver_sql(_LOCK)


def read_head(connection: Connection) -> AuditEntry | None:
    """Last entry of the log; None if there is none."""
    head = connection.exec_driver_sql(HEAD).one_or_none()
    return None if head is None else AuditEntry(*head)
