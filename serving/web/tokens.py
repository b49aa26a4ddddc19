"""OAuth2 tokens at the door: each proved once, by keys that are fetched off the event loop."""

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime

from anyio import CapacityLimiter, to_thread

from hearth.identity.signing_keys import SigningKey, SigningKeys
from hearth.identity.tokens import Claims, claims_of, header_of

_MOST_REMEMBERED = 1_000


@dataclass(frozen=True)
class _Proved:
    kid: str
    key: SigningKey
    claims: Claims


class TokenDoor:
    """Proves tokens of one issuer for one audience.

    A proved token is remembered by its hash until it expires, or the provider's keys are read again.
    """

    def __init__(self, issuer: str, audience: str, keys: SigningKeys) -> None:
        self._issuer, self._audience, self._keys = issuer, audience, keys
        self._proved: OrderedDict[bytes, _Proved] = OrderedDict()
        self._reader = CapacityLimiter(1)  # one fetches, the others wait without a thread

    async def claims(self, token: str, now: datetime) -> Claims:
        """What a token says, once it is proved.

        Raises
        ------
        TokenRefusedError
            If it cannot be, or says the wrong thing.
        """
        mark = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        known = self._proved.get(mark)
        header = None if known is not None else header_of(token)
        kid = known.kid if known is not None else header.kid if header is not None else ""
        key = await self._key(kid)
        if known is not None and known.key is key and not known.claims.is_over(now):
            return known.claims
        found = claims_of(
            token,
            header or header_of(token),
            key,
            issuer=self._issuer,
            audience=self._audience,
            now=now,
        )
        if key is not None:
            self._remember(mark, _Proved(kid, key, found))
        return found

    async def _key(self, kid: str) -> SigningKey | None:
        """The provider's key, after a look at its set where that is due; a key held waits for nobody."""
        if self._keys.is_due(kid) and not (self._keys.get(kid) and self._reader.borrowed_tokens):
            await to_thread.run_sync(self._keys.refresh, kid, limiter=self._reader)
        return self._keys.get(kid)

    def _remember(self, mark: bytes, proved: _Proved) -> None:
        self._proved[mark] = proved
        self._proved.move_to_end(mark)
        if len(self._proved) > _MOST_REMEMBERED:
            self._proved.popitem(last=False)
