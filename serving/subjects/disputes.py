"""Rectification: an input that a subject says is wrong, flagged in every score until it is settled.

References
----------
UK GDPR, article 16.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy import Connection, insert, select, update

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, StateError
from hearth.identity import subject_reference
from hearth.storage.schema import disputed_inputs
from serving.subjects.known import check_model

Value = float | str | None
Outcome = Literal["upheld", "rejected"]


@dataclass(frozen=True)
class Dispute:
    """One open dispute: which feature of which model, and what the subject says it is."""

    dispute_id: str
    model: str
    feature: str
    stated: Value


@dataclass(frozen=True)
class Disputes:
    """Open disputes: the features of each subject of each model."""

    features: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, connection: Connection) -> "Disputes":
        """Those that nobody has settled."""
        found: dict[tuple[str, str], set[str]] = {}
        columns = (disputed_inputs.c.model, disputed_inputs.c.entity_id, disputed_inputs.c.feature)
        for row in connection.execute(
            select(*columns).where(disputed_inputs.c.closed_at.is_(None))
        ):
            found.setdefault((row.model, row.entity_id), set()).add(row.feature)
        return cls({key: frozenset(names) for key, names in found.items()})

    def of(self, model: str, entity_id: str) -> tuple[str, ...]:
        """Disputed features of a subject, in order."""
        return tuple(sorted(self.features.get((model, entity_id), ())))


def open_dispute(
    connection: Connection,
    entity_id: str,
    model: str,
    feature: str,
    *,
    stated: Value,
    reason: str,
    actor: str,
    audit: AuditLog,
    now: datetime,
) -> str:
    """Id of a dispute that flags the feature in every score of the subject, from the commit on.

    Parameters
    ----------
    connection
        In a transaction that writes.
    stated
        What the subject says it is; None where they say only that it is wrong. It stays out of the log.
    reason
        Request that calls for it; never a name.

    Raises
    ------
    NotFoundError
        If the records know no such model.
    StateError
        If the feature is disputed already.
    """
    check_model(connection, model)
    subject = subject_reference(connection, model, entity_id, now)
    if any(one.feature == feature for one in open_disputes(connection, entity_id, model)):
        raise StateError(
            f"{feature} is disputed already; settle that first, "
            "with `hearth subject rectify … --close upheld` or rejected"
        )
    dispute_id = str(uuid4())
    connection.execute(
        insert(disputed_inputs).values(
            dispute_id=dispute_id,
            entity_id=entity_id,
            model=model,
            feature=feature,
            stated=stated,
            reason=reason,
            opened_at=now,
            opened_by=actor,
        )
    )
    details = {"dispute_id": dispute_id, "model": model, "feature": feature}
    audit.append(
        "subject.disputed", actor=actor, subject=subject, details=details, connection=connection
    )
    return dispute_id


def close_dispute(
    connection: Connection,
    entity_id: str,
    model: str,
    feature: str,
    outcome: Outcome,
    *,
    actor: str,
    audit: AuditLog,
    now: datetime,
) -> Dispute:
    """The dispute that was open, settled from the commit on.

    Raises
    ------
    NotFoundError
        If the feature is not disputed.
    """
    found = [one for one in open_disputes(connection, entity_id, model) if one.feature == feature]
    if not found:
        raise NotFoundError("this feature of this subject is not disputed; nothing was settled")
    connection.execute(
        update(disputed_inputs)
        .where(disputed_inputs.c.dispute_id == found[0].dispute_id)
        .values(closed_at=now, closed_by=actor, outcome=outcome)
    )
    audit.append(
        "subject.dispute_settled",
        actor=actor,
        subject=subject_reference(connection, model, entity_id, now),
        details={"dispute_id": found[0].dispute_id, "model": model, "outcome": outcome},
        connection=connection,
    )
    return found[0]


def open_disputes(connection: Connection, entity_id: str, model: str) -> list[Dispute]:
    """Disputes of a subject about a model's inputs that nobody has settled."""
    query = select(*(disputed_inputs.c[name] for name in Dispute.__dataclass_fields__)).where(
        disputed_inputs.c.entity_id == entity_id,
        disputed_inputs.c.model == model,
        disputed_inputs.c.closed_at.is_(None),
    )
    return [Dispute(**row) for row in connection.execute(query).mappings()]
