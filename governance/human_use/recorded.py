"""What the records hold of a version's use: decisions, challenges, and how many scores were made."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, select

from hearth.identity.oauth_clients import ACTOR_PREFIX
from hearth.storage.schema import (
    api_keys,
    challenges,
    decisions,
    oauth_clients,
    scores,
    subject_references,
)

FINAL = ("agree", "override")
"""Outcomes that decide; one put off is decided later, or never."""

UNKNOWN_TEAM = "not known"
_ACKNOWLEDGED_IN_TIME = "opened"
_AREA = scores.c.payload["area"].as_string().label("area")


@dataclass(frozen=True)
class Decided:
    """The last decision on one score.

    Attributes
    ----------
    entity_id, area
        Whom the score is of, and where; None where it was erased or never known.
    team
        What the council calls the key or client that decided.
    dwell_seconds
        From viewing the score to deciding; None where the viewing was not told.
    """

    entity_id: str | None
    area: str | None
    team: str
    outcome: str
    day: date
    dwell_seconds: float | None


@dataclass(frozen=True)
class Challenged:
    """One challenge: its state and ground, and whether its acknowledgement is overdue."""

    state: str
    ground: str
    is_overdue: bool


@dataclass(frozen=True)
class Scored:
    """Whom a score was made of, and where; None where it was erased or never known."""

    entity_id: str | None
    area: str | None


@dataclass(frozen=True)
class Recorded:
    """A version's use. `scores` and `abstained` are counts of scores made; `scored` are whom they are of."""

    scores: int
    abstained: int
    decided: tuple[Decided, ...]
    challenged: tuple[Challenged, ...]
    scored: frozenset[Scored] = frozenset()


def read_use(connection: Connection, model: str, version: str, today: date) -> Recorded:
    """What was done with the scores of one version; nothing but zeros where nobody did anything."""
    its = (scores.c.model == model, scores.c.version == version)
    abstained = scores.c.payload["answer"]["score"]["abstained"].as_boolean()
    made = connection.scalar(select(func.count()).select_from(scores).where(*its))
    unsure = connection.scalar(
        select(func.count()).select_from(scores).where(*its, abstained.is_(True))
    )
    return Recorded(
        int(made or 0),
        int(unsure or 0),
        _decided(connection, model, version),
        tuple(
            Challenged(
                row.state,
                row.ground,
                row.state == _ACKNOWLEDGED_IN_TIME and row.acknowledge_by < today,
            )
            for row in connection.execute(
                select(challenges.c.state, challenges.c.ground, challenges.c.acknowledge_by)
                .join(scores, scores.c.score_id == challenges.c.score_id)
                .where(*its)
            )
        ),
        frozenset(
            Scored(row.entity_id, row.area)
            for row in connection.execute(
                select(subject_references.c.entity_id, _AREA)
                .select_from(scores)
                .outerjoin(
                    subject_references, subject_references.c.reference == scores.c.subject_ref
                )
                .where(*its)
            )
        ),
    )


def last_outcomes(connection: Connection, model: str, version: str) -> Counter[str]:
    """How many scores of a version each outcome was decided of: by the last decision on each."""
    return Counter(one.outcome for one in _decided(connection, model, version))


def _decided(connection: Connection, model: str, version: str) -> tuple[Decided, ...]:
    teams = _teams(connection)
    query = (
        select(
            decisions.c.score_id,
            decisions.c.outcome,
            decisions.c.viewed_at,
            decisions.c.decided_at,
            decisions.c.key_id,
            subject_references.c.entity_id,
            _AREA,
        )
        .join(scores, scores.c.score_id == decisions.c.score_id)
        .outerjoin(subject_references, subject_references.c.reference == scores.c.subject_ref)
        .where(scores.c.model == model, scores.c.version == version)
        .order_by(decisions.c.decided_at, decisions.c.audit_sequence)
    )
    last = {row.score_id: row for row in connection.execute(query)}
    return tuple(
        Decided(
            row.entity_id,
            row.area,
            teams.get(row.key_id, UNKNOWN_TEAM),
            row.outcome,
            row.decided_at.date(),
            None
            if row.viewed_at is None
            else max(0.0, (row.decided_at - row.viewed_at).total_seconds()),
        )
        for row in last.values()
    )


def _teams(connection: Connection) -> Mapping[str, str]:
    """What the council calls each key and client."""
    keys = connection.execute(select(api_keys.c.key_id, api_keys.c.name))
    clients = connection.execute(select(oauth_clients.c.client_id, oauth_clients.c.name))
    return {row.key_id: row.name for row in keys} | {
        f"{ACTOR_PREFIX}{row.client_id}": row.name for row in clients
    }
