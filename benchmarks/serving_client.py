"""A light load client: N connections that each send the next prebuilt request once the last is answered.

It runs in a process of its own (`load`), so that it takes none of the server's time on one core.
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

try:
    from uvloop import run
except ImportError:  # it does not exist for Windows
    from asyncio import run

_HEAD_END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_GRACE_S = 10.0  # an answer under way when time is up is waited for this long


@dataclass(frozen=True)
class Load:
    """What a server answered under load; latencies in milliseconds, None where it answered nothing.

    `errors` counts connections that broke, or were refused, before their answer was whole, and
    answers that never came.
    """

    requests_per_second: float
    p50_ms: float | None
    p99_ms: float | None
    answers: int
    errors: int
    statuses: Mapping[str, int]
    seconds: float


def post(path: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """A POST of JSON as its bytes go over the wire."""
    lines = [f"{name}: {value}\r\n" for name, value in (headers or {}).items()]
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return (head + "".join(lines) + f"Content-Length: {len(body)}\r\n\r\n").encode() + body


def load(
    port: int, requests: Sequence[bytes], *, clients: int, seconds: float, warm_up: float = 0.5
) -> Load:
    """Load of a server on this machine by clients that never pause, from a fresh process.

    Parameters
    ----------
    port
        Where it listens on 127.0.0.1.
    requests
        As bytes (`post`); each client sends them in turn, from a start of its own.
    clients
        Connections kept open at a time.
    seconds
        How long requests are begun, once the warm-up is over.
    warm_up
        Seconds of the same load beforehand that are not counted.
    """
    asked = {
        "port": port,
        "requests": [request.decode("latin-1") for request in requests],
        "clients": clients,
        "seconds": seconds,
        "warm_up": warm_up,
    }
    done = subprocess.run(
        [sys.executable, __file__],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Load(**json.loads(done.stdout))


@dataclass(frozen=True)
class _Plan:
    """What to ask, whom, and which answers count: those begun between two moments."""

    port: int
    requests: Sequence[bytes]
    counts_from: float
    until: float


@dataclass
class _Tally:
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    errors: int = 0


class _Client(asyncio.Protocol):
    """One connection; tells `ended` when it will send nothing more."""

    def __init__(self, plan: _Plan, tally: _Tally, start: int) -> None:
        self._plan, self._tally = plan, tally
        self._next, self._sent_at = start, 0.0
        self._received, self._whole = bytearray(), 0
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._whole = self._whole or _length_of(self._received)
        if not self._whole or len(self._received) < self._whole:
            return
        now = time.perf_counter()
        if self._sent_at >= self._plan.counts_from:
            self._tally.latencies.append(now - self._sent_at)
            self._tally.statuses[self._received[9:12].decode()] += 1
        self._received, self._whole = bytearray(), 0
        if now < self._plan.until:
            self._send()
        else:
            self._end()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.ended.done():
            self._tally.errors += 1
            self.ended.set_result(None)

    def _send(self) -> None:
        self._sent_at = time.perf_counter()
        self._transport.write(self._plan.requests[self._next % len(self._plan.requests)])
        self._next += 1

    def _end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
        self._transport.close()


def _length_of(received: bytearray) -> int:
    """Bytes of the whole answer; 0 before its head is there."""
    head = received.find(_HEAD_END)
    if head < 0:
        return 0
    length = _LENGTH.search(received, 0, head)
    if length is None:
        raise ValueError("an answer came without Content-Length, which this client cannot read")
    return head + len(_HEAD_END) + int(length[1])


async def _measure(
    port: int, requests: Sequence[bytes], clients: int, seconds: float, warm_up: float
) -> Load:
    begun = time.perf_counter()
    plan = _Plan(port, requests, begun + warm_up, begun + warm_up + seconds)
    tally = _Tally()
    tasks = [asyncio.ensure_future(_keep_asking(plan, tally, one)) for one in range(clients)]
    _, waiting = await asyncio.wait(tasks, timeout=warm_up + seconds + _GRACE_S)
    tally.errors += len(waiting)
    return _summary(tally, max(time.perf_counter() - plan.counts_from, seconds))


async def _keep_asking(plan: _Plan, tally: _Tally, start: int) -> None:
    """One client; where its connection breaks, it connects again."""
    while time.perf_counter() < plan.until:
        try:
            _, client = await asyncio.get_running_loop().create_connection(
                lambda: _Client(plan, tally, start), "127.0.0.1", plan.port
            )
        except OSError:
            tally.errors += 1
            await asyncio.sleep(0.05)
        else:
            await client.ended


def _summary(tally: _Tally, seconds: float) -> Load:
    times = sorted(1000 * one for one in tally.latencies)
    return Load(
        requests_per_second=round(len(times) / seconds, 1),
        p50_ms=round(statistics.median(times), 3) if times else None,
        p99_ms=round(times[min(len(times) - 1, int(0.99 * len(times)))], 3) if times else None,
        answers=len(times),
        errors=tally.errors,
        statuses=dict(tally.statuses),
        seconds=round(seconds, 2),
    )


def _main() -> None:
    asked = json.load(sys.stdin)
    requests = [request.encode("latin-1") for request in asked.pop("requests")]
    json.dump(asdict(run(_measure(requests=requests, **asked))), sys.stdout)


if __name__ == "__main__":
    _main()
