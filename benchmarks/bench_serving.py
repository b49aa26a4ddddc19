"""Hearth as `hearth serve` ships it beside MLflow's server and the least a FastAPI app can do.

One model (300 trees × 31 leaves, 100 features), one set of rows, one run: every service is up, and
they are asked in turn, round after round, so that a busy spell on the machine hits them all. A ratio
is the median of those of the rounds. A batch is asked for as MLflow's is, its columns named once; one
whose rows name them each is in a row of its own. "Audit off" is an app handed a writer that records nothing.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import harness
from engines.postgres import Server as Postgres
from engines.postgres import installed
from engines.serving_model import FEATURES, ServingModel, split_of
from engines.serving_servers import Server, bentoml, hearth, hello, mlflow_server
from serving_client import Load, load, post

FOLDER = harness.WORK / "serving"
CLIENTS = (1, 16, 64)
BATCH = 1_000
SIZES = ((300, 31, 300), (1_000, 63, 40), (300, 7, 500))  # trees, leaves, rows asked
Figures = dict[tuple[str, int], list[Load]]


@dataclass(frozen=True)
class Workload:
    """What is asked of one server; `rows` in each request, and whether it takes tens of milliseconds."""

    name: str
    server: Server
    bodies: Sequence[bytes]
    rows: int = 1
    is_slow: bool = False

    @property
    def most_clients(self) -> int:
        """Clients that it makes sense to have: 64,000 rows at once are a file."""
        return 16 if self.rows > 1 else CLIENTS[-1]

    def measure(self, clients: int, seconds: float) -> Load:
        """Its load, every answer a success; asked for longer where the machine is too busy to answer."""
        requests = [post(self.server.path, body, self.server.headers) for body in self.bodies]
        for patience in (1, 4, 16):
            asked = seconds * patience * (2 if self.is_slow else 1)
            found = load(self.server.port, requests, clients=clients, seconds=asked)
            refused = sum(n for status, n in found.statuses.items() if status not in {"200", "201"})
            if refused:
                break
            if found.answers:
                return found
        sys.exit(f"{self.name}: {found.statuses}, {found.errors} broken")


RATIOS = {  # name: (over, under, clients)
    "score_vs_mlflow": ("score", "mlflow score", 1),
    "score_vs_hello": ("score", "hello", 1),
    "explain_vs_mlflow_shap": ("explain", "mlflow shap", 1),
    "explain_vs_native": ("explain", "explain, native", 1),
    "explain_vs_hello": ("explain", "hello", 1),
    "lookup_vs_hello": ("look-up", "hello", 1),
    "batch_vs_mlflow": ("batch, table", "mlflow batch", 1),
    "audited_vs_unaudited_sqlite": ("explain, SQLite", "explain", 64),
    "audited_vs_unaudited_postgresql": ("explain, PostgreSQL", "explain", 64),
}


def compare(arguments: Sequence[str]) -> None:
    """Measure the kernel, then the services in turn, and write the result."""
    given = _parser().parse_args(arguments)
    kernel = [_kernel(*size) for size in SIZES]
    model = ServingModel.make(FOLDER)
    with ExitStack() as stack:
        workloads = _start(model, stack)
        _check_same_answers(workloads)
        found = _rounds(workloads, given.rounds, given.seconds)
    ratios = {
        name: _ratio(found, workloads, *sides)
        for name, sides in RATIOS.items()
        if all((side, sides[2]) in found for side in sides[:2])
    }
    ratios["kernel_vs_native"] = kernel[0]["native_us"] / kernel[0]["kernel_us"]
    rows = [_row(name, clients, loads) for (name, clients), loads in found.items()]
    is_full = given.rounds >= _parser().get_default("rounds")
    harness.write_result("serving" if is_full else "quick_serving", ratios, [*kernel, *rows])


def _kernel(trees: int, leaves: int, rows: int) -> Mapping[str, Any]:
    asked = {"trees": trees, "leaves": leaves, "rows": rows, "batch": (trees, leaves) == (300, 31)}
    cost = harness.run(__file__, "kernel_speed.compare", folder=str(FOLDER), **asked)
    of = f"kernel on {trees} × {leaves}"
    return {"workload": of, **cost.said, "ratio": cost.said["native_us"] / cost.said["kernel_us"]}


def _start(model: ServingModel, stack: ExitStack) -> list[Workload]:
    """Every service up, and what is asked of each."""
    values = model.values()[:200]
    explain = [json.dumps({"values": one}).encode() for one in values]
    score = [json.dumps({"values": one, "reasons": False}).encode() for one in values]
    batch = model.values()[:BATCH]
    many = [json.dumps({"rows": batch, "reasons": False}).encode()]
    listed = {"names": list(batch[0]), "rows": [list(one.values()) for one in batch]}
    as_table = [json.dumps({**listed, "reasons": False}).encode()]  # as MLflow is asked: names once
    subjects = [json.dumps({"subject": str(i)}).encode() for i in range(len(values))]
    table = [[None if math.isnan(value) else value for value in row] for row in model.rows.tolist()]
    rows = [json.dumps({"row": one}).encode() for one in table[: len(values)]]
    split = [split_of(model.rows[i : i + 1]) for i in range(len(values))]

    def started(manager: Any) -> Server:
        server: Server = stack.enter_context(manager)
        return server

    quiet = started(hearth(model, FOLDER / "unaudited", score[0], "unaudited"))
    native = started(hearth(model, FOLDER / "native", score[0], "unaudited", "native"))
    sqlite = started(hearth(model, FOLDER / "sqlite", score[0]))
    bare = started(hello(score[0]))
    theirs = started(mlflow_server(model, "score", split[0]))
    shap = started(mlflow_server(model, "explain", split[0]))
    lookup = quiet.at("lookup")
    for body in subjects:  # the first look-up of a subject reads the records, the next ones memory
        lookup.ask(body)
    workloads = [
        Workload("hello", bare, explain),
        Workload("score", quiet, score),
        Workload("score, SQLite", sqlite, score),
        Workload("explain", quiet, explain),
        Workload("explain, native", native, explain),
        Workload("explain, SQLite", sqlite, explain),
        Workload("look-up", lookup, subjects),
        Workload("batch, table", quiet, as_table, rows=BATCH, is_slow=True),
        Workload("batch, objects", quiet, many, rows=BATCH, is_slow=True),
        Workload("mlflow score", theirs, split, is_slow=True),
        Workload("mlflow batch", theirs, [split_of(model.rows[:BATCH])], rows=BATCH, is_slow=True),
        Workload("mlflow shap", shap, split, is_slow=True),
    ]
    try:
        bento = started(bentoml(model, harness.WORK / "bentoml", rows[0]))
        workloads.append(Workload("bentoml shap", bento, rows, is_slow=True))
    except (OSError, subprocess.CalledProcessError):
        print("BentoML could not be installed: its rows are left out")
    if installed() is None:
        print("PostgreSQL is not installed: its rows are left out")
        return workloads
    url = stack.enter_context(_postgres())
    postgres = started(hearth(model, FOLDER / "postgresql", score[0], records_url=url))
    return [
        *workloads,
        Workload("score, PostgreSQL", postgres, score),
        Workload("explain, PostgreSQL", postgres, explain),
    ]


@contextmanager
def _postgres() -> Iterator[str]:
    """URL of a PostgreSQL of default settings, for as long as needed."""
    binaries = installed()
    assert binaries is not None
    server = Postgres(binaries)
    try:
        with server.running() as url:
            yield url
    finally:
        server.remove()


def _check_same_answers(workloads: Sequence[Workload]) -> None:
    """Stops if two services say different things of a row: they would not do the same work."""
    by_name = {one.name: one for one in workloads}
    ours = [
        by_name[n].server.ask(by_name[n].bodies[0]) for n in ("score", "explain, native", "explain")
    ]
    probability = [one["score"]["probability"] for one in ours]
    base = [one["explanation"]["base_value"] for one in ours[1:]]
    theirs = by_name["mlflow score"].server.ask(by_name["mlflow score"].bodies[0])["predictions"][0]
    shap = by_name["mlflow shap"].server.ask(by_name["mlflow shap"].bodies[0])["predictions"][0]
    total = sum(shap["contributions"])
    if len(shap["contributions"]) == FEATURES:  # shap leaves the base value out
        total += base[0]
    logit = math.log(probability[0] / (1 - probability[0]))
    pairs = [*zip(probability, [theirs, shap["probability"], theirs], strict=True)]
    pairs += [(base[0], base[1]), (total, logit)]
    if any(not math.isclose(a, b, abs_tol=1e-9) for a, b in pairs):
        sys.exit(f"the services answer differently: {pairs}")


def _rounds(workloads: Sequence[Workload], rounds: int, seconds: float) -> Figures:
    """Loads by workload and clients; the slow ones are asked by many clients in the first round only."""
    found: Figures = defaultdict(list)
    for turn in range(rounds):
        for clients in CLIENTS:
            for one in workloads:
                if clients > one.most_clients or (turn and clients > 1 and one.is_slow):
                    continue
                found[one.name, clients].append(one.measure(clients, seconds))
                print(f"{turn + 1}/{rounds}  {one.name}, {clients} clients", file=sys.stderr)
    return found


def _ratio(
    found: Figures, workloads: Sequence[Workload], over: str, under: str, clients: int
) -> float:
    """Median over the rounds of rows a second over rows a second."""
    rows = {one.name: one.rows for one in workloads}
    pairs = zip(found[over, clients], found[under, clients], strict=False)
    scale = rows[over] / rows[under]
    return harness.median([a.requests_per_second / b.requests_per_second * scale for a, b in pairs])


def _row(name: str, clients: int, loads: Sequence[Load]) -> Mapping[str, Any]:
    """The middle of the rounds."""
    return {
        "workload": name,
        "clients": clients,
        "requests_per_second": harness.median([one.requests_per_second for one in loads]),
        "p50_ms": harness.median([one.p50_ms for one in loads if one.p50_ms]),
        "p99_ms": harness.median([one.p99_ms for one in loads if one.p99_ms]),
        "answers": sum(one.answers for one in loads),
        "broken": sum(one.errors for one in loads),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5, help="of each load")
    return parser


if __name__ == "__main__":
    harness.main(harness.EngineTasks(), compare)
