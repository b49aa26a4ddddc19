"""The tutorial, step by step as it is written: two YAML files, one CSV, no Python."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HEARTH = Path(sys.executable).with_name("hearth")

pytestmark = pytest.mark.slow


def _hearth(command: str, workspace: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [HEARTH, *command.split()], cwd=workspace, capture_output=True, text=True, check=False
    )


def _commands() -> list[str]:
    """The commands of the tutorial's fourth part, as a reader would paste them."""
    page = (ROOT / "docs" / "tutorial.md").read_text()
    return re.findall(r"^hearth ([a-z_ ]+?)\s+#", page, flags=re.MULTILINE)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial's workspace, outside the repository, after every command has run."""
    copy = tmp_path_factory.mktemp("tutorial") / "my-council"
    shutil.copytree(ROOT / "docs" / "tutorial", copy, ignore=shutil.ignore_patterns(".hearth"))
    for command in _commands():
        done = _hearth(command, copy)
        assert done.returncode in (0, 3), f"hearth {command}\n{done.stdout}\n{done.stderr}"
    return copy


def test_the_tutorial_has_its_five_commands() -> None:
    assert [command.split()[0] for command in _commands()] == [
        "check",
        "ingest",
        "build",
        "train",
        "report",
    ]


def test_the_tutorial_trains_and_compares(workspace: Path) -> None:
    (metrics,) = (workspace / ".hearth" / "runs" / "poor_hygiene").glob("*/metrics.json")
    split = json.loads(metrics.read_text())["splits"][-1]
    assert {"lightgbm", "logistic", "random", "lowest last rating first"} <= split[
        "candidates"
    ].keys()
    assert split["candidates"]["lightgbm"]["auc"] > 0.65


def test_the_tutorial_writes_a_report(workspace: Path) -> None:
    (report,) = (workspace / ".hearth" / "reports" / "poor_hygiene").glob("*/report.html")
    assert "Poor food hygiene" in report.read_text()


def test_doing_it_again_does_nothing(workspace: Path) -> None:
    made = sorted((workspace / ".hearth" / "matrices").rglob("*.*"))
    before = {file: file.stat().st_mtime_ns for file in made}
    assert "1 were up to date" in _hearth("ingest", workspace).stdout
    assert _hearth("build poor_hygiene", workspace).returncode == 0
    assert {file: file.stat().st_mtime_ns for file in made} == before


def test_a_purpose_the_source_does_not_allow_is_refused(workspace: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(workspace, broken)
    contract = broken / "features" / "sources" / "hygiene_inspections.yaml"
    contract.write_text(contract.read_text().replace("[food_safety]", "[licensing]"))
    refused = _hearth("check", broken)
    assert refused.returncode == 1
    assert "features/sources/hygiene_inspections.yaml: `law.purposes`" in refused.stderr
