"""Limits on how many requests are under way in one worker, and on how long each may take."""

import asyncio
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.web.failures import answer_failure
from serving.web.problems import ProblemError

ANSWER_S = 30.0
"""Seconds a request may take; a database that hangs must not hold callers for ever."""

MOST_UNDER_WAY = 500
"""Requests under way in one worker; the next is told to come again rather than made to wait."""


class LimitMiddleware:
    """Answers 503 in place of a request that comes while too many wait, or that takes too long."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._under_way = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http" or scope["path"].startswith("/health/"):
            await self._app(scope, receive, send)
            return
        if self._under_way >= MOST_UNDER_WAY:
            await answer_failure(Request(scope), _too_busy())(scope, receive, send)
            return
        self._under_way += 1
        try:
            await _Timed(scope, receive, send).run(self._app)
        finally:
            self._under_way -= 1


class _Timed:
    """One request that is answered in time, if not by the app then here.

    Cancelling does not end work in a thread. So once the time is over the answer is given here, and
    what the app may yet send goes nowhere.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self._scope, self._receive, self._send = scope, receive, send
        self._has_begun = self._is_late = False
        self._answering: asyncio.Task[None] | None = None
        self._task = asyncio.current_task()

    async def run(self, app: ASGIApp) -> None:
        """Lets the app answer."""
        timer = asyncio.get_running_loop().call_later(ANSWER_S, self._end)
        try:
            await app(self._scope, self._receive, self._send_in_time)
        except asyncio.CancelledError:
            if not self._is_late:
                raise
        finally:
            timer.cancel()
        if self._answering is not None:
            await self._answering

    async def _send_in_time(self, message: Message) -> None:
        if not self._is_late:
            self._has_begun = True
            await self._send(message)

    def _end(self) -> None:
        """Gives up on the app; an answer that has begun breaks off rather than end as if whole."""
        if not self._has_begun:
            self._is_late = True
            self._answering = asyncio.ensure_future(self._answer())
        if self._task is not None:
            self._task.cancel()

    async def _answer(self) -> None:
        await answer_failure(Request(self._scope), _too_slow())(
            self._scope, self._receive, self._send
        )


def _too_busy() -> ProblemError:
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "too-busy",
        "Too many requests are under way here. Send this one again shortly.",
        headers={"Retry-After": "1"},
    )


def _too_slow() -> ProblemError:
    return ProblemError(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "too-slow",
        f"This took longer than {ANSWER_S:.0f} seconds. It may yet be put on record: send it again with "
        "the same Idempotency-Key to learn what became of it.",
        headers={"Retry-After": "5"},
    )
