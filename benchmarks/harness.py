"""What every benchmark shares: tasks in child processes, ratios side by side, one result file."""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
WORK = Path(__file__).parent / ".work"
_KILOBYTE = (
    1024 if sys.platform == "linux" else 1
)  # ru_maxrss counts kilobytes on Linux, bytes on macOS

Task = Callable[..., Mapping[str, Any] | None]


@dataclass(frozen=True)
class Cost:
    """What a task took in its own process, and what it said.

    `base_mb` is the memory held before the task began (interpreter and imports), `peak_mb` the
    most held at any moment, both in megabytes of 10**6 bytes. The processor time of processes that
    the task started and waited for counts.
    """

    wall_seconds: float
    cpu_seconds: float
    base_mb: float
    peak_mb: float
    said: Mapping[str, Any]


class EngineTasks(dict[str, Task]):
    """Functions of `engines` by name; an engine is loaded when asked for, so that none pays for another."""

    def __missing__(self, name: str) -> Task:
        engine, function = name.split(".")
        task: Task = getattr(import_module(f"engines.{engine}"), function)
        return task


def run(script: str, task: str, **arguments: object) -> Cost:
    """Cost of one task of a benchmark, run alone in a fresh process."""
    command = [sys.executable, script, "--task", task, "--arguments", json.dumps(arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{task} failed:\n{done.stderr}")
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def run_in_turn(
    script: str, tasks: Sequence[str], *, repeats: int, **arguments: object
) -> dict[str, Cost]:
    """Cost of each task, the median run by wall time; tasks take turns, so that a busy spell hits all."""
    runs: dict[str, list[Cost]] = {task: [] for task in tasks}
    for _ in range(repeats):
        for task in tasks:
            runs[task].append(run(script, task, **arguments))
    return {
        task: sorted(costs, key=lambda c: c.wall_seconds)[len(costs) // 2]
        for task, costs in runs.items()
    }


def main(tasks: Mapping[str, Task], parent: Callable[[Sequence[str]], None]) -> None:
    """Run one task if asked for by `run`, the whole benchmark otherwise."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--task")
    parser.add_argument("--arguments", default="{}")
    given, rest = parser.parse_known_args()
    if given.task is None:
        parent(rest)
        return
    task = tasks[given.task]
    base, wall, cpu = peak_mb(), time.perf_counter(), _cpu_seconds()
    said = task(**json.loads(given.arguments)) or {}
    cost = Cost(time.perf_counter() - wall, _cpu_seconds() - cpu, base, peak_mb(), said)
    print(json.dumps(asdict(cost)))


def write_result(name: str, ratios: Mapping[str, float], rows: Sequence[Mapping[str, Any]]) -> Path:
    """Result file `benchmarks/results/NAME.json`, written aside and renamed, and shown on the terminal."""
    result = {
        "ratios": {key: round(value, 3) for key, value in ratios.items()},
        "machine": machine(),
        "rows": list(rows),
    }
    RESULTS.mkdir(exist_ok=True)
    path, aside = RESULTS / f"{name}.json", RESULTS / f".{name}.json.new"
    aside.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    aside.replace(path)
    for row in rows:
        print("  ".join(f"{key} {_shown(value)}" for key, value in row.items()))
    print("\n".join(f"{key} = {value:.2f}" for key, value in ratios.items()))
    return path


def machine() -> dict[str, Any]:
    """The machine a result was measured on; nothing that names it."""
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "load_before": round(os.getloadavg()[0], 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }


def median(numbers: Sequence[float]) -> float:
    """Middle of the numbers."""
    return statistics.median(numbers)


def peak_mb() -> float:
    """Most memory this process has held so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KILOBYTE / 1e6


def _cpu_seconds() -> float:
    waited = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + waited.ru_utime + waited.ru_stime


def _processor() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":", 1)[1].strip()
            for line in cpuinfo.read_text().splitlines()
            if "model name" in line
        ]
        if names:
            return names[0]
    return platform.processor() or "unknown"


def _shown(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
