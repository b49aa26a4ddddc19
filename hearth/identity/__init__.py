"""Who asks, and what they may do: permissions, roles, and the keys and clients that prove them."""

from hearth.identity.api_keys import (
    KeyRecord,
    KeyState,
    create_key,
    list_keys,
    looks_like_a_key,
    revoke_key,
    rotate_key,
)
from hearth.identity.holders import Holders, TokenRefusedError, authenticate
from hearth.identity.oauth_clients import ClientRecord, add_client, list_clients, revoke_client
from hearth.identity.permissions import ROLES, VALUES_HAVE_NO_AREA, Identity, Permission, Role
from hearth.identity.reference import Reference, SubjectReferences, subject_reference

__all__ = [
    "ROLES",
    "VALUES_HAVE_NO_AREA",
    "ClientRecord",
    "Holders",
    "Identity",
    "KeyRecord",
    "KeyState",
    "Permission",
    "Reference",
    "Role",
    "SubjectReferences",
    "TokenRefusedError",
    "add_client",
    "authenticate",
    "create_key",
    "list_clients",
    "list_keys",
    "looks_like_a_key",
    "revoke_client",
    "revoke_key",
    "rotate_key",
    "subject_reference",
]
