"""Killed at any moment, a step leaves what was there, and done again it comes to the same."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import time

import pytest

from hearth.registry import open_registry, read_bundle
from hearth.risk_model.files import check_files, read_folder
from hearth.settings import load_settings

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("tutorial"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of MLflow itself
]

MODEL = "poor_hygiene"
STEPS = {
    "ingest": (("ingest",), ("snapshots", "links", "households")),
    "build": (("build", MODEL), ("matrices", "feature_store.db")),
    "train": (("train", MODEL), ("runs", "mlartifacts", "mlflow.db", ".mlflow.db.aside", "turns")),
}
LOGGED = "mlartifacts/*/*/artifacts"
MOMENTS = {
    "fitting": "turns/*",
    "logging": f"{LOGGED}/metrics.json",
    "registering": f"{LOGGED}/model/MLmodel",
}
"""What is there once a training has come to that moment."""

LONGEST_S = {"fitting": 8, "logging": 3, "registering": 0.3}


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


def _kill(hearth, step, after_s, moment=None, by=signal.SIGKILL):
    """Exit code of a step killed so long after it has begun to write, or has come to a moment."""
    process = hearth.starts(*STEPS[step][0])
    begun = STEPS[step][1] if moment is None else [MOMENTS[moment]]
    while process.poll() is None and not any(any(hearth.state.glob(name)) for name in begun):
        time.sleep(0.002)
    time.sleep(after_s)
    if process.poll() is None:
        os.killpg(process.pid, by)
    process.wait()
    process.stdout.close()
    return process.returncode


def _check(hearth, step, after_s, moment=None):
    before = _manifests(hearth)
    _forget(hearth, step)
    _kill(hearth, step, after_s, moment)
    hearth.do(*STEPS[step][0])
    after = _manifests(hearth)
    newest = max((hearth.state / "runs" / MODEL).iterdir(), key=lambda path: int(path.name)).name
    renamed = {
        name.replace(f"{MODEL}/{newest}/", f"{MODEL}/1/"): made for name, made in after.items()
    }
    assert {name: renamed[name] for name in before} == before
    assert [path.name for path in hearth.state.rglob(".*.aside")] == []
    hearth.do("report", MODEL)
    _check_registry(hearth)


def _check_registry(hearth):
    """Every version registered is whole, in MLflow and on disk, and no run is left open."""
    client = open_registry(load_settings(hearth.workspace))
    versions = client.search_model_versions(f"name = '{MODEL}'")
    for version in versions:
        files = read_bundle(client, MODEL, str(version.version))
        kept = hearth.state / "runs" / MODEL / str(version.version)
        assert check_files(files) == check_files(read_folder(kept / "bundle"))
        assert client.get_run(version.run_id).info.status == "FINISHED"
    assert len(versions) == len(list((hearth.state / "runs" / MODEL).iterdir())) > 0
    runs = client.search_runs([client.get_experiment_by_name(MODEL).experiment_id], "")
    assert {run.info.status for run in runs} <= {"FINISHED", "KILLED", "FAILED"}


@pytest.mark.parametrize(
    ("step", "after_s"),
    [("ingest", 0), ("ingest", 0.05), ("build", 0), ("build", 0.1)],
)
def test_a_step_killed_half_way_is_done_again_to_the_same_result(tutorial_copy, step, after_s):
    _check(tutorial_copy, step, after_s)


@pytest.mark.parametrize(
    ("moment", "after_s"), [("fitting", 0.5), ("logging", 0.1), ("registering", 0.02)]
)
def test_a_killed_training_leaves_no_half_of_a_version(tutorial_copy, moment, after_s):
    _check(tutorial_copy, "train", after_s, moment)


@pytest.mark.deep
@pytest.mark.parametrize(
    ("moment", "after_s"), [("fitting", 0.5), ("fitting", 2), ("logging", 0.1), ("logging", 0.5)]
)
def test_ctrl_c_ends_a_training_and_the_next_goes_on(tutorial_copy, moment, after_s):
    _forget(tutorial_copy, "train")
    assert _kill(tutorial_copy, "train", after_s, moment, signal.SIGINT) == 130
    tutorial_copy.do("train", MODEL)
    _check_registry(tutorial_copy)


@pytest.mark.deep
@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("chance", range(8))
def test_a_training_killed_at_any_moment_leaves_no_half_of_a_version(tutorial_copy, moment, chance):
    after_s = random.Random(f"{moment} {chance}").uniform(0, LONGEST_S[moment])
    _check(tutorial_copy, "train", after_s, moment)


@pytest.mark.deep
@pytest.mark.parametrize("step", ["ingest", "build"])
@pytest.mark.parametrize("chance", range(12))
def test_a_step_killed_at_any_moment_is_done_again_to_the_same_result(tutorial_copy, step, chance):
    longest = {"ingest": 0.5, "build": 1}[step]
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
