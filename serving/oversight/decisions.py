"""What people decided after reading a score: every decision kept, the last one counting."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from hearth.audit_log.recorded_rows import decision_sha256
from hearth.errors import Fault, StaleError, UnusableInputError
from hearth.identity import Identity
from hearth.storage.engine import reading
from hearth.storage.schema import decisions
from serving.answers import ScoreAnswer
from serving.oversight.answers import DecisionAnswer, DecisionList
from serving.oversight.recording import on_record, record_reading
from serving.oversight.requests import DecisionRequest
from serving.oversight.standing import check_usable, dwell_seconds
from serving.scores.opening import open_score
from serving.service import Service
from serving.web.idempotency import RequestKey

CLOCKS_DIFFER = timedelta(minutes=1)
"""How far the clock of a caseworker's system may be from ours before a viewing time is refused."""


def decide(
    service: Service,
    identity: Identity,
    score_id: str,
    decision: DecisionRequest,
    *,
    key: RequestKey | None = None,
    seen: int | None = None,
) -> DecisionAnswer:
    """Decision on a score, once it is durable with its audit entry; kept under a key if given.

    What stands against using the score is read in the same transaction, so that nobody decides on a
    score that was challenged a moment before; and, where `seen` says how many decisions whoever
    decides had before them, over one they did not see.

    Raises
    ------
    StaleError
        If somebody decided meanwhile.
    UnusableInputError
        If the score cannot have been seen at the time told.
    ProblemError
        409 if the score may not be acted on.
    """
    answer = open_score(service, identity, score_id)
    now = service.now()
    _check_viewed(answer, decision, service)
    row = {
        "decision_id": str(uuid4()),
        "score_id": answer.score_id,
        "outcome": decision.outcome,
        "reason_code": decision.reason_code,
        "reason": decision.reason.strip() or None,
        "considered": decision.considered.strip() or None,
        "viewed_at": decision.viewed_at,
        "decided_at": now,
        "key_id": identity.key_id,
        "role": identity.role.value,
    }
    told = ("decision_id", "score_id", "outcome", "reason_code", "role")
    with on_record(service) as record:
        check_usable(record.connection, answer, service.today())
        if seen is not None and seen != len(decisions_on(record.connection, answer.score_id)):
            raise StaleError("somebody decided on this score meanwhile; read that, then decide")
        entry = record.append(
            "score.decided",
            identity,
            subject=answer.subject_ref,
            details={name: row[name] for name in told} | {"row_sha256": decision_sha256(row)},
        )
        record.connection.execute(insert(decisions).values(**row, audit_sequence=entry.sequence))
        made = _decision_of(row)
        record.keep(None if key is None else key.row(made, score_id=answer.score_id))
    return made


def list_decisions(service: Service, identity: Identity, score_id: str) -> DecisionList:
    """Decisions on a score, earliest first, the reading on record."""
    answer = open_score(service, identity, score_id)
    record_reading(service, identity, "decisions.listed", {"score_id": answer.score_id})
    with reading(service.engine) as connection:
        return DecisionList(decisions_on(connection, answer.score_id))


def decisions_on(connection: Connection, score_id: str) -> tuple[DecisionAnswer, ...]:
    """Decisions on a score, earliest first, for whoever was let in to it."""
    query = (
        select(decisions)
        .where(decisions.c.score_id == score_id)
        .order_by(decisions.c.decided_at, decisions.c.audit_sequence)
    )
    return tuple(_decision_of(row) for row in connection.execute(query).mappings())


def _check_viewed(answer: ScoreAnswer, decision: DecisionRequest, service: Service) -> None:
    viewed = decision.viewed_at
    if viewed is None:
        return
    if viewed < answer.scored_at - CLOCKS_DIFFER:
        found = "is before the score was made"
    elif viewed > service.now() + CLOCKS_DIFFER:
        found = "is yet to come"
    else:
        return
    raise UnusableInputError(
        [Fault("request", "viewed_at", found, "send when the person saw this score")]
    )


def _decision_of(row: Mapping[Any, Any]) -> DecisionAnswer:
    return DecisionAnswer(
        decision_id=row["decision_id"],
        score_id=row["score_id"],
        outcome=row["outcome"],
        reason_code=row["reason_code"],
        reason=row["reason"],
        considered=row["considered"],
        reviewer_role=row["role"],
        viewed_at=row["viewed_at"],
        decided_at=row["decided_at"],
        dwell_seconds=dwell_seconds(row["viewed_at"], row["decided_at"]),
    )
