"""Text files with a manifest of their sha256: how a bundle is written, read and proved whole."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hearth.digest import sha256_of
from hearth.errors import BundleError

MANIFEST = "manifest.json"
_AGAIN = "train or publish the model again"


def to_json(value: Any) -> bytes:
    """Canonical JSON: sorted keys, two-space indent, UTF-8, no NaN."""
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False)
    return (text + "\n").encode()


def with_manifest(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files and the manifest that lists their sha256."""
    listed = {
        name: sha256_of(content) for name, content in sorted(files.items()) if name != MANIFEST
    }
    return {**files, MANIFEST: to_json({"files": listed})}


def check_files(files: Mapping[str, bytes]) -> str:
    """SHA-256 of the manifest, once every file has been found to be as it lists.

    Raises
    ------
    BundleError
        If a file is missing, altered or not listed.
    """
    if MANIFEST not in files:
        raise BundleError(f"the bundle has no manifest.json; {_AGAIN}")
    listed = _listed(files[MANIFEST])
    wrong = [name for name in listed if name in files and sha256_of(files[name]) != listed[name]]
    missing = listed.keys() - files.keys()
    extra = files.keys() - listed.keys() - {MANIFEST}
    parts = [
        f"{what}: {', '.join(sorted(names))}"
        for what, names in (("altered", wrong), ("missing", missing), ("not listed", extra))
        if names
    ]
    if parts:
        raise BundleError(f"the bundle is not as it was written ({'; '.join(parts)}); {_AGAIN}")
    return sha256_of(files[MANIFEST])


def _listed(manifest: bytes) -> dict[str, str]:
    """Files and their sha256 as the manifest lists them; refused unless it is written as we write it."""
    try:
        files: Any = json.loads(manifest)["files"]
        listed = {name: str(digest) for name, digest in files.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BundleError(f"the bundle's manifest.json cannot be read; {_AGAIN}") from None
    if to_json({"files": listed}) != manifest:
        raise BundleError(f"the bundle is not as it was written (altered: {MANIFEST}); {_AGAIN}")
    return listed


def read_folder(folder: Path) -> dict[str, bytes]:
    """Files of a bundle's folder by name, those of its folders with the folder's before it."""
    if not folder.is_dir():
        raise BundleError(f"there is no bundle at {folder.name}; train the model first")
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Folder with these files, written aside and renamed, in place of one that stood there."""
    aside = folder.with_name(f".{folder.name}.partial")
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    for name, content in files.items():
        (aside / name).parent.mkdir(exist_ok=True)
        (aside / name).write_bytes(content)
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)
