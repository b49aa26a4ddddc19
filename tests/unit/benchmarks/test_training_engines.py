"""What `bench-training` sets side by side does the same work."""

import importlib
from pathlib import Path

import pytest


@pytest.fixture
def engine(monkeypatch):
    """Loads a module of benchmarks/engines."""
    monkeypatch.syspath_prepend(Path(__file__).parents[3] / "benchmarks")
    return lambda name: importlib.import_module(f"engines.{name}")


def test_hearth_and_the_scripts_learn_the_same_trees(engine, tmp_path, monkeypatch):
    monkeypatch.setattr("training.data.rows._FEW_CELLS", 0)  # so that Hearth reads from disk
    made, data = str(tmp_path / "matrix"), engine("training_data")
    monkeypatch.setattr(data, "_CELLS", 10_000)
    data.make(made, rows=1_300, columns=20)
    script = engine("bare_lightgbm")

    found = [
        train(made, rounds=5)["model"].split("end of trees")[0]
        for train in (engine("hearth_training").train, script.train, script.train_whole)
    ]
    assert len(set(found)) == 1


def test_both_bootstraps_judge_the_figures_they_say(engine):
    assert engine("bootstrap_loop").bootstrap(200, 2)["figures"] == 6
    assert engine("hearth_training").bootstrap(200, 1, 40)["figures"] >= 10
