"""One way to write JSON as bytes, and SHA-256 over it."""

import hashlib
import json
from collections.abc import Callable
from json import encoder
from typing import Any

quoted: Callable[[str], str] = encoder.encode_basestring
"""A text as canonical JSON has it, quotes included; TypeError for anything else."""

_encoder = json.JSONEncoder(
    ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def canonical_json(value: Any) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: equal values give equal bytes.

    Raises
    ------
    TypeError, ValueError
        If the value holds what JSON cannot say: NaN, infinity, a date, a set.

    References
    ----------
    After RFC 8785 (JSON Canonicalization Scheme), with Python's shortest floats and code-point order.
    """
    return _encoder.encode(value).encode()


def sha256_of(content: bytes) -> str:
    """SHA-256 of bytes, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()
