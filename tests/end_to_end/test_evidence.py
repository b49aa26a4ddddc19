"""An evidence pack as the command line makes it, and as somebody without anything else checks it."""

from __future__ import annotations

import json
import shutil

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("tutorial")]

MODEL = "poor_hygiene"


@pytest.fixture(scope="module")
def hearth(tutorial, tmp_path_factory):
    """The tutorial's workspace with a pack of its version."""
    copy = tutorial.copy(tmp_path_factory.mktemp("packed") / "tutorial")
    copy.do("evidence", MODEL, "--out", "pack.zip")
    (copy.workspace / "key.pub").write_text(copy.do("audit", "key"))
    return copy


@pytest.fixture
def auditor(hearth, tmp_path):
    """Somebody who was given the pack and the key, and has nothing else."""
    for name in ("pack.zip", "key.pub"):
        shutil.copy(hearth.workspace / name, tmp_path)
    return hearth.at(tmp_path)


def test_an_auditor_verifies_a_pack_with_the_file_and_the_key(auditor):
    found = auditor.answer("evidence", "verify", "pack.zip", "--public-key", "key.pub")
    assert (found["ok"], found["model"], found["is_known_key"]) == (True, MODEL, True)
    assert "report/report.html" in found["files"]
    assert sorted(path.name for path in auditor.workspace.iterdir()) == ["key.pub", "pack.zip"]


def test_one_altered_byte_is_named_and_the_exit_code_says_so(auditor):
    pack = auditor.workspace / "pack.zip"
    content = bytearray(pack.read_bytes())
    content[content.index(b'"chosen"') + 2] ^= 1
    pack.write_bytes(bytes(content))
    assert "`metrics.json` was altered" in auditor.refusal("evidence", "verify", "pack.zip")


def test_no_business_of_the_data_is_in_the_pack(hearth):
    names = (hearth.workspace / "data" / "hygiene_inspections.csv").read_text().splitlines()
    entities = {cell for line in names[1:] for cell in line.split(",")[:2]}
    content = (hearth.workspace / "pack.zip").read_bytes().decode("utf-8", "replace")
    assert len(entities) > 100
    assert [entity for entity in entities if entity in content] == []


def test_the_metrics_are_the_same_when_computed_anew_and_nothing_is_kept_of_it(hearth):
    before = {name for name in hearth.files if not name.startswith("records.db")}
    found = hearth.answer("evidence", "verify", "pack.zip", "--rerun")
    assert found["rerun"]["differences"] == []
    assert found["rerun"]["figures"] > 100
    assert {name for name in hearth.files if not name.startswith("records.db")} == before


def test_a_metric_that_was_not_what_training_found_is_named(tutorial, tmp_path):
    copy = tutorial.copy(tmp_path / "tutorial")
    path = copy.state / "runs" / MODEL / "1" / "metrics.json"
    metrics = json.loads(path.read_text())
    metrics["splits"][0]["base_rate"] += 0.1
    path.write_text(json.dumps(metrics))
    copy.do("evidence", MODEL, "--out", "pack.zip")
    copy.do("evidence", "verify", "pack.zip")
    told = copy.run("evidence", "verify", "pack.zip", "--rerun")
    assert told.returncode == 1
    assert "splits[0].base_rate" in told.stdout
    assert "1 of" in told.stderr
