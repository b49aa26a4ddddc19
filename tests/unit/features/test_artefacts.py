import pytest

from features import artefacts
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


def test_what_an_interrupted_run_left_is_cleared_away(tmp_path):
    (tmp_path / ".hmo.aside").mkdir()
    (tmp_path / ".hmo.aside" / "half").write_text("")
    with artefacts.made_aside(tmp_path / "hmo") as aside:
        assert list(aside.iterdir()) == []


def test_a_manifest_that_is_not_json_says_what_to_do(tmp_path):
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(StateError, match="delete the folder"):
        artefacts.read_manifest(tmp_path)
