"""Challenges: somebody objects to a score, nobody acts on it meanwhile, and another person than decided answers."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Connection, Select, insert, select, update

from hearth.digest import sha256_of
from hearth.errors import NotFoundError, StateError
from hearth.identity import Identity
from hearth.identity.oauth_clients import ACTOR_PREFIX
from hearth.storage.engine import reading
from hearth.storage.schema import api_keys, challenges, decisions, oauth_clients, scores
from serving.oversight.answers import ChallengeAnswer, ChallengeList
from serving.oversight.challenge_states import CLOSING, OPEN, State, Step, next_state, steps_from
from serving.oversight.recording import on_record, record_reading
from serving.oversight.requests import ChallengeRequest, StepRequest
from serving.scores.opening import open_score
from serving.service import Service
from serving.web.idempotency import RequestKey
from serving.web.problems import ProblemError

ACKNOWLEDGE_WITHIN_DAYS = 30
"""Days in which a challenge is acknowledged, the day it is opened being the first.

References
----------
Data Protection Act 2018 s.164A(3), as inserted by the Data (Use and Access) Act 2025 s.103.
"""

_NONE_SUCH = "there is no such challenge"
_ACTIONS = {
    Step.ACKNOWLEDGE: "challenge.acknowledged",
    Step.UPHOLD: "challenge.upheld",
    Step.REJECT: "challenge.rejected",
    Step.WITHDRAW: "challenge.withdrawn",
}


def open_challenge(
    service: Service,
    identity: Identity,
    score_id: str,
    asked: ChallengeRequest,
    *,
    key: RequestKey | None = None,
) -> ChallengeAnswer:
    """A challenge to a score, once it is durable; nobody acts on the score from then on.

    A score may be challenged however old it is, and by several people. The audit log holds the
    statement's hash alone, so that the statement can be erased.
    """
    answer = open_score(service, identity, score_id)
    now, statement = service.now(), asked.statement.strip()
    row = {
        "challenge_id": str(uuid4()),
        "score_id": answer.score_id,
        "ground": asked.ground,
        "statement": statement,
        "state": State.OPENED.value,
        "opened_at": now,
        "opened_by": identity.key_id,
        "acknowledge_by": now.date() + timedelta(days=ACKNOWLEDGE_WITHIN_DAYS - 1),
    }
    details = {
        "challenge_id": row["challenge_id"],
        "score_id": answer.score_id,
        "ground": asked.ground,
        "statement_sha256": sha256_of(statement.encode()),
    }
    with on_record(service) as record:
        record.connection.execute(insert(challenges).values(**row))
        record.append("challenge.opened", identity, subject=answer.subject_ref, details=details)
        opened = record.connection.execute(_query(str(row["challenge_id"]))).mappings().one()
        made = _challenge_of(opened, service.today())
        record.keep(None if key is None else key.row(made, score_id=answer.score_id))
    return made


def take_step(
    service: Service, identity: Identity, challenge_id: str, asked: StepRequest
) -> ChallengeAnswer:
    """The challenge after a step, once it is durable.

    Raises
    ------
    NotFoundError
        If there is no such challenge.
    ProblemError
        409 if no such step leads from where it stands; 403 if whoever asks opened it, or decided on
        its score, and the step would close it.
    """
    found = _find(service, identity, challenge_id)
    answer = open_score(service, identity, found.score_id)
    now = service.now()
    with on_record(service) as record:
        row = record.connection.execute(_query(found.challenge_id)).mappings().one()
        state = _state_after(State(row["state"]), asked.step)
        if asked.step in CLOSING:
            _check_another_person(record.connection, identity, found.challenge_id)
            changed: dict[str, Any] = {
                "closed_at": now,
                "closed_by": identity.key_id,
                "closed_by_role": identity.role.value,
                "closed_reason": asked.reason.strip() or None,
            }
        else:
            changed = {"acknowledged_at": now, "acknowledged_by": identity.key_id}
        record.connection.execute(
            update(challenges)
            .where(challenges.c.challenge_id == found.challenge_id)
            .values(state=state.value, **changed)
        )
        record.append(
            _ACTIONS[asked.step],
            identity,
            subject=answer.subject_ref,
            details={"challenge_id": found.challenge_id, "score_id": answer.score_id},
        )
    return _find(service, identity, challenge_id)


def read_challenge(service: Service, identity: Identity, challenge_id: str) -> ChallengeAnswer:
    """One challenge, the reading on record.

    Raises
    ------
    NotFoundError
        If there is none, or its score is for another purpose or of another area.
    """
    found = _find(service, identity, challenge_id)
    record_reading(service, identity, "challenge.read", {"challenge_id": found.challenge_id})
    return found


def list_of_score(service: Service, identity: Identity, score_id: str) -> ChallengeList:
    """Challenges to a score, earliest first, the reading on record."""
    answer = open_score(service, identity, score_id)
    record_reading(service, identity, "challenges.listed", {"score_id": answer.score_id})
    with reading(service.engine) as connection:
        return ChallengeList(challenges_to(connection, answer.score_id, service.today()))


def challenges_to(
    connection: Connection, score_id: str, today: date
) -> tuple[ChallengeAnswer, ...]:
    """Challenges to a score, earliest first, for whoever was let in to it."""
    query = _query().where(challenges.c.score_id == score_id)
    return tuple(_challenge_of(row, today) for row in connection.execute(query).mappings())


def list_open(service: Service, identity: Identity) -> ChallengeList:
    """Open challenges of an identity's purposes, earliest first, the reading on record."""
    record_reading(service, identity, "challenges.listed", {})
    return ChallengeList(_read(service, identity, _open_query()))


