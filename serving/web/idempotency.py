"""`Idempotency-Key`: a write that is sent again is done once, and answered as the first time."""

import asyncio
import hmac
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import msgspec
from anyio import to_thread
from fastapi import Request, Response
from sqlalchemy import Engine, delete, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from hearth.audit_log import AuditLog, Clock, Event, Row
from hearth.identity import Identity
from hearth.storage.engine import reading, writing
from hearth.storage.schema import idempotency_keys
from serving.service import Service
from serving.web.problems import ProblemError

KEPT = timedelta(hours=24)
"""How long an answer is kept to be given again."""

_HEADER = "idempotency-key"
_SHAPE = r"[A-Za-z0-9._:-]{8,128}"
_PURGED_EVERY_S = 600.0
_REPLAYED = "answer.replayed"

PARAMETER = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": False,
            "description": "A random value of the client's own, such as a UUID: sent again with the same "
            "request within 24 hours, the request is done once and answered as the first time, with "
            "the header `Idempotent-Replayed: true`. With another request it is refused (422).",
            "schema": {"type": "string", "pattern": f"^{_SHAPE}$"},
        }
    ]
}
"""What a route that takes such keys says of them in the OpenAPI document."""


Made = msgspec.Struct | msgspec.Raw
"""What a request makes, or the JSON of it."""


@dataclass(frozen=True)
class RequestKey:
    """What a key is kept under: hashes alone, since a client may put anything into key and body."""

    owner: str
    key_hash: str
    request_hash: str
    now: datetime

    def row(self, answer: Made, *, score_id: str | None = None) -> Row:
        """The answer to be given again, for the transaction that the answer tells of."""
        values = {
            "key_id": self.owner,
            "idempotency_key": self.key_hash,
            "request_sha256": self.request_hash,
            "status": int(HTTPStatus.CREATED),
            "score_id": score_id,
            "answer": msgspec.json.encode(answer),
            "created_at": self.now,
        }
        return Row(idempotency_keys, values)


def request_key(
    service: Service, identity: Identity, request: Request, body: bytes
) -> RequestKey | None:
    """The key that a request carries, if it does.

    Raises
    ------
    ProblemError
        400 if it is not of the shape that keys have.
    """
    given = request.headers.get(_HEADER)
    if given is None:
        return None
    if not re.fullmatch(_SHAPE, given):
        raise ProblemError(
            HTTPStatus.BAD_REQUEST,
            "idempotency-key-malformed",
            "An Idempotency-Key has 8 to 128 letters, digits and `._:-`; send a random one, such as a UUID.",
        )
    asked = b"\n".join([request.method.encode(), request.url.path.encode(), body])
    return RequestKey(
        identity.key_id,
        _hash(service, b"key\n" + given.encode()),
        _hash(service, b"request\n" + asked),
        service.now(),
    )


async def answer_once(
    service: Service,
    key: RequestKey | None,
    generation: int,
    make: Callable[[], Awaitable[Made]],
) -> Response | Made:
    """What a request makes, or the answer that its key was given before, the repetition on record.

    `make` puts `key.row` into the transaction of what it makes; of two at once one fails with
    `OutdatedError`, and tried again finds the other's answer.
    """
    kept = None if key is None else await to_thread.run_sync(_find, service.engine, key)
    if key is None or kept is None:
        return await make()
    await service.writer.record(_replayed(key, kept), generation=generation)
    return _response(kept)


def answer_once_here(
    service: Service, key: RequestKey | None, make: Callable[[], msgspec.Struct]
) -> Response | msgspec.Struct:
    """As `answer_once`, for routes that run in a thread and in transactions of their own."""
    if key is None:
        return make()
    kept = _find(service.engine, key)
    if kept is None:
        try:
            return make()
        except IntegrityError:  # another worker was quicker
            kept = _find(service.engine, key)
            if kept is None:
                raise
    event = _replayed(key, kept)
    AuditLog(service.engine, service.clock).append(
        event.action, actor=event.actor, details=event.details
    )
    return _response(kept)


@asynccontextmanager
async def purging(engine: Engine, clock: Clock) -> AsyncIterator[None]:
    """Deletes answers older than they are kept, every ten minutes while the service runs."""

    async def purge() -> None:
        while True:
            with suppress(SQLAlchemyError):  # the database is down; there is a next time
                await to_thread.run_sync(purge_answers, engine, clock())
            await asyncio.sleep(_PURGED_EVERY_S)

    task = asyncio.create_task(purge())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def purge_answers(engine: Engine, now: datetime) -> None:
    """Delete what was kept for longer than answers are."""
    old = idempotency_keys.c.created_at <= now - KEPT
    with reading(engine) as connection:  # an empty purge waits for nobody's lock
        if connection.scalar(select(idempotency_keys.c.status).where(old).limit(1)) is None:
            return
    with writing(engine) as connection:
        connection.execute(delete(idempotency_keys).where(old))


def _find(engine: Engine, key: RequestKey) -> Any:
    """What is kept under a key, if it is; 422 if that was another request."""
    query = select(idempotency_keys).where(
        idempotency_keys.c.key_id == key.owner, idempotency_keys.c.idempotency_key == key.key_hash
    )
    with reading(engine) as connection:
        kept = connection.execute(query).mappings().one_or_none()
    if kept is None:
        return None
    if kept["created_at"] <= key.now - KEPT:
        purge_answers(engine, key.now)
        return None
    if not hmac.compare_digest(kept["request_sha256"], key.request_hash):
        raise ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "idempotency-key-reused",
            "This Idempotency-Key was sent with another request; send a new one.",
        )
    return kept


def _replayed(key: RequestKey, kept: Any) -> Event:
    return Event(_REPLAYED, key.owner, details={"score_id": kept["score_id"]})


def _response(kept: Any) -> Response:
    return Response(
        bytes(kept["answer"]),
        status_code=kept["status"],
        media_type="application/json",
        headers={"Idempotent-Replayed": "true"},
    )


def _hash(service: Service, content: bytes) -> str:
    """Digest that nobody without the pepper can try identifiers against."""
    return hmac.digest(service.pepper.encode(), content, "sha256").hex()
