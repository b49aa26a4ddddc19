"""What surrounds every request: an identifier, a limit on bodies, security headers, one log line."""

import os
import re
import time
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from serving.web.body_limits import largest_body
from serving.web.failures import answer_failure
from serving.web.logs import where
from serving.web.metrics import Metrics
from serving.web.problems import ProblemError
from serving.web.trace_context import span_of

_CLIENT_REQUEST_ID = re.compile(rb"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}")
_HEADERS = [
    (name.encode(), value.encode())
    for name, value in {
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "same-origin",  # with none, a browser sends forms with the origin `null`
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
        "permissions-policy": "camera=(), geolocation=(), microphone=()",
        "cache-control": "no-store",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    }.items()
]
_KEPT_FOR_A_WHILE = (b"cache-control", b"public, max-age=3600")
_HSTS = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")


class SurroundMiddleware:
    """Gives each request an identifier, limits, headers and a log line, and answers the unforeseen."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics
        self._log = structlog.get_logger("serving").bind()  # once, not for every line

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handles one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        headers = dict(scope["headers"])
        request_id = _request_id(headers.get(b"x-request-id", b""))
        scope.setdefault("state", {})["request_id"] = request_id
        span = span_of(scope["headers"])
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _add_headers(message["headers"], request_id, scope)
            await send(message)

        try:
            await self._app(
                scope,
                _limited(scope, headers.get(b"content-length", b"0"), receive),
                send_with_headers,
            )
        except Exception as error:
            self._log.error(
                "failed",
                request_id=request_id,
                trace_id=span.trace_id,
                span_id=span.span_id,
                kind=type(error).__name__,
                where=where(error.__traceback__),
            )
            if (
                status
            ):  # the answer has begun; the connection must break rather than end as if whole
                raise
            await answer_failure(Request(scope), error)(scope, receive, send_with_headers)
        finally:
            seconds = time.perf_counter() - started
            route = getattr(scope.get("route"), "path", "")
            self._metrics.answered(scope["method"], route, int(status), seconds)
            self._log.info(
                "answered",
                request_id=request_id,
                **span._asdict(),
                method=scope["method"],
                route=route,
                status=int(status),
                ms=round(1000 * seconds, 1),
            )


def _request_id(given: bytes) -> str:
    """The client's identifier if it is a UUID, which can name nobody; else a new one."""
    return given.decode() if _CLIENT_REQUEST_ID.fullmatch(given) else os.urandom(16).hex()


def _add_headers(headers: list[tuple[bytes, bytes]], request_id: str, scope: Scope) -> None:
    """Adds the headers that every answer has; those an answer has of its own are left."""
    present = {name for name, _ in headers}
    if scope["path"].startswith("/static/") and _KEPT_FOR_A_WHILE[0] not in present:
        headers.append(_KEPT_FOR_A_WHILE)
        present.add(_KEPT_FOR_A_WHILE[0])
    headers.append((b"x-request-id", request_id.encode()))
    headers.extend(pair for pair in _HEADERS if pair[0] not in present)
    if scope["scheme"] == "https" and _HSTS[0] not in present:
        headers.append(_HSTS)


def _limited(scope: Scope, declared: bytes, receive: Receive) -> Receive:
    """`receive` that refuses a body once it passes the limit, whatever length it claimed.

    The connection stays open: what still comes of the body is discarded, for as long as a request
    may take to arrive. Closing it meanwhile would break the sending, and the answer be lost.
    """
    most = largest_body(scope["path"])
    is_small = declared.isdigit() and int(declared) <= most
    seen = 0

    async def limited() -> Message:
        nonlocal seen
        if not is_small:
            raise _too_large(most)
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > most:
            raise _too_large(most)
        return message

    return limited


def _too_large(most: int) -> ProblemError:
    return ProblemError(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "too-large",
        f"This request holds at most {most:,} bytes; score larger batches with `hearth score`.",
    )
