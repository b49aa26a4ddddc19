"""What a page of a list shows of each score: its leading reasons and figures, every row on record before it leaves."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select

from hearth.audit_log import Event, append_all
from hearth.identity import Identity
from hearth.storage.engine import reading, writing
from hearth.storage.schema import scores
from serving.answers import Reason, ScoreAnswer
from serving.casework.work_list import Line
from serving.scores.desk import as_seen_by
from serving.service import Service

LISTED = "score.listed"
"""Action of the entry that somebody saw a score in a list."""

_LEADING = 3


@dataclass(frozen=True)
class ListedScore:
    """A place of the list with the score on it, as its reader may see it."""

    line: Line
    answer: ScoreAnswer
    leading: tuple[Reason, ...]


def listed_scores(
    service: Service, identity: Identity, lines: Sequence[Line]
) -> tuple[ListedScore, ...]:
    """Scores of some lines, once it is durable for each of them that somebody saw it."""
    wanted = [line.score_id for line in lines]
    query = select(scores.c.score_id, scores.c.payload).where(scores.c.score_id.in_(wanted))
    with reading(service.engine) as connection:
        payloads = {row.score_id: row.payload for row in connection.execute(query)}
    shown = [
        _listed(identity, line, payloads[line.score_id])
        for line in lines
        if payloads.get(line.score_id)  # an erased one is nobody's any more
    ]
    now = service.now()
    with writing(service.engine) as connection:
        append_all(connection, [_event(identity, one) for one in shown], now)
    return tuple(shown)


def _listed(identity: Identity, line: Line, payload: dict[str, object]) -> ListedScore:
    answer = as_seen_by(identity, msgspec.convert(payload["answer"], ScoreAnswer))
    reasons = () if answer.explanation is None else answer.explanation.reasons
    told = tuple(reason for reason in reasons if reason.direction != "neither")
    return ListedScore(line, answer, told[:_LEADING])


def _event(identity: Identity, one: ListedScore) -> Event:
    details = {"score_id": one.line.score_id, "model": one.answer.model.name}
    return Event(LISTED, identity.key_id, subject=one.answer.subject_ref, details=details)
