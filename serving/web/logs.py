"""Structured logs of the service: routes, statuses and times; never a path, a body or a name."""

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

import msgspec
import structlog

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure_logs(level: str) -> None:
    """Sends one JSON line an event to standard error, from `level` up.

    uvicorn's own access log writes paths as they were sent, so it is never turned on; what else it
    says comes as such lines too, from warnings up.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(_as_json),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    server = logging.getLogger("uvicorn.error")
    server.handlers, server.propagate = [_Structured()], False
    server.setLevel(max(_LEVELS[level], logging.WARNING))  # below, it tells of each start and stop


class _Structured(logging.Handler):
    """What uvicorn says, as our lines; of an error its kind and place, for its message may quote a request."""

    def emit(self, record: logging.LogRecord) -> None:
        """Writes one line."""
        facts: dict[str, Any] = {}
        if record.exc_info and record.exc_info[0] is not None:
            facts = {"kind": record.exc_info[0].__name__, "where": where(record.exc_info[2])}
        said = str(record.msg).partition("\n")[0]
        structlog.get_logger("server").log(record.levelno, "server", said=said, **facts)


def _as_json(said: dict[str, Any], **_: Any) -> str:
    """One line; what JSON cannot say comes as Python writes it."""
    return msgspec.json.encode(said, enc_hook=repr, order="sorted").decode()


def where(trace: TracebackType | None) -> list[str]:
    """Files and lines of a traceback without its message, which could hold what was sent."""
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)][-8:]
