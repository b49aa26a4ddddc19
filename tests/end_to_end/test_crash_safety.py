"""Killed at any moment, a step leaves what was there, and done again it comes to the same."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tutorial")]

MODEL = "poor_hygiene"
STEPS = {
    "ingest": (("ingest",), ("snapshots", "links", "households")),
    "build": (("build", MODEL), ("matrices", "feature_store.db")),
    "train": (("train", MODEL), ("runs", "mlartifacts", "mlflow.db", ".mlflow.db.aside")),
}


def _forget(hearth, step):
    """Take away what a step has made."""
    for name in STEPS[step][1]:
        path = hearth.state / name
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


def _manifests(hearth):
    """What each artefact was made from and holds; a run's own identifier in MLflow aside."""
    found = {
        str(path.relative_to(hearth.state)): json.loads(path.read_text())
        for path in sorted(hearth.state.rglob("manifest.json"))
        if "mlartifacts" not in path.parts and "reports" not in path.parts
    }
    for manifest in found.values():
        manifest.pop("mlflow_run", None)
    return found


def _kill(hearth, step, after_s):
    """Start a step and kill it so long after it has begun to write."""
    process = hearth.starts(*STEPS[step][0])
    begun = [hearth.state / name for name in STEPS[step][1]]
    while process.poll() is None and not any(path.exists() for path in begun):
        time.sleep(0.002)
    time.sleep(after_s)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def _check(hearth, step, after_s):
    before = _manifests(hearth)
    _forget(hearth, step)
    _kill(hearth, step, after_s)
    hearth.do(*STEPS[step][0])
    after = _manifests(hearth)
    newest = max((hearth.state / "runs" / MODEL).iterdir(), key=lambda path: int(path.name)).name
    renamed = {
        name.replace(f"{MODEL}/{newest}/", f"{MODEL}/1/"): made for name, made in after.items()
    }
    assert {name: renamed[name] for name in before} == before
    assert [path.name for path in hearth.state.rglob(".*.aside")] == []
    hearth.do("report", MODEL)


@pytest.mark.parametrize(
    ("step", "after_s"),
    [("ingest", 0), ("ingest", 0.05), ("build", 0), ("build", 0.1), ("train", 0.5), ("train", 4)],
)
def test_a_step_killed_half_way_is_done_again_to_the_same_result(tutorial_copy, step, after_s):
    _check(tutorial_copy, step, after_s)


@pytest.mark.deep
@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("chance", range(12))
def test_a_step_killed_at_any_moment_is_done_again_to_the_same_result(tutorial_copy, step, chance):
    longest = {"ingest": 0.5, "build": 1, "train": 15}[step]
    _check(tutorial_copy, step, random.Random(chance).uniform(0, longest))


@pytest.mark.parametrize("step", ["ingest", "build"])
def test_what_was_there_stays_whole_while_its_successor_is_killed(tutorial_copy, step):
    file = tutorial_copy.workspace / "data" / "hygiene_inspections.csv"
    file.write_text("".join(file.read_text().splitlines(keepends=True)[:-1]))
    if step == "build":
        tutorial_copy.do("ingest")
    before = _manifests(tutorial_copy)
    process = tutorial_copy.starts(*STEPS[step][0])
    aside = {"ingest": "snapshots/.hygiene_inspections.aside", "build": f"matrices/.{MODEL}.aside"}
    while process.poll() is None and not (tutorial_copy.state / aside[step]).exists():
        time.sleep(0.001)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()
    whole = {name: made for name, made in _manifests(tutorial_copy).items() if ".aside" not in name}
    assert whole.keys() >= before.keys() - {"households/manifest.json"}
    for again in ("ingest", "build"):
        tutorial_copy.do(*STEPS[again][0])
    assert "is not the one version 1 was trained on" in tutorial_copy.refusal("report", MODEL)
