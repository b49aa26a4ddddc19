"""The W3C trace context of a request: which trace it belongs to, and the span it is there."""

import os
import re
from typing import NamedTuple

# version, trace, parent, flags; what a later version may add comes after another hyphen
_TRACEPARENT = re.compile(
    rb"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(-.*)?"
)
_VERSION_0 = b"00-"


class Span(NamedTuple):
    """A request's place in a trace, each part in lower-case hexadecimal digits."""

    trace_id: str
    span_id: str
    parent_id: str
    """Span of the caller; empty where the trace begins here."""


def span_of(headers: list[tuple[bytes, bytes]]) -> Span:
    """New span of a request: in the caller's trace if its one `traceparent` is valid, else in a new one.

    The header is for requests, and this service makes none for its callers: it names the trace in its
    log, and its answers carry none.

    References
    ----------
    W3C Trace Context, Recommendation, sections 3.2 (traceparent) and 4 (processing).
    """
    given = [value for name, value in headers if name == b"traceparent"]
    found = _TRACEPARENT.fullmatch(given[0]) if len(given) == 1 else None
    span_id = os.urandom(8).hex()
    if found is None or (found[3] and given[0].startswith(_VERSION_0)):
        return Span(os.urandom(16).hex(), span_id, "")
    return Span(found[1].decode(), span_id, found[2].decode())
