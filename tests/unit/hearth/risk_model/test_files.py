"""How a bundle's files are written, listed and proved whole."""

import json
from pathlib import Path

import pytest

from hearth.errors import BundleError
from hearth.risk_model.files import (
    MANIFEST,
    check_files,
    read_folder,
    to_json,
    with_manifest,
    write_folder,
)

FILES = with_manifest({"model.json": b"{}\n", "booster.txt": b"tree\n"})


def test_the_manifest_lists_the_sha256_of_every_other_file() -> None:
    listed = json.loads(FILES[MANIFEST])["files"]
    assert listed.keys() == {"model.json", "booster.txt"}
    assert all(len(digest) == 64 for digest in listed.values())


def test_files_as_they_were_written_pass() -> None:
    assert len(check_files(FILES)) == 64


def test_every_fault_of_a_bundle_is_named_together() -> None:
    files = {**FILES, "model.json": b"{ }\n", "extra.py": b""}
    del files["booster.txt"]
    with pytest.raises(BundleError) as caught:
        check_files(files)
    assert str(caught.value) == (
        "the bundle is not as it was written (altered: model.json; missing: booster.txt; "
        "not listed: extra.py); train or publish the model again"
    )


def test_a_bundle_without_a_manifest_is_refused() -> None:
    with pytest.raises(BundleError, match=r"has no manifest\.json; train or publish"):
        check_files({"model.json": b"{}\n"})


@pytest.mark.parametrize(
    "manifest",
    [b"", b"\xff", b"[]", b"null", b'{"files": []}', b'{"files": null}', b"{}", b'{"files": 5}'],
)
def test_a_manifest_that_lists_nothing_is_refused(manifest: bytes) -> None:
    with pytest.raises(BundleError, match=r"manifest\.json"):
        check_files({**FILES, MANIFEST: manifest})


def test_a_manifest_that_says_the_same_in_other_bytes_is_refused() -> None:
    rewritten = json.dumps(json.loads(FILES[MANIFEST])).encode()
    with pytest.raises(BundleError, match=r"altered: manifest\.json"):
        check_files({**FILES, MANIFEST: rewritten})


def test_a_folder_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_folder(tmp_path / "bundle", FILES)
    assert read_folder(tmp_path / "bundle") == FILES


def test_writing_again_leaves_nothing_of_the_old(tmp_path: Path) -> None:
    write_folder(tmp_path / "bundle", {**FILES, "old.txt": b""})
    write_folder(tmp_path / "bundle", FILES)
    assert read_folder(tmp_path / "bundle") == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["bundle"]


def test_a_bundle_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    write_folder(tmp_path / "bundle", FILES)
    with pytest.raises(TypeError):
        write_folder(tmp_path / "bundle", {"model.json": "not bytes"})  # type: ignore[dict-item]
    assert read_folder(tmp_path / "bundle") == FILES


def test_a_folder_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="no bundle at absent; train the model first"):
        read_folder(tmp_path / "absent")


def test_equal_values_are_written_as_equal_bytes() -> None:
    assert to_json({"b": 1, "a": "£"}) == to_json({"a": "£", "b": 1})
    assert "£".encode() in to_json({"a": "£"})


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="Out of range"):
        to_json({"a": value})
