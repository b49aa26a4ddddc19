"""`mlflow run` as the README writes it: the MLproject is a thin face over the command line."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

BIN = Path(sys.executable).parent
COMMAND = "mlflow run . -e train -P model=rental_standards --env-manager local"


@pytest.fixture
def untrained(demo, tmp_path, repository):
    """A copy of the demonstration with the MLproject beside it and nothing trained."""
    copy = demo.copy(tmp_path / "demo")
    shutil.copy(repository / "MLproject", copy.workspace)
    for folder in ("runs", "mlartifacts"):
        shutil.rmtree(copy.state / folder)
    (copy.state / "mlflow.db").unlink()
    return copy


def test_mlflow_trains_and_registers_a_version(untrained):
    environment = {**os.environ, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    done = subprocess.run(
        COMMAND.split(),
        cwd=untrained.workspace,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "rental_standards version 1 is trained." in done.stdout
    metrics = untrained.state / "runs" / "rental_standards" / "1" / "metrics.json"
    assert json.loads(metrics.read_text())["success"]["met"]


def test_the_project_names_only_commands_there_are(demo, repository):
    commands = [
        line.split('"')[1].split()[1]
        for line in (repository / "MLproject").read_text().splitlines()
        if line.strip().startswith("command:")
    ]
    assert {"build", "train", "compare", "retrain", "monitor", "report"} <= set(commands)
    for command in commands:
        demo.do(command, "--help")
