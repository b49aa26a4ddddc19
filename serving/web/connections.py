"""Connections that keep a client to time and size: a head that never ends, a body that trickles, too many."""

import asyncio
from http import HTTPStatus

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from serving.web.problems import MEDIA_TYPE, Problem, type_of

REQUEST_S = 30.0
"""Seconds a request has to arrive whole, head and body; slower ones hold a place for nothing."""

LARGEST_HEAD = 64 * 1024
"""Bytes of the longest head: ours are under two thousand."""

_AROUND_FIELD = len(": \r\n")

MOST_CONNECTIONS = 2_000
"""Connections one worker holds, idle ones with them; a process may commonly open 1,024 files and more."""


class TimedProtocol(HttpToolsProtocol):
    """uvicorn's protocol, which waits for ever, with a limit on time, heads and connections."""

    _deadline: asyncio.TimerHandle | None = None
    _is_whole = False
    _has_head = False
    _head = 0
    _fields = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Takes the connection, or says that there are too many."""
        super().connection_made(transport)
        if len(self.connections) > MOST_CONNECTIONS:
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE, "too-busy")
        else:
            self._deadline = self.loop.call_later(REQUEST_S, self._too_slow)

    def data_received(self, data: bytes) -> None:
        """Reads on, and starts or ends the time that the request has to arrive."""
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._is_whole:
            self._stop_waiting()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_S, self._too_slow)
        if not self._has_head and not self._is_whole:
            self._head += len(data)
            if self._head > LARGEST_HEAD:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too-large")

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._is_whole, self._has_head = False, False
        self._head = self._fields = 0

    def on_url(self, url: bytes) -> None:
        """Some of its address is there."""
        self._fields += len(url)
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """One of its fields is there."""
        self._fields += len(name) + len(value) + _AROUND_FIELD
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Its head is there; one too long goes no further, though it came in one piece."""
        if self._fields > LARGEST_HEAD:
            raise ValueError(
                "the head is too long"
            )  # ends the parser, which calls send_400_response
        self._has_head = True
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """All of it is there."""
        self._is_whole = True
        super().on_message_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self._stop_waiting()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 uvicorn's name; ours repeats nothing
        """Answers what is not HTTP, or of a head too long."""
        if self._fields > LARGEST_HEAD:
            self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "too-large")
        else:
            self._refuse(HTTPStatus.BAD_REQUEST, "not-http")

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self) -> None:
        self._refuse(HTTPStatus.REQUEST_TIMEOUT, "too-slow")

    def _refuse(self, status: HTTPStatus, code: str) -> None:
        """Closes the connection, with a problem unless an answer is under way."""
        self._stop_waiting()
        if self.transport.is_closing():
            return
        if not self._is_being_answered():
            self.transport.write(_answer(status, code))
        self.transport.close()

    def _is_being_answered(self) -> bool:
        """Whether an answer, to this request or an earlier one, has begun that ours would run into."""
        cycle: RequestResponseCycle | None = self.cycle  # None before the first request
        if cycle is None:
            return False
        if self._has_head:
            return bool(self.pipeline) or cycle.response_started
        return not cycle.response_complete


def _answer(status: HTTPStatus, code: str) -> bytes:
    body = msgspec.json.encode(Problem(type_of(code), status.phrase, status))
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: {MEDIA_TYPE}\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
