"""What is put on record before an answer leaves: scores and views, each with its audit entry."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Raw
from sqlalchemy import select

from hearth.audit_log import Event, Row
from hearth.errors import AuditError, NotFoundError
from hearth.identity import Identity, Reference
from hearth.storage.engine import reading
from hearth.storage.schema import scores
from serving.answers import ScoreAnswer, Value
from serving.scores.record_texts import named_inputs, recorder_of
from serving.service import Service

_LONGEST_WAIT_S = (
    30.0  # for the audit writer's commit; the records database waits as long for its lock
)
_TOO_LONG = "the audit log took too long; nothing leaves without its entry"


async def record_score(
    service: Service,
    identity: Identity,
    answer: ScoreAnswer,
    *,
    whole: Raw,
    purpose: str,
    values: Mapping[str, Value],
    area: str | None,
    reference: Reference | None,
    generation: int,
    kept: Row | None = None,
) -> None:
    """Nothing, once the score, its inputs, its audit entry and what is kept of the answer are durable.

    Raises
    ------
    AuditError
        If they could not be written; then no answer may leave.
    OutdatedError
        If keys, models or restrictions are no longer those of the generation; nothing was written.
    """
    event, rows = record_of(
        identity,
        answer,
        whole=whole,
        purpose=purpose,
        values=values,
        area=area,
        reference=reference,
    )
    rows = rows if kept is None else [*rows, kept]
    await service.writer.record(event, rows, generation=generation)  # every request has its time


def record_of(
    identity: Identity,
    answer: ScoreAnswer,
    *,
    purpose: str,
    values: Mapping[str, Value],
    area: str | None,
    reference: Reference | None,
    whole: Raw | None = None,
) -> tuple[Event, list[Row]]:
    """Entry of a score and the rows that go with it: the score with its inputs, and a new reference.

    `whole` is the answer's JSON, where it is known already.
    """
    return recorder_of(answer.model, purpose).record(
        identity,
        whole or Raw(msgspec.json.encode(answer)),
        named_inputs(values),
        score_id=answer.score_id,
        area=area,
        reference=reference,
        subject_ref=answer.subject_ref,
        as_of=answer.as_of,
        now=answer.scored_at,
    )


def record_view(service: Service, identity: Identity, answer: ScoreAnswer) -> None:
    """Nothing, once it is durable that someone read a score."""
    details = {"score_id": answer.score_id, "model": answer.model.name}
    _write(
        service, Event("score.read", identity.key_id, subject=answer.subject_ref, details=details)
    )


async def record_reading(
    service: Service,
    identity: Identity,
    model: str,
    *,
    score_id: str,
    subject_ref: str | None,
    generation: int,
) -> None:
    """Nothing, once it is durable that someone read a score made beforehand.

    Raises
    ------
    AuditError, OutdatedError
        As `record_score`.
    """
    details = {"score_id": score_id, "model": model}
    event = Event("score.read", identity.key_id, subject=subject_ref, details=details)
    try:
        async with asyncio.timeout(_LONGEST_WAIT_S):
            await service.writer.record(event, generation=generation)
    except TimeoutError:
        raise AuditError(_TOO_LONG) from None


@dataclass(frozen=True)
class FoundScore:
    """A score as it was made, nothing withheld, with its purpose and the area of its subject."""

    answer: ScoreAnswer
    purpose: str
    area: str | None


def find_score(service: Service, score_id: str) -> FoundScore:
    """A score on record.

    Raises
    ------
    NotFoundError
        If there is no such score, or what it said was erased.
    """
    query = select(scores.c.payload).where(scores.c.score_id == _uuid(score_id))
    with reading(service.engine) as connection:
        payload: dict[str, Any] | None = connection.scalar(query)
    if not payload:
        raise NotFoundError("there is no such score")
    answer = msgspec.convert(payload["answer"], ScoreAnswer)
    return FoundScore(answer, payload["purpose"], payload.get("area"))


def _write(service: Service, event: Event, *rows: Row) -> None:
    written = service.writer.submit(event, rows)
    try:
        written.result(timeout=_LONGEST_WAIT_S)
    except TimeoutError:
        written.cancel()
        raise AuditError(_TOO_LONG) from None


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise NotFoundError("there is no such score") from None
