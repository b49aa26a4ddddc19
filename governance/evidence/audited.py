"""The audit log's part in a pack: its head, and the entries of one version that say nothing of anyone."""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from hearth.audit_log.chain import HASHED, hash_entry, hash_payload, payload_content
from hearth.storage.columns import instant_text
from hearth.storage.schema import audit_entries, audit_payloads

ACTIONS = (
    "bar.registered",
    "test_period.looked_at",
    "model.submit",
    "model.review",
    "model.approve",
    "model.refuse",
    "model.dissent",
    "model.withdraw",
    "model.expire",
    "model.void",
)
"""Actions whose entries speak of a model and of no subject: no other entry enters a pack."""


def read_entries(connection: Connection, model: str, version: str) -> list[dict[str, Any]]:
    """Entries of a version, or of its model where they name none, earliest first.

    Each has its columns as the chain hashes them, its details as they were written, and the salt of its
    payload, so that whoever holds the pack can compute both hashes anew.
    """
    query = (
        select(audit_entries, audit_payloads.c.salt, audit_payloads.c.details)
        .join(audit_payloads, audit_payloads.c.sequence == audit_entries.c.sequence)
        .where(
            audit_entries.c.action.in_(ACTIONS),
            audit_payloads.c.subject.is_(None),
            audit_payloads.c.details.is_not(None),
        )
        .order_by(audit_entries.c.sequence)
    )
    found = []
    for row in connection.execute(query).mappings():
        details = json.loads(row["details"])
        if details.get("model") == model and details.get("version", version) == version:
            found.append(
                {
                    **{name: row[name] for name in (*HASHED, "entry_hash", "details")},
                    "recorded_at": instant_text(row["recorded_at"]),
                    "salt": bytes(row["salt"]).hex(),
                }
            )
    return found


def entry_fault(entry: Mapping[str, Any]) -> str | None:
    """What is wrong with an entry of a pack; None where its hashes are those of what it says."""
    try:
        content = payload_content(None, entry["details"])
        payload = hash_payload(bytes.fromhex(entry["salt"]), content)
        if not hmac.compare_digest(payload, entry["payload_hash"]):
            return f"has in entry {entry['sequence']} details that are not those that were hashed"
        if hash_entry([entry[name] for name in HASHED]) != entry["entry_hash"]:
            return f"has in entry {entry['sequence']} columns that are not those that were hashed"
    except (KeyError, TypeError, ValueError):
        return "has an entry that is none of the audit log"
    return None
