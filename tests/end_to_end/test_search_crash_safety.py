"""Killed at any moment, a search goes on where it was and comes to what one run through does."""

from __future__ import annotations

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from hearth.catalogue import load_catalogue
from hearth.definition import Search
from hearth.registry import open_registry
from hearth.settings import load_settings
from training.tune import tune

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("searched"),
    pytest.mark.filterwarnings("ignore::sqlalchemy.exc.SADeprecationWarning"),  # of MLflow itself
]

HEARTH = Path(sys.executable).with_name("hearth")
MODEL, TRIALS = "searched", 6
_ENDED = "select count(*) from trials where state in ('COMPLETE', 'PRUNED')"


def _searched(root):
    """What a search comes to, however long it took."""
    found = tune(load_catalogue(root), load_settings(root), MODEL, Search(trials=TRIALS))
    return replace(found, tried=tuple(replace(each, seconds=0.0) for each in found.tried))


def _tried(study):
    """How many trials have come to their end in a study's file."""
    if not study.exists():
        return 0
    with closing(sqlite3.connect(f"file:{study}?mode=ro", uri=True)) as database:
        return database.execute(_ENDED).fetchone()[0]


def _kill(root, *, after_trials, after_s):
    """Start a search and kill it so long after so many of its trials."""
    command = [HEARTH, "--workspace", root, "tune", MODEL, "--trials", str(TRIALS)]
    process = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL)
    study = root / ".hearth" / "studies.db"
    while process.poll() is None and (not study.exists() or _tried(study) < after_trials):
        time.sleep(0.005)
    time.sleep(after_s)
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _copy(searched_homes, folder):
    """The workspace as it was before anything was searched or tracked."""
    shutil.copytree(searched_homes.root, folder)
    for left in ("studies.db", "mlflow.db"):
        (folder / ".hearth" / left).unlink(missing_ok=True)
    return folder


@pytest.fixture(scope="module")
def through(searched_homes, tmp_path_factory):
    return _searched(_copy(searched_homes, tmp_path_factory.mktemp("through") / "homes"))


def _check(searched_homes, folder, through, after_trials, after_s):
    root = _copy(searched_homes, folder / "homes")
    _kill(root, after_trials=after_trials, after_s=after_s)

    assert _searched(root) == through
    client = open_registry(load_settings(root))
    runs = client.search_runs([client.get_experiment_by_name(MODEL).experiment_id])
    assert [run.info.status for run in runs].count("FINISHED") == 1
    assert client.search_model_versions() == []


@pytest.mark.parametrize(("after_trials", "after_s"), [(0, 0.02), (3, 0.05)])
def test_a_search_killed_half_way_goes_on_to_the_same_result(
    searched_homes, tmp_path, through, after_trials, after_s
):
    _check(searched_homes, tmp_path, through, after_trials, after_s)


@pytest.mark.deep
@pytest.mark.parametrize("chance", range(20))
def test_a_search_killed_at_any_moment_goes_on_to_the_same_result(
    searched_homes, tmp_path, through, chance
):
    drawn = random.Random(chance)
    _check(searched_homes, tmp_path, through, drawn.randrange(TRIALS), drawn.uniform(0, 0.5))
