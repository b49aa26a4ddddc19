"""Stored artefacts: written aside and renamed, each with a manifest that says what it was made from."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from hearth.digest import canonical_json, sha256_of
from hearth.errors import NotFoundError, StateError
from hearth.private_files import keep_private, make_private_folder

MANIFEST = "manifest.json"
_RESUMES = ".resumes"
_ROW_GROUP = 250_000
"""Rows that a reader must hold at a time to stream a table."""


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def canonical_sha256(value: Any) -> str:
    """SHA-256 of a JSON value, whatever the order of its keys."""
    return sha256_of(canonical_json(value))


def model_sha256(model: BaseModel) -> str:
    """SHA-256 of a contract or definition as it was understood, comments and layout aside."""
    return canonical_sha256(model.model_dump(mode="json", by_alias=True))


def code_sha256(*modules: Path) -> str:
    """SHA-256 of source files, so that changed code makes its artefacts anew."""
    return canonical_sha256([file_sha256(path) for path in modules])


@contextmanager
def made_aside(folder: Path, *, resume_as: str | None = None) -> Iterator[Path]:
    """Folder to write into, which takes the place of `folder` only once all of it is there.

    Nobody but its owner may open it or what is in it.

    Parameters
    ----------
    folder
        The artefact.
    resume_as
        Key of what is made. Where it is given, what a killed run of the same key had written is
        there again, and what this one writes outlives its failure; files must come by `written`.
    """
    aside, before = _aside(folder), _before(folder)
    _recover(folder)
    if resume_as is None or _resumable_key(aside) != resume_as:
        shutil.rmtree(aside, ignore_errors=True)
        make_private_folder(aside)
        if resume_as is not None:
            (aside / _RESUMES).write_text(resume_as, encoding="utf-8")
    try:
        yield aside
        (aside / _RESUMES).unlink(missing_ok=True)
        keep_private(aside)
        if folder.exists():
            folder.rename(before)
        aside.rename(folder)
    finally:
        if _resumable_key(aside) is None:
            shutil.rmtree(aside, ignore_errors=True)
        if folder.exists():
            shutil.rmtree(before, ignore_errors=True)


@contextmanager
def written(path: Path) -> Iterator[Path]:
    """Path to write a file at, which gets its name only once it is whole."""
    aside = path.with_name(f".{path.name}.aside")
    make_private_folder(path.parent)
    yield aside
    aside.replace(path)


def _aside(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.aside")


def _before(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.before")


def _recover(folder: Path) -> None:
    """Put back what a run had moved away when it was killed, before it could put its own in place."""
    before = _before(folder)
    if before.exists() and not folder.exists():
        before.rename(folder)
    shutil.rmtree(before, ignore_errors=True)


def _resumable_key(aside: Path) -> str | None:
    path = aside / _RESUMES
    return path.read_text(encoding="utf-8") if path.exists() else None


def write_table(path: Path, table: pa.Table) -> str:
    """Write a Parquet file and give its SHA-256; numbers go undictionaried, as they rarely repeat."""
    words = [f.name for f in table.schema if pa.types.is_string(f.type)]
    pq.write_table(table, path, use_dictionary=words, compression="zstd", row_group_size=_ROW_GROUP)
    return file_sha256(path)


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Read a Parquet file, whole or some of its columns, in the order in which it holds them."""
    with pq.ParquetFile(path) as file:  # `pq.read_table` would load pandas
        return file.read(columns=columns)


def write_json(path: Path, value: Any) -> None:
    """Write JSON for people to read, keys in order."""
    text = json.dumps(value, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Manifest of an artefact, or None where it was never made."""
    path = folder / MANIFEST
    if not path.exists() and _before(folder).exists():
        _recover(folder)
    if not path.exists():
        return None
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise StateError(
            f"{path} is not JSON; delete the folder {folder.name} and make it again"
        ) from None
    return dict(manifest)


def need_manifest(folder: Path, remedy: str) -> dict[str, Any]:
    """Manifest of an artefact that must be there."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise NotFoundError(f"{folder.name} has not been built; {remedy}")
    return manifest


def is_current(folder: Path, key: str) -> bool:
    """Whether the artefact was made from just this."""
    manifest = read_manifest(folder)
    return manifest is not None and manifest.get("key") == key
