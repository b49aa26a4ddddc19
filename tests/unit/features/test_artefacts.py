import os
from datetime import date

import pytest

from features import artefacts, commands
from hearth.errors import StateError


def _write(folder, text, *, fails=False):
    with artefacts.made_aside(folder) as aside:
        (aside / "rows").write_text(text)
        if fails:
            raise RuntimeError


def test_an_artefact_takes_its_place_only_when_it_is_whole(tmp_path):
    folder = tmp_path / "matrices" / "hmo"
    _write(folder, "1")
    with pytest.raises(RuntimeError):
        _write(folder, "2", fails=True)
    assert (folder / "rows").read_text() == "1"
    assert [path.name for path in folder.parent.iterdir()] == ["hmo"]


def test_nobody_but_its_owner_may_open_an_artefact(tmp_path, everybody_reads):
    with (
        artefacts.made_aside(tmp_path / "state" / "matrices" / "hmo") as aside,
        artefacts.written(aside / "part" / "rows") as path,
    ):
        path.write_text("1")
    modes = {p.relative_to(tmp_path).as_posix(): p.stat().st_mode for p in tmp_path.rglob("*")}
    assert {name: oct(mode & 0o777) for name, mode in modes.items()} == {
        **dict.fromkeys(("state", "state/matrices", "state/matrices/hmo"), "0o700"),
        "state/matrices/hmo/part": "0o700",
        "state/matrices/hmo/part/rows": "0o600",
    }


def test_nothing_in_the_state_folder_is_open_to_others(small_council, everybody_reads):
    small_council.ingest()
    settings, run_on = small_council.settings, date(2026, 11, 2)
    commands.build(small_council.catalogue, settings, "readiness", run_on=run_on)
    held = [settings.state_dir, *settings.state_dir.rglob("*")]
    assert {"snapshots", "matrices", "quarantine.parquet"} <= {path.name for path in held}
    assert [path.name for path in held if path.stat().st_mode & 0o077] == []


def test_a_folder_that_somebody_opened_to_others_stays_open(tmp_path, everybody_reads):
    (tmp_path / "state").mkdir(mode=0o750)
    _write(tmp_path / "state" / "hmo", "1")
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o750


@pytest.fixture
def everybody_reads():
    """What is made is open to all unless it is said not to be."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_what_an_interrupted_run_left_is_cleared_away(tmp_path):
    (tmp_path / ".hmo.aside").mkdir()
    (tmp_path / ".hmo.aside" / "half").write_text("")
    with artefacts.made_aside(tmp_path / "hmo") as aside:
        assert list(aside.iterdir()) == []


def test_a_manifest_that_is_not_json_says_what_to_do(tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StateError, match="delete the folder"):
        artefacts.read_manifest(tmp_path)
