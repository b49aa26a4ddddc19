"""64 clients ask `hearth serve` for scores with reasons, minute after minute: errors, and memory that stays flat.

Every score is recorded (SQLite, `synchronous=FULL`) before it is answered, as shipped.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import harness
from engines.serving_model import ServingModel
from engines.serving_servers import Server, hearth
from serving_client import load, post

FOLDER = harness.WORK / "serving"
CLIENTS, FULL_MINUTES = 64, 10


def compare(arguments: Sequence[str]) -> None:
    """Ask for as many minutes as wished, and write what each minute brought."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=int, default=FULL_MINUTES)
    given = parser.parse_args(arguments)
    model = ServingModel.make(FOLDER)
    bodies = [json.dumps({"values": one}).encode() for one in model.values()]
    with hearth(model, FOLDER / "soak", bodies[0]) as server:
        rows = [_minute(server, bodies, minute) for minute in range(1, given.minutes + 1)]
    settled = rows[min(1, len(rows) - 1)]["resident_mb"]  # the first minute fills caches
    ratios = {
        "errors": sum(row["errors"] for row in rows),
        "memory_growth": rows[-1]["resident_mb"] / settled,
    }
    harness.write_result("soak" if given.minutes >= FULL_MINUTES else "quick_soak", ratios, rows)
    if ratios["errors"]:
        sys.exit("there were errors")


def _minute(server: Server, bodies: Sequence[bytes], minute: int) -> Mapping[str, Any]:
    """One minute of the load; an error is an answer that is no success, or that never came."""
    requests = [post(server.path, body, server.headers) for body in bodies]
    found = load(server.port, requests, clients=CLIENTS, seconds=60, warm_up=0)
    refused = sum(n for status, n in found.statuses.items() if status not in {"200", "201"})
    row = {
        "minute": minute,
        "answers": found.answers,
        "errors": found.errors + refused,
        "p50_ms": found.p50_ms,
        "p99_ms": found.p99_ms,
        "resident_mb": round(_resident_mb(server.process.pid), 1),
    }
    print(row, flush=True)
    return row


def _resident_mb(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    held = next(line for line in lines if line.startswith("VmRSS"))
    return int(held.split()[1]) * 1024 / 1e6


if __name__ == "__main__":
    harness.main({}, compare)