def all_challenges(
    connection: Connection, today: date, *, is_open: bool = True
) -> list[ChallengeAnswer]:
    """Challenges of every purpose, for whoever may open the records; closed ones too if asked."""
    query = _open_query() if is_open else _query()
    return [_challenge_of(row, today) for row in connection.execute(query).mappings()]


def _find(service: Service, identity: Identity, challenge_id: str) -> ChallengeAnswer:
    found = _read(service, identity, _query(_uuid(challenge_id)))
    if not found:
        raise NotFoundError(_NONE_SUCH)
    return found[0]


def _read(service: Service, identity: Identity, query: Select[Any]) -> tuple[ChallengeAnswer, ...]:
    """Those of an identity's purposes and areas."""
    payload, areas = scores.c.payload, identity.areas
    theirs = query.where(payload["purpose"].as_string().in_(sorted(identity.purposes)))
    if areas is not None:
        theirs = theirs.where(payload["area"].as_string().in_(sorted(areas)))
    with reading(service.engine) as connection:
        rows = connection.execute(theirs).mappings().all()
    return tuple(_challenge_of(row, service.today()) for row in rows)


def _query(challenge_id: str | None = None) -> Select[Any]:
    query = (
        select(challenges, scores.c.model, scores.c.version)
        .join(scores, scores.c.score_id == challenges.c.score_id)
        .order_by(challenges.c.opened_at, challenges.c.challenge_id)
    )
    return query if challenge_id is None else query.where(challenges.c.challenge_id == challenge_id)


def _open_query() -> Select[Any]:
    return _query().where(challenges.c.state.in_(OPEN))


def _challenge_of(row: Mapping[Any, Any], today: date) -> ChallengeAnswer:
    state = State(row["state"])
    return ChallengeAnswer(
        challenge_id=row["challenge_id"],
        score_id=row["score_id"],
        model=row["model"],
        version=row["version"],
        ground=row["ground"],
        statement=row["statement"],
        state=state,
        opened_at=row["opened_at"],
        acknowledge_by=row["acknowledge_by"],
        overdue=state is State.OPENED and row["acknowledge_by"] < today,
        acknowledged_at=row["acknowledged_at"],
        closed_at=row["closed_at"],
        closed_by_role=row["closed_by_role"],
        closed_reason=row["closed_reason"],
        steps=steps_from(state),
    )


def _state_after(state: State, step: Step) -> State:
    try:
        return next_state(state, step)
    except StateError as error:  # it names states and steps, and nothing that was sent
        raise ProblemError(HTTPStatus.CONFLICT, "wrong-state", str(error)) from None


def is_involved(connection: Connection, identity: Identity, challenge_id: str) -> bool:
    """Whether somebody opened a challenge or decided on its score, with whichever key."""
    opener = select(challenges.c.opened_by).where(challenges.c.challenge_id == challenge_id)
    deciders = (
        select(decisions.c.key_id)
        .join(challenges, challenges.c.score_id == decisions.c.score_id)
        .where(challenges.c.challenge_id == challenge_id)
    )
    involved = {*connection.scalars(opener), *connection.scalars(deciders)}
    return identity.key_id in involved or identity.name in _names(connection, involved)


def _check_another_person(connection: Connection, identity: Identity, challenge_id: str) -> None:
    if is_involved(connection, identity, challenge_id):
        raise ProblemError(
            HTTPStatus.FORBIDDEN,
            "reviewer-involved",
            "Whoever opened a challenge, or decided on its score, cannot close it, with whichever key. "
            "Ask another holder of challenge:review.",
        )


def _names(connection: Connection, key_ids: Iterable[str]) -> set[str]:
    wanted = sorted(key_ids)
    keys = select(api_keys.c.name).where(api_keys.c.key_id.in_(wanted))
    clients = select(oauth_clients.c.name).where(
        (ACTOR_PREFIX + oauth_clients.c.client_id).in_(wanted)
    )
    return {*connection.scalars(keys), *connection.scalars(clients)}


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        raise NotFoundError(_NONE_SUCH) from None
