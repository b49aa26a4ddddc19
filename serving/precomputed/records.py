"""Precomputations in the records database: begun, added to, finished as a whole, and found again."""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

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


@dataclass(frozen=True)
class Made:
    """The score of one subject, and what ranks and sorts it on a list."""

    entity_id: str
    score_id: str
    raw: float
    band: str | None
    area: str | None


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


def add(connection: Connection, begun: str, made: Sequence[Made]) -> None:
    """Scores added in the caller's transaction, which records them too."""
    rows = [{"precomputation_id": begun, **vars(one)} for one in made]
    connection.execute(insert(_SCORES), rows)


def rank(
    connection: Connection, approval: Approval, begun: str, capacity_of: Callable[[int], int]
) -> None:
    """Give the highest scores their places, as many as can be reached; ties go by lot.

    The lots are drawn by hash, so that a tie favours no identifier and falls out alike on any machine.
    """
    query = select(_SCORES.c.entity_id, _SCORES.c.raw).where(
        _SCORES.c.precomputation_id == begun, _SCORES.c.raw.is_not(None)
    )
    key = hashlib.blake2b(f"{approval.model} {begun}".encode(), digest_size=32).digest()

    def lot(entity_id: str) -> bytes:
        return hashlib.blake2b(entity_id.encode(), digest_size=8, key=key).digest()

    scored = [(-raw, lot(entity_id), entity_id) for entity_id, raw in connection.execute(query)]
    listed = sorted(scored)[: capacity_of(len(scored))]
    places = [
        {"_entity_id": entity_id, "_place": place}
        for place, (*_, entity_id) in enumerate(listed, 1)
    ]
    if places:
        connection.execute(
            update(_SCORES)
            .where(
                _SCORES.c.precomputation_id == begun,
                _SCORES.c.entity_id == bindparam("_entity_id"),
            )
            .values(place=bindparam("_place")),
            places,
        )


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
