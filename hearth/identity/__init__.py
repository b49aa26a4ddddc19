"""Who asks, and what they may do: permissions, roles, and the API keys that prove them."""

from hearth.identity.api_keys import (
    KeyRecord,
    authenticate,
    create_key,
    list_keys,
    revoke_key,
)
from hearth.identity.permissions import ROLES, Identity, Permission, Role
from hearth.identity.reference import subject_reference

__all__ = [
    "ROLES",
    "Identity",
    "KeyRecord",
    "Permission",
    "Role",
    "authenticate",
    "create_key",
    "list_keys",
    "revoke_key",
    "subject_reference",
]
