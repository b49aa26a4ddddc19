"""Legal holds: what nobody may erase or purge while a court, an inquiry or a complaint needs it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, insert, or_, select, update

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, StateError
from hearth.identity import subject_reference
from hearth.storage.schema import legal_holds, subject_references
from serving.subjects.known import RIGHTS, check_model


@dataclass(frozen=True)
class LegalHold:
    """A hold in force. Without a model it is over every model, without an entity over everybody."""

    hold_id: str
    model: str | None
    entity_id: str | None
    reason: str
    since: datetime
    set_by: str


def set_hold(
    connection: Connection,
    *,
    model: str | None,
    entity_id: str | None,
    reason: str,
    actor: str,
    audit: AuditLog,
    now: datetime,
) -> str:
    """Id of a hold that stops erasure and purge from the commit on.

    Raises
    ------
    NotFoundError
        If the records know no such model.
    """
    check_model(connection, model)
    subject = (
        None
        if entity_id is None
        else subject_reference(connection, model or RIGHTS, entity_id, now)
    )
    hold_id = str(uuid4())
    connection.execute(
        insert(legal_holds).values(
            hold_id=hold_id,
            model=model,
            entity_id=entity_id,
            reason=reason,
            since=now,
            set_by=actor,
        )
    )
    details = {"hold_id": hold_id, "model": model, "reason": reason}
    audit.append("hold.set", actor=actor, subject=subject, details=details, connection=connection)
    return hold_id


def lift_hold(
    connection: Connection, hold_id: str, *, actor: str, audit: AuditLog, now: datetime
) -> None:
    """End a hold, from the commit on.

    Raises
    ------
    NotFoundError
        If there is no such hold in force.
    """
    ended = connection.execute(
        update(legal_holds)
        .where(legal_holds.c.hold_id == hold_id, legal_holds.c.lifted_at.is_(None))
        .values(lifted_at=now, lifted_by=actor)
    ).rowcount
    if not ended:
        raise NotFoundError("no hold of that id is in force; see `hearth hold list`")
    audit.append("hold.lifted", actor=actor, details={"hold_id": hold_id}, connection=connection)


def holds_in_force(connection: Connection) -> list[LegalHold]:
    """Every hold that nobody has lifted, oldest first."""
    query = (
        select(*(legal_holds.c[name] for name in LegalHold.__dataclass_fields__))
        .where(legal_holds.c.lifted_at.is_(None))
        .order_by(legal_holds.c.since, legal_holds.c.hold_id)
    )
    return [LegalHold(**row) for row in connection.execute(query).mappings()]


def refuse_if_held(connection: Connection, entity_id: str) -> None:
    """Nothing, unless a hold is over this subject, alone or with everybody.

    Raises
    ------
    StateError
        Naming the holds.
    """
    query = select(legal_holds.c.hold_id).where(
        legal_holds.c.lifted_at.is_(None),
        or_(legal_holds.c.entity_id == entity_id, legal_holds.c.entity_id.is_(None)),
    )
    held = connection.scalars(query.order_by(legal_holds.c.since)).all()
    if held:
        raise StateError(
            f"legal hold {', '.join(held)} is over this subject, and nothing was erased; "
            "lift it first with `hearth hold lift`, if it has ended"
        )


@dataclass(frozen=True)
class HeldPart:
    """What of one model holds are over: all of it, or what is of some subjects."""

    is_whole: bool = False
    entities: frozenset[str] = frozenset()
    references: frozenset[str] = frozenset()

    @classmethod
    def of(cls, connection: Connection, holds: Collection[LegalHold], model: str) -> "HeldPart":
        """The part of a model that these holds are over."""
        over = [hold for hold in holds if hold.model in (None, model)]
        entities = frozenset(hold.entity_id for hold in over if hold.entity_id is not None)
        query = select(subject_references.c.reference).where(
            subject_references.c.model == model, subject_references.c.entity_id.in_(entities)
        )
        is_whole = any(hold.entity_id is None for hold in over)
        return cls(
            is_whole, entities, frozenset(connection.scalars(query)) if entities else frozenset()
        )
