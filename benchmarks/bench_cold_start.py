"""What `hearth serve` costs before it answers: processor seconds and memory, in an environment of its own.

A throw-away environment holds the base dependencies alone, as a production container does; another
one numba too, for the kernel. The service is started there on records in which the model of
`bench_serving` is approved, and its process is asked what it took once `/health/ready` says yes.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import subprocess
import sys
import time
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import harness
from engines.serving_model import ServingModel
from engines.serving_servers import PEPPER, free_port

FOLDER = harness.WORK / "cold_start"
ROOT = Path(__file__).parents[1]
_TICKS = os.sysconf("SC_CLK_TCK")
_WITHIN_S = 120
VARIANTS = {"without the kernel": ".", "with the kernel": ".[kernel]"}


def compare(arguments: Sequence[str]) -> None:
    """Start the service several times in each environment, and write the middle of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    given = parser.parse_args(arguments)
    model = ServingModel.make(harness.WORK / "serving")
    workspace = FOLDER / "workspace"
    shutil.rmtree(workspace, ignore_errors=True)
    (workspace / ".hearth").mkdir(parents=True)
    model.publish(f"sqlite:///{workspace / '.hearth' / 'records.db'}", PEPPER)
    pythons = {name: _environment(name, what) for name, what in VARIANTS.items()}
    found: dict[str, list[Mapping[str, Any]]] = {name: [] for name in VARIANTS}
    for turn in range(given.repeats + 1):
        for name, python in pythons.items():
            cost = _start(python, workspace)
            if turn:  # the first compiles Python's files and the kernel
                found[name].append(cost)
    rows = [{"environment": name, **_middle(costs)} for name, costs in found.items()]
    bare, kernel = (row["cpu_seconds"] for row in rows)
    ratios = {"cpu_seconds_without_kernel": bare, "cpu_seconds_with_kernel": kernel}
    harness.write_result("cold_start", ratios, rows)


def _environment(name: str, what: str) -> Path:
    """Python of an environment with Hearth and no more than it says, made once."""
    folder = FOLDER / name.replace(" ", "_")
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        venv.create(folder, with_pip=True, clear=True)
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--editable", what], cwd=ROOT, check=True)
        (folder / "made").touch()
    return python


def _start(python: Path, workspace: Path) -> Mapping[str, Any]:
    """Processor seconds, wall seconds and resident memory of a service at its first ready answer."""
    port = free_port()
    program = [python, "-c", "from hearth.cli.main import main; main()", "-w", workspace, "serve"]
    settings = {"HEARTH_API_KEY_PEPPER": PEPPER, "HEARTH_LOG_LEVEL": "error"}
    environment = {**os.environ, **settings, "PYTHONPATH": str(ROOT)}
    begun = time.monotonic()
    process = subprocess.Popen(
        [*program, "--port", str(port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        while not _is_ready(port):
            if process.poll() is not None or time.monotonic() - begun > _WITHIN_S:
                sys.exit("the service did not start; what it said is above")
            time.sleep(0.05)
        wall = time.monotonic() - begun
        return {"cpu_seconds": _cpu_seconds(process.pid), "wall_seconds": wall} | _memory(
            process.pid
        )
    finally:
        process.terminate()
        process.wait()


def _is_ready(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _cpu_seconds(process: int) -> float:
    """Of the process and of children it waited for, such as a compiler of the kernel."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICKS


def _memory(process: int) -> Mapping[str, float]:
    """Megabytes held in memory: all, and what no file on disk backs."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    said = dict(line.split(":", 1) for line in lines)
    return {
        "resident_mb": int(said["VmRSS"].split()[0]) * 1024 / 1e6,
        "own_mb": int(said["RssAnon"].split()[0]) * 1024 / 1e6,
    }


def _middle(costs: Sequence[Mapping[str, Any]]) -> Mapping[str, float]:
    return {key: round(harness.median([cost[key] for cost in costs]), 3) for key in costs[0]}


if __name__ == "__main__":
    harness.main({}, compare)
