"""Objection and restriction: what a subject may ask for so that no model scores them.

References
----------
UK GDPR, articles 18 and 21.
"""

from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, insert, select, update

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, StateError
from hearth.identity import subject_reference
from hearth.storage.schema import restrictions
from serving.subjects.erasure import forget_answers, scores_of
from serving.subjects.known import RIGHTS, KnownSubject, check_model

Kind = Literal["objection", "restriction"]


def restrict(
    connection: Connection,
    entity_id: str,
    kind: Kind,
    *,
    model: str | None,
    reason: str,
    actor: str,
    audit: AuditLog,
    now: datetime,
) -> str:
    """Id of what now suspends the scoring of a subject, from the commit on and in every worker.

    Answers kept for replay that hold a score of theirs are deleted: sent again, a request is refused.

    Parameters
    ----------
    connection
        In a transaction that writes.
    kind
        An objection (article 21) or a restriction (article 18); scoring honours both alike.
    model
        The one model it is about; every model if None.
    reason
        Request that calls for it; never a name.

    Raises
    ------
    NotFoundError
        If the records know no such model.
    StateError
        If the same is in force already.
    """
    check_model(connection, model)
    subject = subject_reference(connection, model or RIGHTS, entity_id, now)
    if connection.scalar(
        select(restrictions.c.restriction_id).where(*_same(entity_id, model, kind))
    ):
        raise StateError(f"this {kind} is in force already; nothing was changed")
    forget_answers(connection, scores_of(connection, KnownSubject.read(connection, entity_id)))
    restriction_id = str(uuid4())
    connection.execute(
        insert(restrictions).values(
            restriction_id=restriction_id,
            entity_id=entity_id,
            model=model,
            kind=kind,
            reason=reason,
            since=now,
            set_by=actor,
        )
    )
    details = {"restriction_id": restriction_id, "kind": kind, "model": model}
    audit.append(
        "subject.restricted", actor=actor, subject=subject, details=details, connection=connection
    )
    return restriction_id


def lift(
    connection: Connection,
    entity_id: str,
    *,
    model: str | None,
    reason: str,
    actor: str,
    audit: AuditLog,
    now: datetime,
) -> int:
    """How many objections and restrictions of a subject ended; scoring is free again from the commit on.

    Parameters
    ----------
    model
        Ends those about this model; those about every model if None.

    Raises
    ------
    NotFoundError
        If none is in force.
    """
    subject = subject_reference(connection, model or RIGHTS, entity_id, now)
    ended = connection.execute(
        update(restrictions).where(*_same(entity_id, model)).values(lifted_at=now, lifted_by=actor)
    ).rowcount
    if not ended:
        raise NotFoundError(
            "no objection or restriction of this subject is in force there; "
            "see `hearth subject export` for those that are"
        )
    details = {"model": model, "ended": ended, "reason": reason}
    audit.append(
        "subject.lifted", actor=actor, subject=subject, details=details, connection=connection
    )
    return ended


def in_force(connection: Connection, entity_id: str) -> list[tuple[str, str | None]]:
    """What suspends the scoring of a subject: each an objection or restriction, and its model, None for every model."""
    found = connection.execute(
        select(restrictions.c.kind, restrictions.c.model)
        .where(restrictions.c.entity_id == entity_id, restrictions.c.lifted_at.is_(None))
        .order_by(restrictions.c.since)
    )
    return [(row.kind, row.model) for row in found]


def _same(entity_id: str, model: str | None, kind: str | None = None) -> list[ColumnElement[bool]]:
    about = restrictions.c.model.is_(None) if model is None else restrictions.c.model == model
    same = [restrictions.c.entity_id == entity_id, about, restrictions.c.lifted_at.is_(None)]
    return same if kind is None else [*same, restrictions.c.kind == kind]
