"""Other scores of the same subject by the same model, and what was decided on each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from hearth.identity import Identity
from hearth.storage.schema import decisions, scores
from serving.answers import ScoreAnswer

_MOST = 12  # a year of monthly lists


@dataclass(frozen=True)
class OtherScore:
    """Another score of the subject; `outcome` and `decided_at` are of the last decision on it, if any."""

    score_id: str
    version: str
    scored_at: datetime
    probability: float
    band: str | None
    is_newer: bool
    outcome: str | None
    decided_at: datetime | None


def other_scores(
    connection: Connection, identity: Identity, answer: ScoreAnswer
) -> tuple[OtherScore, ...]:
    """The newest others that were not erased and that somebody may see; none where nobody was named."""
    if answer.subject_ref is None:
        return ()
    query = (
        select(scores.c.score_id, scores.c.version, scores.c.created_at, scores.c.payload)
        .where(
            scores.c.model == answer.model.name,
            scores.c.subject_ref == answer.subject_ref,
            scores.c.score_id != answer.score_id,
        )
        .order_by(scores.c.created_at.desc())
        .limit(_MOST)
    )
    rows = [
        row
        for row in connection.execute(query)
        if row.payload
        and row.payload["purpose"] in identity.purposes
        and identity.sees_area(row.payload.get("area"))
    ]
    decided = _last_decisions(connection, [row.score_id for row in rows])
    return tuple(
        OtherScore(
            row.score_id,
            row.version,
            row.created_at,
            row.payload["answer"]["score"]["probability"],
            row.payload["answer"]["score"]["band"],
            row.created_at > answer.scored_at,
            *decided.get(row.score_id, (None, None)),
        )
        for row in rows
    )


def _last_decisions(
    connection: Connection, score_ids: Sequence[str]
) -> dict[str, tuple[str, datetime]]:
    query = (
        select(decisions.c.score_id, decisions.c.outcome, decisions.c.decided_at)
        .where(decisions.c.score_id.in_(score_ids))
        .order_by(decisions.c.decided_at, decisions.c.audit_sequence)
    )
    return {row.score_id: (row.outcome, row.decided_at) for row in connection.execute(query)}
