"""Precomputations in the records database: begun, added to, finished as a whole, and found again."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, update

from hearth.storage.published import Approval
from hearth.storage.schema import precomputations, precomputed_scores

_RUNS, _SCORES = precomputations, precomputed_scores
_AT_ONCE = 500  # subjects in one query


@dataclass(frozen=True)
class Precomputation:
    """Scores of all subjects of a model, by one version, as at one refresh of the feature store."""

    precomputation_id: str
    bundle_sha256: str
    store_key: str
    finished_at: datetime | None


def begin(
    connection: Connection, approval: Approval, store_key: str, *, key_id: str, now: datetime
) -> str:
    """Identifier of a precomputation begun: the one that was stopped, if it is of the same things."""
    same = select(_RUNS.c.precomputation_id).where(
        _RUNS.c.model == approval.model,
        _RUNS.c.version == approval.version,
        _RUNS.c.bundle_sha256 == approval.bundle_sha256,
        _RUNS.c.store_key == store_key,
        _RUNS.c.key_id == key_id,
        _RUNS.c.finished_at.is_(None),
    )
    stopped = connection.scalar(same)
    if stopped is not None:
        return str(stopped)
    begun = str(uuid4())
    connection.execute(
        insert(_RUNS).values(
            precomputation_id=begun,
            model=approval.model,
            version=approval.version,
            bundle_sha256=approval.bundle_sha256,
            store_key=store_key,
            key_id=key_id,
            started_at=now,
        )
    )
    return begun


def made_of(connection: Connection, begun: str, subjects: Sequence[str]) -> set[str]:
    """Those of some subjects whose scores a precomputation has already."""
    made: set[str] = set()
    for start in range(0, len(subjects), _AT_ONCE):
        query = select(_SCORES.c.entity_id).where(
            _SCORES.c.precomputation_id == begun,
            _SCORES.c.entity_id.in_(subjects[start : start + _AT_ONCE]),
        )
        made.update(connection.scalars(query))
    return made


def add(connection: Connection, begun: str, score_ids: Mapping[str, str]) -> None:
    """Scores by subject, added in the caller's transaction, which records them too."""
    rows = [
        {"precomputation_id": begun, "entity_id": subject, "score_id": score_id}
        for subject, score_id in score_ids.items()
    ]
    connection.execute(insert(_SCORES), rows)


def finish(connection: Connection, model: str, begun: str, now: datetime) -> int:
    """Number of scores, from this transaction on the ones that are shown; any earlier ones are not."""
    others = select(_RUNS.c.precomputation_id).where(
        _RUNS.c.model == model, _RUNS.c.precomputation_id != begun
    )
    connection.execute(delete(_SCORES).where(_SCORES.c.precomputation_id.in_(others)))
    connection.execute(
        delete(_RUNS).where(_RUNS.c.model == model, _RUNS.c.precomputation_id != begun)
    )
    connection.execute(
        update(_RUNS).where(_RUNS.c.precomputation_id == begun).values(finished_at=now)
    )
    count = select(func.count()).where(_SCORES.c.precomputation_id == begun)
    return int(connection.scalar(count) or 0)


def drop(connection: Connection, begun: str, subjects: Collection[str]) -> None:
    """Take subjects out of a precomputation, in the caller's transaction."""
    listed = sorted(subjects)
    for start in range(0, len(listed), _AT_ONCE):
        connection.execute(
            delete(_SCORES).where(
                _SCORES.c.precomputation_id == begun,
                _SCORES.c.entity_id.in_(listed[start : start + _AT_ONCE]),
            )
        )


def finished(connection: Connection) -> dict[str, Precomputation]:
    """The precomputation that is shown of each model that has one."""
    query = select(
        _RUNS.c.model,
        _RUNS.c.precomputation_id,
        _RUNS.c.bundle_sha256,
        _RUNS.c.store_key,
        _RUNS.c.finished_at,
    ).where(_RUNS.c.finished_at.is_not(None))
    return {model: Precomputation(*found) for model, *found in connection.execute(query)}


def score_id_of(connection: Connection, made: Precomputation, subject: str) -> str | None:
    """Identifier of a subject's score, if the precomputation holds one."""
    query = select(_SCORES.c.score_id).where(
        _SCORES.c.precomputation_id == made.precomputation_id, _SCORES.c.entity_id == subject
    )
    found = connection.scalar(query)
    return None if found is None else str(found)
