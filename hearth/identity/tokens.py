"""OAuth2 access tokens (JWT): proved by the provider's keys, and strict about everything else."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn

import jwt
from jwt.exceptions import (
    InvalidAudienceError,
    InvalidIssuerError,
    InvalidSignatureError,
    MissingRequiredClaimError,
    PyJWTError,
)

from hearth.identity.holders import TokenRefusedError
from hearth.identity.signing_keys import ALLOWED, SigningKey

LARGEST = 8 * 1024
"""Bytes of the largest token."""

LEEWAY_S = 30.0
"""How far the provider's clock may be from ours."""

_SHAPE = re.compile(r"([\w-]+)\.([\w-]+)\.[\w-]+", re.ASCII)
_LONGEST_KID = 200
_LATEST = 1e11  # seconds: some three thousand years from 1970, and no infinity
_TYPES = frozenset({"jwt", "at+jwt", "application/at+jwt"})
_REQUIRED = ("exp", "iss", "aud", "sub")
_REASONS: tuple[tuple[type[PyJWTError], str], ...] = (
    (InvalidSignatureError, "signature"),
    (InvalidIssuerError, "issuer"),
    (InvalidAudienceError, "audience"),
    (MissingRequiredClaimError, "claim-missing"),
)


@dataclass(frozen=True)
class Header:
    """Which key and algorithm a token says it was signed with."""

    kid: str
    algorithm: str


@dataclass(frozen=True)
class Claims:
    """What a proved token says: whose it is, until when, and to what it narrows their role."""

    client_id: str
    scopes: frozenset[str] | None
    expires: float

    def is_over(self, now: datetime) -> bool:
        """Whether it has expired."""
        return now.timestamp() >= self.expires + LEEWAY_S


def header_of(token: str) -> Header:
    """Header of a token, before anything of it is believed.

    Raises
    ------
    TokenRefusedError
        If the token is too large or no JWT, its algorithm is not allowed, or it names no key, or
        extensions that must be understood.

    References
    ----------
    RFC 8725, JSON Web Token Best Current Practices, sections 3.1, 3.10 and 3.11.
    """
    if len(token) > LARGEST:
        _refuse("too-large")
    shape = _SHAPE.fullmatch(token)
    if shape is None:
        _refuse("malformed")
    header = _json_of(shape[1])
    if header.get("alg") not in ALLOWED:
        _refuse("algorithm")
    if "crit" in header or "b64" in header:
        _refuse("critical-header")
    if str(header.get("typ", "JWT")).lower() not in _TYPES:
        _refuse("type")
    kid = header.get("kid")
    if not isinstance(kid, str) or not 0 < len(kid) <= _LONGEST_KID:
        _refuse("no-key-named")
    return Header(kid, header["alg"])


def claims_of(
    token: str, header: Header, key: SigningKey | None, *, issuer: str, audience: str, now: datetime
) -> Claims:
    """What a token says, once it is proved.

    Parameters
    ----------
    token, header
        The token, and what `header_of` found in it.
    key
        The provider's key of that id; None where it has none.
    issuer, audience
        What `iss` must be, and `aud` be or hold.
    now
        The moment it is shown at.

    Raises
    ------
    TokenRefusedError
        If it is not proved, or says the wrong thing.
    """
    if key is None:
        _refuse("unknown-key")
    if header.algorithm not in key.algorithms:
        _refuse("key-of-another-algorithm")
    _json_of(token.split(".")[1])  # refuses a claim that stands twice
    try:
        claims = jwt.decode(
            token,
            key.public,
            algorithms=[header.algorithm],
            audience=audience,
            issuer=issuer,
            options={
                "require": list(_REQUIRED),
                "verify_exp": False,  # by the clock given, below
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except PyJWTError as error:
        _refuse(next((code for kind, code in _REASONS if isinstance(error, kind)), "malformed"))
    _check_times(claims, now.timestamp())
    return Claims(_client_of(claims), _scopes_of(claims), float(claims["exp"]))


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    times = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    if not all(_is_time(one) for one in times.values()):
        _refuse("malformed-time")
    if now >= times["exp"] + LEEWAY_S:
        _refuse("expired")
    if any(times.get(name, now) > now + LEEWAY_S for name in ("nbf", "iat")):
        _refuse("not-yet-valid")


def _is_time(given: Any) -> bool:
    is_number = isinstance(given, int | float) and not isinstance(given, bool)
    return is_number and 0 <= given < _LATEST


def _client_of(claims: Mapping[str, Any]) -> str:
    """Client that a token was given to; the two claims that may say it must agree."""
    named = [claims[name] for name in ("client_id", "azp") if name in claims] or [claims["sub"]]
    if not all(isinstance(one, str) and one for one in named) or len(set(named)) > 1:
        _refuse("client-unclear")
    return str(named[0])


def _scopes_of(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """Scopes that a token names by `scope` and `scp`, those of both; None where it has neither."""
    given = [claims[name] for name in ("scope", "scp") if name in claims]
    if not given:
        return None
    listed = [one.split(" ") if isinstance(one, str) else one for one in given]
    if not all(isinstance(one, list) and all(isinstance(s, str) for s in one) for one in listed):
        _refuse("malformed-scope")
    return frozenset.intersection(*map(frozenset, listed))


def _json_of(segment: str) -> dict[str, Any]:
    """Object that a segment holds, in which no name stands twice."""
    try:
        text = urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        content = json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        _refuse("malformed")
    return content


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError


def _refuse(code: str) -> NoReturn:
    raise TokenRefusedError(code)
