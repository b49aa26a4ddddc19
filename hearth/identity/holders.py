"""Everyone who may come in, read once and then asked in memory: services read it anew when the generation moves."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from hearth.errors import PermissionDeniedError
from hearth.identity.api_keys import KeyRecord, hash_secret, key_parts, keys_with_hashes
from hearth.identity.oauth_clients import list_clients
from hearth.identity.permissions import Identity
from hearth.storage.engine import reading

REFUSED = "the API key is unknown, expired or revoked; ask an administrator for a new one"


class TokenRefusedError(Exception):
    """A token is not let in; `code` says why to the log and holds nothing of the token."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class HeldKey:
    """A key that was not revoked, with the hash that proves its secret."""

    record: KeyRecord
    identity: Identity
    secret_hash: str


@dataclass(frozen=True)
class Holders:
    """Holders of keys and clients as the records had them at one moment."""

    keys: Mapping[str, HeldKey]
    clients: Mapping[str, Identity]

    @classmethod
    def read(cls, connection: Connection) -> "Holders":
        """All of them but those revoked."""
        return cls(
            {
                key.key_id: HeldKey(key, key.identity, secret_hash)
                for key, secret_hash in keys_with_hashes(connection)
                if key.revoked_at is None
            },
            {
                client.client_id: client.identity
                for client in list_clients(connection)
                if client.revoked_at is None
            },
        )

    def of_key(self, pepper: str, key: str, now: datetime) -> Identity:
        """Whoever holds a key.

        Every refusal reads the same, and a wrong secret is compared in constant time, so nobody
        learns which part was wrong.

        Raises
        ------
        PermissionDeniedError
            If the key is malformed, unknown, expired or revoked.
        """
        parts = key_parts(key)
        if parts is None:
            raise PermissionDeniedError(REFUSED)
        key_id, secret = parts
        held = self.keys.get(key_id)
        stored = "" if held is None else held.secret_hash
        is_right = hmac.compare_digest(hash_secret(pepper, key_id, secret), stored)
        if held is None or not is_right or not held.record.works(now):
            raise PermissionDeniedError(REFUSED)
        return held.identity

    def of_client(self, client_id: str, scopes: frozenset[str] | None) -> Identity:
        """The client that a proved token was given to, narrowed to the scopes that it names.

        Raises
        ------
        TokenRefusedError
            If no client of that id stands.
        """
        client = self.clients.get(client_id)
        if client is None:
            raise TokenRefusedError("unknown-client")
        return client if scopes is None else replace(client, scopes=scopes)

    def of_key_id(self, key_id: str, now: datetime) -> Identity | None:
        """Whoever a working key belongs to, such as the one a page's session was begun with."""
        held = self.keys.get(key_id)
        return held.identity if held is not None and held.record.works(now) else None


def authenticate(engine: Engine, pepper: str, key: str, now: datetime) -> Identity:
    """Whoever holds the key, by what the records hold now.

    Raises
    ------
    PermissionDeniedError
        If the key is malformed, unknown, expired or revoked; every refusal reads the same.
    """
    if key_parts(key) is None:
        raise PermissionDeniedError(REFUSED)
    with reading(engine) as connection:
        holders = Holders.read(connection)
    return holders.of_key(pepper, key, now)
