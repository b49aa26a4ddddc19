"""Erasing what is held of one subject: what it said goes, that something was there stays on record.

References
----------
UK GDPR, article 17.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, select, update

from features.store import FeatureStore
from hearth.audit_log import AuditEntry, AuditLog, erase_payloads
from hearth.audit_log.erasure import ERASED
from hearth.storage.engine import clear_side_file, reading, writing
from hearth.storage.generation import raise_generation
from hearth.storage.schema import (
    audit_entries,
    audit_payloads,
    challenges,
    decisions,
    disputed_inputs,
    idempotency_keys,
    legal_holds,
    precomputed_scores,
    restrictions,
    scores,
    subject_references,
)
from serving.subjects.holds import refuse_if_held
from serving.subjects.known import KnownSubject

SUBJECT_ERASED = "subject.erased"
"""Action of the entry that stands for a subject of whom nothing is held any more."""

_AT_ONCE = 500  # identifiers in one statement
_ANSWERS_AT_ONCE = 50  # one to a batch of 1,000 takes some megabytes


@dataclass(frozen=True)
class Erased:
    """What was erased, by kind, and the entry that says so; no entry where nothing was held."""

    counts: dict[str, int] = field(default_factory=dict)
    tombstone: AuditEntry | None = None


def erase_subject(
    engine: Engine,
    store: FeatureStore,
    entity_id: str,
    *,
    reason: str,
    actor: str,
    audit: AuditLog,
    now: datetime,
) -> Erased:
    """What was erased of a subject, in one transaction for each database.

    The feature store goes first, so that no new score is made; the records then lose everything at
    once. Stopped between the two, the same call erases the rest; called again, it finds nothing. An
    objection or restriction in force stays, without its reason, since only it can be honoured. The
    audit chain still verifies, and approvals stand: they are bound to a matrix's manifest.

    Parameters
    ----------
    engine, store
        The records database and the feature store.
    reason
        Request or rule that calls for it; never a name.

    Raises
    ------
    StateError
        If a legal hold is over the subject.
    """
    with reading(engine) as connection:
        refuse_if_held(connection, entity_id)
    stored = store.forget([entity_id])
    with writing(engine) as connection:
        refuse_if_held(connection, entity_id)
        found = {"inputs": stored, **_erasable(connection, entity_id)}
        counts = {kind: count for kind, count in found.items() if count}
        if not counts:
            return Erased()
        details = {"counts": counts, "reason": reason}
        tombstone = audit.append(
            SUBJECT_ERASED, actor=actor, details=details, connection=connection
        )
        _erase(connection, entity_id, tombstone, reason=reason, actor=actor, now=now)
    clear_side_file(engine)
    return Erased(counts, tombstone)


def erase_scores(connection: Connection, score_ids: Sequence[str], tombstone: int) -> None:
    """Empty scores, what people wrote on them, and answers kept for replay; each keeps that it was made.

    Services drop what they hold of them. The audit chain's lock is to be held already.
    """
    if score_ids:
        raise_generation(connection)
    for some in _batches(score_ids):
        connection.execute(
            update(scores)
            .where(scores.c.score_id.in_(some), scores.c.erased_by.is_(None))
            .values(payload={}, erased_by=tombstone)
        )
        connection.execute(
            update(decisions)
            .where(decisions.c.score_id.in_(some))
            .values(reason=None, considered=None)
        )
        connection.execute(
            update(challenges)
            .where(challenges.c.score_id.in_(some))
            .values(statement=None, closed_reason=None)
        )
    forget_answers(connection, score_ids)


def forget_answers(connection: Connection, score_ids: Sequence[str]) -> None:
    """Delete answers kept for replay that hold one of these scores, those to a batch too."""
    for some in _batches(score_ids):
        connection.execute(delete(idempotency_keys).where(idempotency_keys.c.score_id.in_(some)))
    wanted = {score_id.encode() for score_id in score_ids}
    if not wanted:
        return
    kept = select(idempotency_keys).where(
        idempotency_keys.c.score_id.is_(None), idempotency_keys.c.answer.is_not(None)
    )
    rows = connection.execute(kept, execution_options={"yield_per": _ANSWERS_AT_ONCE})
    found = [
        (row.key_id, row.idempotency_key)
        for row in rows
        if any(score_id in row.answer for score_id in wanted)
    ]
    for key_id, key in found:
        connection.execute(
            delete(idempotency_keys).where(
                idempotency_keys.c.key_id == key_id, idempotency_keys.c.idempotency_key == key
            )
        )


def erasable_payloads(connection: Connection, references: Collection[str]) -> list[int]:
    """Entries about these references whose payload is still there."""
    return [
        sequence
        for some in _batches(sorted(references))
        for sequence in connection.scalars(
            select(audit_payloads.c.sequence)
            .join(audit_entries, audit_entries.c.sequence == audit_payloads.c.sequence)
            .where(
                audit_payloads.c.subject.in_(some),
                audit_payloads.c.erased_by.is_(None),
                audit_entries.c.action != ERASED,
            )
        )
    ]


def scores_of(connection: Connection, subject: KnownSubject) -> list[str]:
    """Scores of a subject that are not erased yet."""
    return [
        score_id
        for model, reference in subject.references.items()
        for score_id in connection.scalars(
            select(scores.c.score_id).where(
                scores.c.model == model,
                scores.c.subject_ref == reference,
                scores.c.erased_by.is_(None),
            )
        )
    ]


def _erasable(connection: Connection, entity_id: str) -> dict[str, int]:
    """How much of each kind the records hold of a subject."""
    subject = KnownSubject.read(connection, entity_id)
    mine = [
        (table, table.c.entity_id == entity_id) for table in (precomputed_scores, disputed_inputs)
    ]
    mine += [
        (table, (table.c.entity_id == entity_id) & table.c.lifted_at.is_not(None))
        for table in (restrictions, legal_holds)
    ]
    reasons = (restrictions.c.entity_id == entity_id) & restrictions.c.reason.is_not(None)
    return {
        "scores": len(scores_of(connection, subject)),
        "log_payloads": len(erasable_payloads(connection, subject.references.values())),
        "references": len(subject.references),
        "requests": sum(len(connection.execute(select(t).where(w)).all()) for t, w in mine)
        + len(connection.execute(select(restrictions).where(reasons)).all()),
    }


def _erase(
    connection: Connection,
    entity_id: str,
    tombstone: AuditEntry,
    *,
    reason: str,
    actor: str,
    now: datetime,
) -> None:
    subject = KnownSubject.read(connection, entity_id)
    sequences = erasable_payloads(connection, subject.references.values())
    if sequences:
        erase_payloads(connection, sequences, actor=actor, reason=reason, now=now)
    erase_scores(connection, scores_of(connection, subject), tombstone.sequence)
    for table in (precomputed_scores, disputed_inputs):
        connection.execute(delete(table).where(table.c.entity_id == entity_id))
    for table in (restrictions, legal_holds):
        is_over = table.c.lifted_at.is_not(None)
        connection.execute(delete(table).where(table.c.entity_id == entity_id, is_over))
    connection.execute(
        update(restrictions).where(restrictions.c.entity_id == entity_id).values(reason=None)
    )
    connection.execute(
        delete(subject_references).where(subject_references.c.entity_id == entity_id)
    )


def _batches(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[i : i + _AT_ONCE] for i in range(0, len(values), _AT_ONCE))
