"""Figures that a command made of a model's version and a page shows, with the day they were made."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection

from hearth.audit_log import AuditLog
from hearth.digest import canonical_json, sha256_of
from hearth.risk_model.files import with_manifest
from hearth.storage.publications import find_publication, publish_folder

Kind = Literal["areas", "oversight"]
"""Where a list lies, of a model released for areas; what people made of scores, and what drifted."""

_FILE = "figures.json"


@dataclass(frozen=True)
class Figures:
    """What a page shows, and when it was made."""

    made_at: datetime
    found: Mapping[str, Any]


def keep_figures(
    connection: Connection,
    kind: Kind,
    model: str,
    version: str,
    found: Mapping[str, Any],
    *,
    actor: str,
    audit: AuditLog,
) -> None:
    """Put figures in place of the last of their kind and version, with an audit entry, in the caller's transaction.

    Nothing that is to be withheld may be in them: whoever may read the page reads them all.
    """
    content = canonical_json(found)
    told = {"model": model, "version": version, "kind": kind, "sha256": sha256_of(content)}
    audit.append("figures.made", actor=actor, details=told, connection=connection)
    files = with_manifest({_FILE: content})
    publish_folder(connection, _folder(kind, model, version), files, at=audit.clock(), by=actor)


def find_figures(connection: Connection, kind: Kind, model: str, version: str) -> Figures | None:
    """The last figures of a kind and version; None where no command made any.

    Raises
    ------
    BundleError
        If they were altered since.
    """
    published = find_publication(connection, _folder(kind, model, version))
    if published is None:
        return None
    return Figures(published.published_at, json.loads(published.files[_FILE]))


def _folder(kind: Kind, model: str, version: str) -> str:
    return f"{kind}/{model}/{version}"
