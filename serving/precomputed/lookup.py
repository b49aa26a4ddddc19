"""Looking up a score made beforehand: ready to send, or why it may not be sent."""

from datetime import date
from functools import partial
from http import HTTPStatus
from typing import Annotated

import msgspec
from anyio import to_thread
from msgspec import Meta

from hearth.errors import Fault, NotFoundError, UnusableInputError
from hearth.identity import Identity
from hearth.storage.engine import reading
from serving.held import Held
from serving.oversight.standing import check_usable
from serving.precomputed.records import Precomputation, score_id_of
from serving.precomputed.shelf import Ready
from serving.scores.desk import open_model
from serving.scores.recording import find_score, record_reading
from serving.scores.schemas import LONGEST_SUBJECT, decode_json
from serving.scores.scoring import STALE, dispute_flags
from serving.service import Service
from serving.web.problems import ProblemError

_FORM = f'send {{"subject": "…"}}, a text of 1 to {LONGEST_SUBJECT} characters, and nothing else'
_ASK = "ask for a fresh score with POST to …/scores, or run `hearth precompute` again"
_NONE = f"No score of this subject was made beforehand; {_ASK}."
_OUTDATED = (
    f"The score made beforehand is of another version, or of inputs that changed since; {_ASK}."
)


class LookupRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A household, property or person by the identifier that the feature store knows."""

    subject: Annotated[str, Meta(min_length=1, max_length=LONGEST_SUBJECT)]


_DECODER = msgspec.json.Decoder(LookupRequest)


async def look_up(
    service: Service, held: Held, identity: Identity, name: str, body: bytes
) -> bytes:
    """The JSON of a score made beforehand, the reading on record, as its reader may see it.

    Raises
    ------
    NotFoundError
        If there is no such subject, or not for them.
    ProblemError
        404 if no score of the subject was made beforehand; 409 if it is out of date, or may not be used.
    OutdatedError
        If what is held is no longer so: nothing was recorded, and nothing may leave.
    """
    served = open_model(service, held.models, identity, name)
    subject, today = _subject(body), service.today()
    made = await _made(service, held, name, served.approval.bundle_sha256)
    ready = held.shelf.get(name, subject, today)
    if ready is None:
        load = partial(
            _open, service, held, identity, made, name=name, subject=subject, today=today
        )
        ready = await to_thread.run_sync(load)
        held.shelf.put(name, subject, ready)
    if not identity.sees_area(ready.area):
        raise NotFoundError("there is no such subject for this key")
    await record_reading(
        service,
        identity,
        name,
        score_id=ready.score_id,
        subject_ref=ready.subject_ref,
        generation=held.generation,
    )
    return ready.body_for(identity)


def _subject(body: bytes) -> str:
    try:
        return _DECODER.decode(body).subject
    except (msgspec.MsgspecError, RecursionError):
        decode_json(body)  # a body that is no JSON is told so
        raise UnusableInputError([Fault("request", "subject", "is no identifier", _FORM)]) from None


async def _made(service: Service, held: Held, name: str, bundle_sha256: str) -> Precomputation:
    """The precomputation that is shown of a model, if it is of the version in use and the last refresh."""
    made = held.shelf.made.get(name)
    if made is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "not-precomputed", _NONE)
    is_known, mark = held.shelf.mark_of(name)
    if not is_known:
        refresh = await to_thread.run_sync(service.store.refresh_of, name)
        mark = None if refresh is None else refresh.mark
        held.shelf.note_mark(name, mark)
    if made.bundle_sha256 != bundle_sha256 or made.store_key != mark:
        raise ProblemError(HTTPStatus.CONFLICT, "precomputed-outdated", _OUTDATED)
    return made


def _open(
    service: Service,
    held: Held,
    identity: Identity,
    made: Precomputation,
    *,
    name: str,
    subject: str,
    today: date,
) -> Ready:
    """The answer of a subject as it was made, if a person may use it today."""
    row = service.store.get(name, subject)
    if row is None or not identity.sees_area(row.area):
        raise NotFoundError("there is no such subject for this key")
    held.restrictions.check(name, subject)
    with reading(service.engine) as connection:
        score_id = score_id_of(connection, made, subject)
    if score_id is None:
        raise ProblemError(HTTPStatus.NOT_FOUND, "not-precomputed", _NONE)
    answer = find_score(service, score_id).answer
    disputed = set(dispute_flags(held.disputes.of(name, subject)))
    if disputed != {flag for flag in answer.data_quality.flags if flag != STALE}:
        raise ProblemError(HTTPStatus.CONFLICT, "precomputed-outdated", _OUTDATED)
    with reading(service.engine) as connection:
        check_usable(connection, answer, today)
    return Ready.of(answer, row.area, today)
