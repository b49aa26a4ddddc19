"""Folders of records laid open: what commands publish, and what the service's pages read.

Names of folders: `transparency/MODEL/VERSION` holds the records of one version (`atrs`, `dpia`,
`notice`, `model_card`, `equality` and `minimisation`), `register` holds the register of sources.
Each record NAME is there as NAME.html (one self-contained page, no scripts), NAME.md and NAME.json,
and, where it is a table, as NAME.csv. The JSON of a record other than `atrs` holds `title`,
`subtitle`, `facts` and `sections` of blocks, as `governance.report.document.Document` does.

They are not part of what an approval is bound to: usage grows and agreements run out after it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from hearth.digest import sha256_of
from hearth.errors import BundleError, NotFoundError
from hearth.storage.schema import publications

MANIFEST = "manifest.json"
REGISTER = "register"


@dataclass(frozen=True)
class Publication:
    """A published folder: every file as it was, when it was published, and the key that did."""

    folder: str
    files: Mapping[str, bytes]
    published_at: datetime
    published_by: str


def transparency_folder(model: str, version: str) -> str:
    """Name of the folder of a version's records."""
    return f"transparency/{model}/{version}"


def publish_folder(
    connection: Connection, folder: str, files: Mapping[str, bytes], *, at: datetime, by: str
) -> None:
    """Put a folder where the service reads it, in place of one of that name.

    Parameters
    ----------
    files
        With `manifest.json`, which lists the sha256 of all others under `files`.
    at, by
        When, and the id of whose key.
    """
    connection.execute(delete(publications).where(publications.c.folder == folder))
    rows = [
        {
            "folder": folder,
            "path": path,
            "content": content,
            "sha256": sha256_of(content),
            "published_at": at,
            "published_by": by,
        }
        for path, content in sorted(files.items())
    ]
    connection.execute(insert(publications), rows)


def find_publication(connection: Connection, folder: str) -> Publication | None:
    """A published folder, every file as its manifest lists it; None where nothing was published.

    Raises
    ------
    BundleError
        If a file is missing, altered or not listed.
    """
    rows = connection.execute(
        select(publications).where(publications.c.folder == folder).order_by(publications.c.path)
    ).all()
    if not rows:
        return None
    files = {row.path: bytes(row.content) for row in rows}
    listed = _listed(files)
    found = {path: sha256_of(content) for path, content in files.items() if path != MANIFEST}
    wrong = sorted(
        path for path in listed.keys() | found.keys() if listed.get(path) != found.get(path)
    )
    if wrong or MANIFEST not in files:
        raise BundleError(
            f"what was published as {folder} is not as it was: {', '.join(wrong) or MANIFEST} "
            "altered, missing or not listed; publish it again"
        )
    return Publication(folder, files, rows[0].published_at, rows[0].published_by)


def need_publication(connection: Connection, folder: str) -> Publication:
    """A published folder.

    Raises
    ------
    NotFoundError
        If nothing was published under that name.
    BundleError
        As `find_publication`.
    """
    found = find_publication(connection, folder)
    if found is None:
        raise NotFoundError("that record was not published; a command with --publish does it")
    return found


def published_folders(connection: Connection) -> list[str]:
    """Names of all published folders."""
    named = select(publications.c.folder).distinct().order_by(publications.c.folder)
    return list(connection.scalars(named).all())


def _listed(files: Mapping[str, bytes]) -> dict[str, str]:
    """What the manifest lists; nothing if it cannot be read, so that every file counts as wrong."""
    try:
        return dict(json.loads(files[MANIFEST])["files"])
    except (LookupError, TypeError, ValueError):
        return {}
