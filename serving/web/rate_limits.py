"""How often anyone may ask: counters in the memory of one worker, begun anew each minute.

Our own few lines, because the library we looked at (`limits`, in memory) starts a thread up to a
hundred times a second to tidy up, which costs more than all else that proves a key.
"""

import math
import time
from collections.abc import Callable
from http import HTTPStatus
from ipaddress import ip_address, ip_network

from serving.web.problems import ProblemError

_WINDOW_S = 60.0
_MOST_COUNTED = 10_000  # apart; whoever else comes in the same minute is counted together
_NETWORK_BITS = {4: 24, 6: 64}  # what one household or office is usually given


class TooOftenError(ProblemError):
    """Somebody asked more often than they may: 429, with the seconds to wait."""

    def __init__(self, detail: str, wait_s: int) -> None:
        super().__init__(
            HTTPStatus.TOO_MANY_REQUESTS, "too-often", detail, headers={"Retry-After": str(wait_s)}
        )


class MinuteCounts:
    """Counts by name within a minute, the same minute for everybody."""

    def __init__(self, most: int, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._most, self._elapsed = most, elapsed
        self._counts: dict[str, int] = {}
        self._ends = -math.inf

    def add(self, name: str, count: int = 1) -> int:
        """Seconds to wait once this is counted; 0 if it is within the limit."""
        now = self._elapsed()
        if now >= self._ends:
            self._counts, self._ends = {}, now + _WINDOW_S
        known = self._counts
        if name not in known and len(known) >= _MOST_COUNTED:
            name = ""
        known[name] = known.get(name, 0) + count
        return 0 if known[name] <= self._most else max(1, math.ceil(self._ends - now))


class RateLimits:
    """What one worker counts: requests by who asks, and failures to come in by network."""

    def __init__(self, requests_a_minute: int, failures_a_minute: int) -> None:
        self._requests = MinuteCounts(requests_a_minute)
        self._failures = MinuteCounts(failures_a_minute)

    def charge(self, key_id: str, rows: int = 1) -> None:
        """Nothing, if whoever asks may have so many rows more.

        Raises
        ------
        TooOftenError
            If they may not within this minute.
        """
        wait = self._requests.add(key_id, rows)
        if wait:
            raise TooOftenError("Your key or client has used up its requests of this minute.", wait)

    def count_failure(self, address: str) -> None:
        """Nothing, if so few who could not prove themselves came from this network.

        Raises
        ------
        TooOftenError
            If too many did within this minute.
        """
        wait = self._failures.add(network_of(address))
        if wait:
            raise TooOftenError("Too many failed attempts to come in; wait, then try again.", wait)


def network_of(address: str) -> str:
    """Network that an address is in: whoever has one address there usually has its neighbours."""
    try:
        version = ip_address(address).version
    except ValueError:
        return ""
    return str(ip_network((address, _NETWORK_BITS[version]), strict=False))
