"""Everything that is held of one subject, and nothing of anyone else: what a subject access request asks for.

References
----------
UK GDPR, article 15.
"""

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, select

from features.store import FeatureStore
from hearth.errors import NotFoundError
from hearth.storage.engine import reading
from hearth.storage.schema import (
    api_keys,
    approvals,
    audit_entries,
    audit_payloads,
    challenges,
    decisions,
    disputed_inputs,
    legal_holds,
    oauth_clients,
    precomputed_scores,
    restrictions,
    scores,
    subject_references,
)
from serving.scores.record_texts import inputs_on_record
from serving.subjects.known import KnownSubject

_AT_ONCE = 500
_CLIENT = "client:"
_OPERATOR = "operator"
_NOT_THEIRS = frozenset(
    {"key_id", "opened_by", "acknowledged_by", "closed_by", "set_by", "lifted_by", "entity_id"}
)
"""Columns that name who acted; the roles of those are listed as recipients instead."""

Section = list[dict[str, Any]]


def collect(engine: Engine, store: FeatureStore, entity_id: str, now: datetime) -> dict[str, Any]:
    """What the records and the feature store hold of a subject, by section, as JSON can say it.

    Parameters
    ----------
    engine
        Of the records database.
    store
        Features by subject.
    entity_id
        The subject as models know it: a UPRN, a household's number or a person's pseudonym.
    now
        When it was collected.

    Raises
    ------
    NotFoundError
        If nothing at all is held.
    """
    inputs = [
        {"model": model, **_plain(vars(row) | {"entity_id": None})}
        for model, row in store.rows_of(entity_id)
    ]
    with reading(engine) as connection:
        subject = KnownSubject.read(connection, entity_id)
        made = _scores(connection, subject)
        ids = [score["score_id"] for score in made]
        log = _log(connection, subject)
        found = {
            "inputs": inputs,
            "scores": made,
            "decisions": _about(connection, decisions, decisions.c.score_id, ids),
            "challenges": _about(connection, challenges, challenges.c.score_id, ids),
            "made_beforehand": _own(connection, precomputed_scores, entity_id),
            "restrictions": _own(connection, restrictions, entity_id),
            "disputed_inputs": _own(connection, disputed_inputs, entity_id),
            "legal_holds": _own(connection, legal_holds, entity_id),
            "model_versions": _versions(connection, made),
            "recipients": _recipients(log),
            "log": log,
            "references": _own(connection, subject_references, entity_id),
        }
    if not any(found.values()):
        raise NotFoundError(
            "nothing is held of this subject; give the number that models know it by: a UPRN, a "
            "household's number, or a person's pseudonym (`hearth pseudonym find`)"
        )
    return {"subject": entity_id, "collected_at": now.isoformat(), **found}


def _scores(connection: Connection, subject: KnownSubject) -> Section:
    """Scores with their reasons and the inputs they were made from; of an erased one that it was made."""
    found = []
    for model, reference in sorted(subject.references.items()):
        query = select(scores).where(scores.c.model == model, scores.c.subject_ref == reference)
        for row in connection.execute(query.order_by(scores.c.created_at)).mappings():
            payload = row["payload"]
            kept = {name: row[name] for name in ("score_id", "model", "version", "as_of")}
            found.append(
                _plain(kept | {"made_at": row["created_at"], "is_erased": not payload})
                | {"answer": payload.get("answer"), "inputs": inputs_on_record(payload)}
            )
    return found


def _about(connection: Connection, table: Table, column: Any, ids: Collection[str]) -> Section:
    return [
        _plain(row)
        for some in _batches(list(ids))
        for row in connection.execute(select(table).where(column.in_(some))).mappings()
    ]


def _own(connection: Connection, table: Table, entity_id: str) -> Section:
    query: Select[Any] = select(table).where(table.c.entity_id == entity_id)
    return [_plain(row) for row in connection.execute(query).mappings()]


def _log(connection: Connection, subject: KnownSubject) -> Section:
    """Entries of the audit log about the subject, with the role of whoever acted."""
    roles = _roles(connection)
    found = []
    for some in _batches(sorted(subject.references.values())):
        query = (
            select(
                audit_entries.c.sequence,
                audit_entries.c.recorded_at,
                audit_entries.c.action,
                audit_entries.c.actor,
                audit_payloads.c.details,
            )
            .join(audit_payloads, audit_payloads.c.sequence == audit_entries.c.sequence)
            .where(audit_payloads.c.subject.in_(some))
        )
        for row in connection.execute(query).mappings():
            details = json.loads(row["details"])
            found.append(
                _plain({name: row[name] for name in ("sequence", "recorded_at", "action")})
                | {"by_role": roles.get(row["actor"], _OPERATOR), "details": details}
            )
    return sorted(found, key=lambda entry: int(entry["sequence"]))


def _recipients(log: Section) -> Section:
    """Who made, read or acted on what is held, by role: how often, and when first and last."""
    by_role: dict[str, Section] = {}
    for entry in log:
        by_role.setdefault(entry["by_role"], []).append(entry)
    return [
        {
            "role": role,
            "times": len(entries),
            "first": entries[0]["recorded_at"],
            "last": entries[-1]["recorded_at"],
            "did": sorted({entry["action"] for entry in entries}),
        }
        for role, entries in sorted(by_role.items())
    ]


def _roles(connection: Connection) -> dict[str, str]:
    keys = select(api_keys.c.key_id, api_keys.c.role)
    clients = select(oauth_clients.c.client_id, oauth_clients.c.role)
    return {row.key_id: row.role for row in connection.execute(keys)} | {
        f"{_CLIENT}{row.client_id}": row.role for row in connection.execute(clients)
    }


def _versions(connection: Connection, made: Section) -> Section:
    """The versions that scored the subject, who approved each by role, and when."""
    names = ("model", "version", "state", "bundle_sha256", "decided_by_role", "decided_at")
    found = []
    for model, version in sorted({(score["model"], score["version"]) for score in made}):
        query = (
            select(*(approvals.c[name] for name in names))
            .where(approvals.c.model == model, approvals.c.version == version)
            .order_by(approvals.c.approval_id)
        )
        found += [_plain(row) for row in connection.execute(query).mappings()]
    return found


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A row as JSON can say it, without who acted."""
    return {
        str(name): value.isoformat() if isinstance(value, date) else value
        for name, value in row.items()
        if name not in _NOT_THEIRS
    }


def _batches(values: list[str]) -> Iterable[list[str]]:
    return (values[i : i + _AT_ONCE] for i in range(0, len(values), _AT_ONCE))
