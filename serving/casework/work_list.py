"""The work list of a model: whom the service can reach, ranked, and where each of them stands."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Connection, Select, func, select

from hearth.identity import Identity
from hearth.storage.engine import reading
from hearth.storage.schema import challenges, decisions, precomputed_scores, scores
from serving.casework.stages import Stage, stage_of
from serving.held import Held
from serving.precomputed.records import Precomputation
from serving.scores.desk import open_model
from serving.scores.scoring import EXPIRES_AFTER
from serving.scores.served_models import ServedModel, sunset_of
from serving.service import Service

_LISTED = precomputed_scores


class Missing(StrEnum):
    """Why there is no list to show."""

    NOT_MADE = "not_made"
    OTHER_VERSION = "other_version"
    REFRESHED = "refreshed"


@dataclass(frozen=True)
class Earlier:
    """The last decision on an earlier score of the same subject by the same model."""

    outcome: str
    decided_at: datetime


@dataclass(frozen=True)
class Line:
    """One place of the list."""

    place: int
    subject: str
    score_id: str
    band: str | None
    area: str | None
    stage: Stage
    earlier: Earlier | None


@dataclass(frozen=True)
class WorkList:
    """The list of one model as somebody may see it.

    Attributes
    ----------
    made_at
        When its scores were made.
    scored
        How many were scored, in all areas.
    places
        How many of them the service can reach: where the line of capacity lies.
    held_back
        How many of the places are not shown since a lot spares them.
    lines
        Places of the areas that whoever asks may see, in order.
    """

    made_at: datetime
    scored: int
    places: int
    held_back: int
    lines: tuple[Line, ...]


def work_list(
    service: Service, held: Held, identity: Identity, name: str
) -> tuple[ServedModel, WorkList | Missing]:
    """The model in use and its list, or why there is none.

    Raises
    ------
    ProblemError
        403 if it is for another purpose.
    AreasOnlyError, SunsetError
        If no household is shown of it, or its sunset has come.
    """
    served = open_model(service, held.models, identity, name)
    made = made_now(service, held, served)
    if isinstance(made, Missing):
        return served, made
    with reading(service.engine) as connection:
        scored = connection.scalar(
            select(func.count()).where(_LISTED.c.precomputation_id == made.precomputation_id)
        )
        lines = _lines(connection, made, sunset_of(served.model), service.today())
    spared = _held_back(served, lines)
    shown = tuple(
        line
        for line in lines
        if line.subject not in spared
        and identity.sees_area(line.area)
        and not held.restrictions.cover(name, line.subject)
    )
    if made.finished_at is None:
        return served, Missing.NOT_MADE
    return served, WorkList(
        made.finished_at,
        int(scored or 0),
        max((o.place for o in lines), default=0),
        len(spared),
        shown,
    )


def made_now(service: Service, held: Held, served: ServedModel) -> Precomputation | Missing:
    """The scores made beforehand, if they are of the version in use and of the last refresh."""
    name = served.approval.model
    made = held.shelf.made.get(name)
    if made is None:
        return Missing.NOT_MADE
    if made.bundle_sha256 != served.approval.bundle_sha256:
        return Missing.OTHER_VERSION
    refresh = service.store.refresh_of(name)
    if refresh is None or refresh.mark != made.store_key:
        return Missing.REFRESHED
    return made


def _held_back(served: ServedModel, lines: Iterable[Line]) -> set[str]:
    """Subjects whom a lot spares: they are not to be approached because of the list."""
    subjects = [line.subject for line in lines]
    drawn = served.model.held_back(subjects)
    if drawn is None:
        return set()
    return {subject for subject, spared in zip(subjects, drawn, strict=True) if spared}


def _lines(
    connection: Connection, made: Precomputation, sunset: date | None, today: date
) -> list[Line]:
    """Every place, in order, whoever may see it."""
    decided, earlier = _decisions(connection, made)
    challenged = _challenges(connection, made)
    query = _places(made).add_columns(scores.c.created_at, scores.c.subject_ref)
    lines = []
    for row in connection.execute(query.order_by(_LISTED.c.place)):
        expires = min(EXPIRES_AFTER.after(row.created_at.date()), sunset or date.max)
        stage = stage_of(
            decided.get(row.score_id),
            challenged.get(row.score_id, frozenset()),
            is_expired=expires <= today,
        )
        lines.append(
            Line(
                row.place,
                row.entity_id,
                row.score_id,
                row.band,
                row.area,
                stage,
                earlier.get(row.subject_ref),
            )
        )
    return lines


def _decisions(
    connection: Connection, made: Precomputation
) -> tuple[Mapping[str, str], Mapping[str, Earlier]]:
    """Last outcome of each listed score, and the last on an earlier score of each listed subject."""
    listed = _places(made).add_columns(scores.c.model, scores.c.subject_ref).subquery()
    query = (
        select(
            decisions.c.score_id,
            decisions.c.outcome,
            decisions.c.decided_at,
            scores.c.subject_ref,
            listed.c.score_id.label("listed_id"),
        )
        .join(scores, scores.c.score_id == decisions.c.score_id)
        .join(
            listed,
            (listed.c.subject_ref == scores.c.subject_ref) & (listed.c.model == scores.c.model),
        )
        .order_by(decisions.c.decided_at, decisions.c.audit_sequence)
    )
    decided, earlier = {}, {}
    for row in connection.execute(query):
        if row.score_id == row.listed_id:
            decided[row.score_id] = row.outcome
        else:
            earlier[row.subject_ref] = Earlier(row.outcome, row.decided_at)
    return decided, earlier


def _challenges(connection: Connection, made: Precomputation) -> Mapping[str, frozenset[str]]:
    """States of the challenges to each listed score."""
    listed = _places(made).subquery()
    query = select(challenges.c.score_id, challenges.c.state).join(
        listed, listed.c.score_id == challenges.c.score_id
    )
    found: dict[str, frozenset[str]] = {}
    for score_id, state in connection.execute(query):
        found[score_id] = found.get(score_id, frozenset()) | {state}
    return found


def _places(made: Precomputation) -> Select[tuple[int, str, str, str | None, str | None]]:
    return (
        select(
            _LISTED.c.place,
            _LISTED.c.entity_id,
            _LISTED.c.score_id,
            _LISTED.c.band,
            _LISTED.c.area,
        )
        .join(scores, scores.c.score_id == _LISTED.c.score_id)
        .where(_LISTED.c.precomputation_id == made.precomputation_id, _LISTED.c.place.is_not(None))
    )
