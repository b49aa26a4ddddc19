"""The identity provider's signing keys (JWKS): read when needed, kept for a time, never fetched in a storm."""

import http.client
import json
import ssl
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import structlog
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm
from jwt.exceptions import PyJWTError

from hearth.errors import SettingsError

LIFE_S = 600.0
"""Age at which keys are read again, so that one the provider withdrew is soon let in no more."""

PAUSE_S = 30.0
"""Least time between two readings, however many tokens name a key that is not held."""

KEPT_S = 86_400.0
"""Longest that keys are kept where they cannot be read again."""

_TIMEOUT_S = 5.0
_MOST_BYTES = 256 * 1024
_FEWEST_RSA_BITS = 2048  # NIST SP 800-131A Rev. 2, section 3
_ALGORITHMS: Mapping[tuple[str, str], frozenset[str]] = {
    ("RSA", ""): frozenset({"RS256", "PS256"}),
    ("EC", "P-256"): frozenset({"ES256"}),
    ("EC", "P-384"): frozenset({"ES384"}),
    ("OKP", "Ed25519"): frozenset({"EdDSA"}),
}
"""What a key of a kind and curve may verify; a key that names its algorithm verifies that one only."""

_READERS: Mapping[str, Callable[[dict[str, Any]], Any]] = {
    "RSA": RSAAlgorithm.from_jwk,
    "EC": ECAlgorithm.from_jwk,
    "OKP": OKPAlgorithm.from_jwk,
}
ALLOWED = frozenset().union(*_ALGORITHMS.values())
"""Every algorithm by which a token may be signed; all are asymmetric."""


@dataclass(frozen=True)
class SigningKey:
    """A public key, and the algorithms it may verify."""

    public: Any
    algorithms: frozenset[str]


class SigningKeys:
    """Keys of one provider by `kid`, read from a file or an https address.

    Parameters
    ----------
    source
        As `settings.oauth_jwks`.
    read
        Reads the source; fails with OSError or ValueError.
    elapsed
        Seconds that only ever grow.
    """

    def __init__(
        self,
        source: str,
        *,
        read: Callable[[str], bytes] | None = None,
        elapsed: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._read, self._elapsed = source, read or read_source, elapsed
        self._keys: Mapping[str, SigningKey] = {}
        self._read_at: float | None = None
        self._tried_at: float | None = None
        self._reading = Lock()

    def get(self, kid: str) -> SigningKey | None:
        """Key of that id, if it is held and was read within the last day."""
        read_at = self._read_at
        if read_at is None or self._elapsed() - read_at > KEPT_S:
            return None
        return self._keys.get(kid)

    def is_due(self, kid: str) -> bool:
        """Whether a token that names this key should have the keys read again first."""
        now = self._elapsed()
        if self._tried_at is not None and now - self._tried_at < PAUSE_S:
            return False
        return self._read_at is None or now - self._read_at >= LIFE_S or kid not in self._keys

    def refresh(self, kid: str) -> None:
        """Read the keys, unless somebody just did; where that fails, those held stay."""
        with self._reading:
            if not self.is_due(kid):
                return
            try:
                self._keys = keys_of(self._read(self._source))
                self._read_at = self._elapsed()
            except (OSError, ValueError, http.client.HTTPException) as error:
                structlog.get_logger("identity").error(
                    "signing keys not read", kind=type(error).__name__
                )
            finally:
                self._tried_at = self._elapsed()


def keys_of(jwks: bytes) -> dict[str, SigningKey]:
    """Keys of a JWKS by `kid` that may verify tokens; any other key in it is left out.

    Left out are keys without a `kid` or with one that stands twice, private and symmetric keys, RSA of
    less than 2048 bits, other curves, and keys that are not for signatures.

    Raises
    ------
    ValueError
        If it is no JWKS, or no key of it may verify tokens.

    References
    ----------
    RFC 7517, JSON Web Key; RFC 8725, JSON Web Token Best Current Practices, section 3.
    """
    try:
        given = [dict(one) for one in json.loads(jwks)["keys"]]
    except (KeyError, TypeError, ValueError, RecursionError):
        raise ValueError("the signing keys are no JWKS") from None
    times = Counter(str(one.get("kid")) for one in given)
    found = {
        one["kid"]: key
        for one in given
        if isinstance(one.get("kid"), str) and times[one["kid"]] == 1
        if (key := _key_of(one)) is not None
    }
    if not found:
        raise ValueError("no key of the JWKS may verify tokens")
    return found


def read_source(source: str) -> bytes:
    """Bytes of a JWKS file, or of what its https address answers; at most 256 KiB.

    Raises
    ------
    OSError, HTTPException, ValueError
        If it cannot be read, is too large or too slow, or the answer is anything but 200.
    """
    if "://" in source:
        return fetch(source)
    with Path(source).open("rb") as file:
        return _within_limit(file.read(_MOST_BYTES + 1))


def fetch(url: str, *, trust: ssl.SSLContext | None = None) -> bytes:
    """Answer of an https address: no redirect is followed, no proxy used, and it ends in time.

    Parameters
    ----------
    trust
        Whose certificates are believed; the system's own if None.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise SettingsError("the address of the signing keys is no https:// address")
    end = time.monotonic() + _TIMEOUT_S
    connection = http.client.HTTPSConnection(
        parts.hostname,
        parts.port,
        timeout=_TIMEOUT_S,
        context=trust or ssl.create_default_context(),
    )
    try:
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        connection.request("GET", target, headers={"Accept": "application/json"})
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            raise ValueError("the address of the signing keys answers with another status than 200")
        content = b""
        while chunk := answer.read1(65_536):
            content = _within_limit(content + chunk)
            if time.monotonic() > end:
                raise TimeoutError("the signing keys come too slowly")
        return content
    finally:
        connection.close()


def _within_limit(content: bytes) -> bytes:
    if len(content) > _MOST_BYTES:
        raise ValueError("the signing keys take more than 256 KiB")
    return content


def _key_of(jwk: dict[str, Any]) -> SigningKey | None:
    """Public key of a JWK, if it may verify tokens."""
    kind, curve, named = (str(jwk.get(name, "")) for name in ("kty", "crv", "alg"))
    allowed = _ALGORITHMS.get((kind, curve))
    if allowed is None or "d" in jwk or not _is_for_signatures(jwk):
        return None
    algorithms = allowed & {named} if "alg" in jwk else allowed
    try:
        public = _READERS[kind](jwk)
    except (PyJWTError, ValueError, TypeError, KeyError):
        return None
    is_weak = kind == "RSA" and public.key_size < _FEWEST_RSA_BITS
    return None if is_weak or not algorithms else SigningKey(public, algorithms)


def _is_for_signatures(jwk: Mapping[str, Any]) -> bool:
    operations = jwk.get("key_ops", ["verify"])
    is_list = isinstance(operations, list)
    return jwk.get("use", "sig") == "sig" and is_list and "verify" in operations
