"""Hearth's engine beside what a council would use otherwise, at 100,000 and 600,000 households.

DuckDB, pandas and the SQL that triage sends to PostgreSQL read the same Parquet files of made-up
events and compute the same 185 features at six as-of dates; their answers must agree. Ratios above
1 are in our favour, but for growth (the larger size over the smaller) and refresh (over a full run).
"""

from __future__ import annotations

import argparse
import math
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import harness
from engines import postgres

FOLDER = harness.WORK / "features"
OUT = FOLDER / "out"
ENGINES = {
    "hearth": "hearth_engine",
    "naive_sql": "naive_sql",
    "pandas": "pandas_groupby",
    "triage_sql": "triage_sql",
}
SIZES = [100_000, 600_000]
AS_OF_DATES, FEATURES, EVENTS_PER_ENTITY = 6, 185, 25  # of engines.workload, which is slow to load


@dataclass(frozen=True)
class Run:
    """One engine asked for one thing at one size."""

    engine: str
    output: str
    entities: int

    def cost(self) -> harness.Cost:
        """What it took, in a process of its own."""
        shutil.rmtree(OUT, ignore_errors=True)
        OUT.mkdir(parents=True)
        task = f"{ENGINES[self.engine]}.{self.output}"
        given = {"folder": str(_folder(self.entities)), "entities": self.entities}
        if self.output == "parquet":
            given["out"] = str(OUT)
        return harness.run(__file__, task, **given)

    def checks(self, cost: harness.Cost) -> dict[str, float]:
        """Sum of each feature just made."""
        if self.output == "compute":
            return dict(cost.said["checks"])
        return dict(_do("workload.checks_of_parquet", folder=str(OUT)).said["checks"])


@dataclass(frozen=True)
class RefreshRun(Run):
    """The feature store brought up to date: all of it, or after news of one home in a hundred."""

    def cost(self) -> harness.Cost:
        """What it took; the news are made up and ingested first."""
        given = {"folder": str(_folder(self.entities)), "entities": self.entities}
        before = "prepare" if self.output == "refresh_all" else "change"
        _do(f"store_refresh.{before}", **given)
        return _do(f"store_refresh.{self.output}", **given)


@dataclass(frozen=True)
class TriageRun(Run):
    """The SQL of triage on a PostgreSQL that runs only meanwhile; only wall time can be told."""

    server: postgres.Server

    def cost(self) -> harness.Cost:
        """What its statements took, the features of a run before taken away first."""
        with self.server.running() as url:
            _do("triage_sql.remove_matrix", url=url)
            return _do("triage_sql.make_matrix", url=url)


Costs = dict[tuple[str, str, int], harness.Cost]


def runs(small: int, large: int) -> list[Run]:
    """What is run in turn; the SQL of triage comes with its server."""
    asked = [
        Run("hearth", "compute", small),
        Run("hearth", "parquet", small),
        Run("naive_sql", "compute", small),
        Run("pandas", "parquet", small),
        RefreshRun("hearth", "refresh_all", large),
        RefreshRun("hearth", "refresh_1pct", large),
    ]
    if large > small:
        asked += [
            Run(engine, output, large)
            for output in ("compute", "parquet")
            for engine in ("hearth", "naive_sql")
        ]
    return asked


def ratios(costs: Costs, small: int, large: int) -> dict[str, float]:
    """Ratios between runs that were made, by name."""
    ours, naive = ("hearth", "compute", large), ("naive_sql", "compute", large)
    ours_parquet, naive_parquet = ("hearth", "parquet", large), ("naive_sql", "parquet", large)
    small_parquet = ("hearth", "parquet", small)
    at, to = _thousands(large), _thousands(small)
    asked: dict[str, tuple[Any, Any, Callable[[harness.Cost], float]]] = {
        f"cpu_vs_naive_sql_compute_{at}": (naive, ours, _cpu),
        f"wall_vs_naive_sql_compute_{at}": (naive, ours, _wall),
        f"memory_vs_naive_sql_compute_{at}": (naive, ours, _memory),
        f"wall_vs_naive_sql_parquet_{at}": (naive_parquet, ours_parquet, _wall),
        f"wall_vs_pandas_parquet_{to}": (("pandas", "parquet", small), small_parquet, _wall),
        f"wall_vs_triage_sql_{to}": (("triage_sql", "tables", small), small_parquet, _wall),
    }
    if large > small:
        first = ("hearth", "compute", small)
        asked[f"growth_time_{to}_{at}"] = (ours, first, _wall)
        asked[f"growth_memory_{to}_{at}"] = (ours, first, _memory)
    asked["refresh_1pct_vs_full"] = (
        ("hearth", "refresh_1pct", large),
        ("hearth", "refresh_all", large),
        _wall,
    )
    return {
        name: of(costs[over]) / of(costs[under])
        for name, (over, under, of) in asked.items()
        if over in costs and under in costs
    }


