"""Whether a score may still be acted on, and what stands against it."""

from datetime import date, datetime
from enum import StrEnum
from http import HTTPStatus

import msgspec
from sqlalchemy import Connection, exists, or_, select

from hearth.storage.schema import (
    approvals,
    challenges,
    decisions,
    restrictions,
    subject_references,
)
from serving.answers import ScoreAnswer
from serving.oversight.challenge_states import OPEN, State
from serving.web.problems import ProblemError


class Obstacle(StrEnum):
    """Why nobody may act on a score; the value names the problem that says so."""

    RESTRICTED = "processing-restricted"
    UPHELD = "challenge-upheld"
    SUSPENDED = "score-suspended"
    WITHDRAWN = "model-withdrawn"
    ENDED = "model-ended"
    EXPIRED = "score-expired"


IN_WORDS = {
    Obstacle.RESTRICTED: "The subject objected, or processing is restricted. Do not use this score.",
    Obstacle.UPHELD: "A challenge to this score was upheld. Do not use the score.",
    Obstacle.SUSPENDED: "This score is challenged. Do not act on it until the challenge is closed.",
    Obstacle.WITHDRAWN: "The model version that made this score is no longer approved. Do not use the score.",
    Obstacle.ENDED: "The day from which this model is no longer used has come. Do not use the score.",
    Obstacle.EXPIRED: "This score has expired. Make a new one before you decide anything.",
}
"""What people are told of each, first among the caveats."""


def obstacles_to(connection: Connection, answer: ScoreAnswer, today: date) -> tuple[Obstacle, ...]:
    """What stands against acting on a score, gravest first; nothing where a person may act on it."""
    states = set(
        connection.scalars(
            select(challenges.c.state).where(challenges.c.score_id == answer.score_id)
        )
    )
    sunset = answer.model.sunset
    stands = {
        Obstacle.RESTRICTED: _is_restricted(connection, answer),
        Obstacle.UPHELD: State.UPHELD in states,
        Obstacle.SUSPENDED: bool(states & set(OPEN)),
        Obstacle.WITHDRAWN: not _is_approved(connection, answer, today),
        Obstacle.ENDED: sunset is not None and sunset <= today,
        Obstacle.EXPIRED: answer.expires_at <= today,
    }
    return tuple(obstacle for obstacle, is_there in stands.items() if is_there)


def check_usable(connection: Connection, answer: ScoreAnswer, today: date) -> None:
    """Nothing, if a person may act on a score.

    Raises
    ------
    ProblemError
        409, of the type that says what stands against it.
    """
    for obstacle in obstacles_to(connection, answer, today)[:1]:
        raise ProblemError(HTTPStatus.CONFLICT, obstacle.value, IN_WORDS[obstacle])


def as_it_stands(connection: Connection, answer: ScoreAnswer, today: date) -> ScoreAnswer:
    """A score with what stands against it now: told first among its caveats, and in `oversight`."""
    obstacles = obstacles_to(connection, answer, today)
    oversight = msgspec.structs.replace(
        answer.oversight,
        decision_required=_last_outcome(connection, answer.score_id) in {None, "defer"},
        suspended=Obstacle.SUSPENDED in obstacles,
        expired=Obstacle.EXPIRED in obstacles,
        obstacles=tuple(obstacle.value for obstacle in obstacles),
    )
    said = tuple(IN_WORDS[obstacle] for obstacle in obstacles)
    return msgspec.structs.replace(answer, oversight=oversight, caveats=(*said, *answer.caveats))


def dwell_seconds(viewed_at: datetime | None, decided_at: datetime) -> float | None:
    """Seconds from viewing to deciding, not below 0; None where the viewing was not told."""
    return None if viewed_at is None else max(0.0, (decided_at - viewed_at).total_seconds())


def _is_approved(connection: Connection, answer: ScoreAnswer, today: date) -> bool:
    """Whether the version that made a score is approved still; a newer one may be in use beside it."""
    query = select(
        exists().where(
            approvals.c.model == answer.model.name,
            approvals.c.version == answer.model.version,
            approvals.c.bundle_sha256 == answer.model.sha256,
            approvals.c.state == "approved",
            or_(approvals.c.review_on.is_(None), approvals.c.review_on > today),
        )
    )
    return bool(connection.scalar(query))


def _is_restricted(connection: Connection, answer: ScoreAnswer) -> bool:
    """Whether an objection or restriction is in force over whom a score is of."""
    query = select(
        exists().where(
            subject_references.c.reference == answer.subject_ref,
            restrictions.c.entity_id == subject_references.c.entity_id,
            restrictions.c.lifted_at.is_(None),
            or_(restrictions.c.model.is_(None), restrictions.c.model == answer.model.name),
        )
    )
    return answer.subject_ref is not None and bool(connection.scalar(query))


def _last_outcome(connection: Connection, score_id: str) -> str | None:
    outcome: str | None = connection.scalar(
        select(decisions.c.outcome)
        .where(decisions.c.score_id == score_id)
        .order_by(decisions.c.decided_at.desc(), decisions.c.audit_sequence.desc())
        .limit(1)
    )
    return outcome
