"""Structured logs of the service: routes, statuses and times; never a path, a body or a name."""

import logging
import traceback
from types import TracebackType

import structlog

_LEVELS = {
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warning": logging.WARNING,
    "error": logging.ERROR,
}


def configure_logs(level: str) -> None:
    """Sends one JSON line an event to standard error, from `level` up.

    uvicorn's own access log writes paths as they were sent, so it is never turned on.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(_LEVELS[level]),
        logger_factory=structlog.WriteLoggerFactory(),
        cache_logger_on_first_use=False,
    )


def where(trace: TracebackType | None) -> list[str]:
    """Files and lines of a traceback without its message, which could hold what was sent."""
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(trace)][-8:]
