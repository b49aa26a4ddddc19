"""Hearth's training step beside bare LightGBM, and its bootstrap beside a loop of scikit-learn.

A made-up matrix is written in parts as `hearth build` writes one. Hearth reads its examples and
fits LightGBM; a script of 30 lines (`engines/bare_lightgbm.py`) gives LightGBM the same files by
the same path, and another first reads them whole. Parameters and rounds are the same, and the trees
must be. Ratios of wall time and memory are Hearth's over the script's; the bootstrap's is the loop's
time over ours.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import harness

FOLDER = harness.WORK / "training"
FULL = (600_000, 200, 300)  # rows, columns, rounds
BOOTSTRAP_ROWS, REPLICATES = 1_000_000, 1_000
ENGINES = {
    "bare_lightgbm.train": "bare",
    "bare_lightgbm.train_whole": "bare, read whole",
    "hearth_training.train": "hearth",
}
LOOPED = 3


def compare(arguments: Sequence[str]) -> None:
    """Run both in turn, and write the result."""
    given = _parser().parse_args(arguments)
    folder = FOLDER / f"{given.rows}x{given.columns}"
    if not folder.exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        _do("training_data.make", folder=str(folder), rows=given.rows, columns=given.columns)
    size = {"folder": str(folder), "rounds": given.rounds}
    costs = harness.run_in_turn(__file__, tuple(ENGINES), repeats=given.repeats, **size)
    costs = {ENGINES[task]: cost for task, cost in costs.items()}
    if _trees(costs["hearth"]) != _trees(costs["bare"]):
        sys.exit("the trees differ: Hearth's and the script's are not the same work")
    rows = [_row(engine, given, cost) for engine, cost in costs.items()]
    ours, theirs, whole = costs["hearth"], costs["bare"], costs["bare, read whole"]
    ratios = {
        "wall_vs_bare": ours.wall_seconds / theirs.wall_seconds,
        "memory_vs_bare": ours.peak_mb / theirs.peak_mb,
        "wall_vs_bare_whole": ours.wall_seconds / whole.wall_seconds,
        "memory_vs_bare_whole": ours.peak_mb / whole.peak_mb,
    }
    many = given.bootstrap_rows
    loop = _do("bootstrap_loop.bootstrap", rows=many, replicates=LOOPED)
    rows.append(_bootstrap_row("loop", many, 1, LOOPED, loop))
    for candidates in (1, 5):
        asked = {"rows": many, "candidates": candidates, "replicates": REPLICATES}
        ours = _do("hearth_training.bootstrap", **asked)
        rows.append(_bootstrap_row("hearth", many, candidates, REPLICATES, ours))
        if candidates == 1:
            once = loop.said["seconds"] / LOOPED
            ratios["bootstrap_loop_vs_hearth"] = once * REPLICATES / ours.said["seconds"]
    is_full = (given.rows, given.columns, given.rounds, many) == (*FULL, BOOTSTRAP_ROWS)
    harness.write_result("training" if is_full else "quick_training", ratios, rows)


def _trees(cost: harness.Cost) -> str:
    """The trees alone; what stands below them repeats the parameters."""
    return str(cost.said["model"]).split("end of trees", maxsplit=1)[0]


def _row(engine: str, given: argparse.Namespace, cost: harness.Cost) -> dict[str, Any]:
    return {
        "step": "train",
        "engine": engine,
        "rows": given.rows,
        "columns": given.columns,
        "rounds": given.rounds,
        "wall_seconds": round(cost.wall_seconds, 2),
        "cpu_seconds": round(cost.cpu_seconds, 2),
        "peak_mb": round(cost.peak_mb),
    }


def _bootstrap_row(
    engine: str, rows: int, candidates: int, replicates: int, cost: harness.Cost
) -> dict[str, Any]:
    return {
        "step": "bootstrap",
        "engine": engine,
        "rows": rows,
        "candidates": candidates,
        "figures": cost.said["figures"],
        "replicates": replicates,
        "wall_seconds": round(cost.said["seconds"], 2),
        "peak_mb": round(cost.peak_mb),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=FULL[0], help="rows of the matrix")
    parser.add_argument("--columns", type=int, default=FULL[1], help="features of the matrix")
    parser.add_argument("--rounds", type=int, default=FULL[2], help="trees")
    parser.add_argument("--bootstrap-rows", type=int, default=BOOTSTRAP_ROWS)
    parser.add_argument("--repeats", type=int, default=3, help="runs of each; the median counts")
    return parser


def _do(task: str, **arguments: object) -> harness.Cost:
    return harness.run(__file__, task, **arguments)


if __name__ == "__main__":
    harness.main(harness.EngineTasks(), compare)
