"""How large the body of a request may be, as the service holds to and the client checks before it sends."""

import re

LARGEST_BODY = 1024 * 1024
"""Bytes of the largest request body but for one of many scores."""

LARGEST_BATCH = 8 * LARGEST_BODY
"""Bytes of the largest request for scores: 1,000 rows of 200 features; files hold more (`hearth score`)."""

_SCORES = re.compile(r"/v1/models/[^/]+/scores")


def largest_body(path: str) -> int:
    """Bytes of the largest body that a path takes."""
    return LARGEST_BATCH if _SCORES.fullmatch(path) else LARGEST_BODY