def compare(arguments: Sequence[str]) -> None:
    """Run every engine asked for, in turn, and write the result."""
    given = _parser().parse_args(arguments)
    small, large = min(given.sizes), max(given.sizes)
    for entities in sorted({small, large}):
        _folder(entities).mkdir(parents=True, exist_ok=True)
        _do("workload.synthesise", entities=entities, folder=str(_folder(entities)))
    asked = [run for run in runs(small, large) if run.engine in given.only]
    with _triage(small, wanted="triage_sql" in given.only) as triage:
        costs = _in_turn([*asked, *triage], given.repeats)
    shutil.rmtree(OUT, ignore_errors=True)
    name = "features" if given.sizes == SIZES else "quick_features"  # which is not kept
    harness.write_result(name, ratios(costs, small, large), [_row(*r) for r in costs.items()])


def _in_turn(asked: Sequence[Run], repeats: int) -> Costs:
    """Median cost of each run by wall time; the engines must agree the first time."""
    found: dict[tuple[str, str, int], list[harness.Cost]] = {}
    checks: dict[int, dict[str, float]] = {}
    for repeat in range(repeats):
        for run in asked:
            print(
                f"{repeat + 1} of {repeats}: {run.engine} {run.output} {run.entities}", flush=True
            )
            cost = run.cost()
            if repeat == 0 and type(run) is Run:  # tests hold the SQL of triage to pandas
                made = run.checks(cost)
                _agree(run, made, checks.setdefault(run.entities, made))
            found.setdefault((run.engine, run.output, run.entities), []).append(cost)
    return {run: sorted(costs, key=_wall)[len(costs) // 2] for run, costs in found.items()}


def _agree(run: Run, made: dict[str, float], expected: dict[str, float]) -> None:
    """Stop if an engine computed other features than the first."""
    differ = [
        name
        for name in expected.keys() | made.keys()
        if not math.isclose(
            made.get(name, math.nan), expected.get(name, math.nan), rel_tol=1e-9, abs_tol=1e-9
        )
    ]
    if differ or len(made) != FEATURES:
        names = ", ".join(sorted(differ)) or f"how many there are: {len(made)}, not {FEATURES}"
        sys.exit(f"{run.engine} ({run.output}, {run.entities}) disagrees on {names}")


@contextmanager
def _triage(entities: int, *, wanted: bool) -> Iterator[list[Run]]:
    """The run of triage's SQL, its data loaded beforehand; none where PostgreSQL is missing."""
    programs = postgres.installed()
    if not wanted or programs is None:
        if wanted:
            print("no PostgreSQL here: the SQL of triage is left out", flush=True)
        yield []
        return
    server = postgres.Server(programs)
    try:
        with server.running() as url:
            _do("triage_sql.load", folder=str(_folder(entities)), entities=entities, url=url)
        yield [TriageRun("triage_sql", "tables", entities, server)]
    finally:
        server.remove()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=SIZES,
        help="households, small and large",
    )
    parser.add_argument(
        "--repeats", type=int, default=3, help="runs of each, of which the median counts"
    )
    parser.add_argument("--only", nargs="+", choices=ENGINES, default=list(ENGINES), help="engines")
    return parser


def _do(task: str, **arguments: object) -> harness.Cost:
    return harness.run(__file__, task, **arguments)


def _folder(entities: int) -> harness.Path:
    return FOLDER / str(entities)


def _thousands(entities: int) -> str:
    return f"{entities // 1000}k"


def _wall(cost: harness.Cost) -> float:
    return cost.wall_seconds


def _cpu(cost: harness.Cost) -> float:
    return cost.cpu_seconds


def _memory(cost: harness.Cost) -> float:
    return cost.peak_mb


def _row(run: tuple[str, str, int], cost: harness.Cost) -> dict[str, Any]:
    """What the result file says of one run; of a server's work only the wall time is known."""
    engine, output, entities = run
    row = {
        "engine": engine,
        "output": output,
        "entities": entities,
        "events": entities * EVENTS_PER_ENTITY,
        "as_of_dates": AS_OF_DATES,
        "features": FEATURES,
        "wall_seconds": round(cost.wall_seconds, 2),
    }
    if engine == "triage_sql":
        return row
    return row | {"cpu_seconds": round(cost.cpu_seconds, 2), "peak_mb": round(cost.peak_mb)}


if __name__ == "__main__":
    harness.main(harness.EngineTasks(), compare)
