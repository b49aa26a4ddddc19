"""What a board has let out: the approval in force, and the files it is bound to, proved whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Engine, RowMapping, Select, Table, delete, insert, select

from hearth.digest import sha256_of
from hearth.errors import BundleError, NotFoundError, WithdrawnError
from hearth.storage.engine import reading
from hearth.storage.schema import approvals, bundles, reports

MANIFEST = "manifest.json"
"""The file of a bundle or report that lists the sha256 of all others under `files`."""

_IN_FORCE = "approved"
_ONCE_IN_FORCE = (_IN_FORCE, "withdrawn", "expired", "voided")


@dataclass(frozen=True)
class Approval:
    """A model version that may be used, who let it and on what terms, and the hashes it is bound to."""

    approval_id: int
    model: str
    version: str
    bundle_sha256: str
    matrix_sha256: str
    report_sha256: str
    submitted_by: str
    submitted_at: datetime
    decided_by: str
    decided_by_role: str
    decided_at: datetime
    reason: str
    conditions: list[str] | None = None
    review_on: date | None = None

    def has_expired(self, today: date) -> bool:
        """Whether the day by which it was to be reviewed has come."""
        return self.review_on is not None and self.review_on <= today

    def check_not_expired(self, today: date) -> None:
        """Nothing, until the day by which it was to be reviewed.

        Raises
        ------
        WithdrawnError
            From that day on.
        """
        if self.has_expired(today):
            raise WithdrawnError(
                f"the approval of {self.model} version {self.version} has expired: it was to be reviewed "
                f"before {self.review_on}; have it submitted and approved anew",
                "expired",
            )


@dataclass(frozen=True)
class Closed:
    """A model that was in use and is not: the version that was, and why and when it stopped."""

    model: str
    version: str
    state: Literal["withdrawn", "expired", "voided"]
    closed_at: datetime | None

    @property
    def error(self) -> WithdrawnError:
        """What is said to whoever asks for it."""
        return WithdrawnError(
            f"{self.model} version {self.version} is {self.state}, and no other version is in use; "
            "have one approved before anything is scored with it",
            self.state,
        )


@dataclass(frozen=True)
class PublishedModel:
    """An approval in force and the bundle it is bound to, every byte as it was approved."""

    approval: Approval
    files: Mapping[str, bytes]


@dataclass(frozen=True)
class PublishedReport:
    """An approval in force and the fairness report the board read, every byte as it was."""

    approval: Approval
    files: Mapping[str, bytes]


def current_approval(connection: Connection, model: str) -> Approval | None:
    """Approval in force for a model, or None.

    It is the one decided last. Once that is withdrawn or voided the model has none: an older version
    never comes back unless someone approves it again.
    """
    last = connection.execute(_approvals_newest_first(model).limit(1)).mappings().one_or_none()
    return None if last is None or last["state"] != _IN_FORCE else _approval(last)


def version_in_use(records: Engine, model: str) -> str | None:
    """Version whose approval is in force, or None."""
    with reading(records) as connection:
        approval = current_approval(connection, model)
    return None if approval is None else approval.version


def list_published(connection: Connection) -> list[Approval]:
    """Approvals in force, one for each model that has one, by the model's name."""
    models = connection.scalars(
        select(approvals.c.model)
        .where(approvals.c.state == _IN_FORCE)
        .distinct()
        .order_by(approvals.c.model)
    ).all()
    current = (current_approval(connection, model) for model in models)
    return [approval for approval in current if approval is not None]


def approval_in_force(connection: Connection, model: str) -> Approval:
    """Approval in force for a model.

    Raises
    ------
    WithdrawnError
        If it was in use, and its approval is withdrawn or void.
    NotFoundError
        If no version of it was ever approved.
    """
    approval = current_approval(connection, model)
    if approval is not None:
        return approval
    closed = find_closed(connection, model)
    if closed is not None:
        raise closed.error
    raise NotFoundError(
        f"no version of model `{model}` is approved; submit one with `hearth submit`, and let "
        "another person approve it"
    )


def find_closed(connection: Connection, model: str) -> Closed | None:
    """What became of a model that was in use; None where it still is, or never was."""
    last = connection.execute(_approvals_newest_first(model).limit(1)).mappings().one_or_none()
    if last is None or last["state"] == _IN_FORCE:
        return None
    return Closed(model, last["version"], last["state"], last["closed_at"])


def list_closed(connection: Connection) -> list[Closed]:
    """Models that were in use and are not, by name."""
    models = connection.scalars(
        select(approvals.c.model)
        .where(approvals.c.decided_at.is_not(None), approvals.c.state.in_(_ONCE_IN_FORCE[1:]))
        .distinct()
        .order_by(approvals.c.model)
    ).all()
    found = (find_closed(connection, model) for model in models)
    return [closed for closed in found if closed is not None]


def published_bundle(connection: Connection, model: str) -> PublishedModel:
    """Bundle of the approval in force, its hashes checked against the approval and the manifest.

    Raises
    ------
    NotFoundError, WithdrawnError
        If no version of the model is approved, or none is any more.
    BundleError
        If a file is missing, altered or not listed.
    """
    approval = approval_in_force(connection, model)
    files = read_bundle(connection, model, approval.version, approval.bundle_sha256)
    return PublishedModel(approval, files)


def published_report(connection: Connection, model: str) -> PublishedReport:
    """Fairness report of the approval in force, its hashes checked likewise.

    Raises
    ------
    NotFoundError, WithdrawnError, BundleError
        As `published_bundle`.
    """
    approval = approval_in_force(connection, model)
    files = read_report(connection, model, approval.version, approval.report_sha256)
    return PublishedReport(approval, files)


def read_bundle(
    connection: Connection, model: str, version: str, manifest_sha256: str
) -> dict[str, bytes]:
    """Bundle of a version, in force or only put forward, proved against the hash that binds it.

    Raises
    ------
    BundleError
        If a file is missing, altered or not listed.
    """
    return _proved(connection, bundles, model, version, manifest_sha256)


def read_report(
    connection: Connection, model: str, version: str, manifest_sha256: str
) -> dict[str, bytes]:
    """Report of a version, proved likewise; see `read_bundle`."""
    return _proved(connection, reports, model, version, manifest_sha256)


def publish_files(
    connection: Connection,
    model: str,
    version: str,
    *,
    bundle: Mapping[str, bytes],
    report: Mapping[str, bytes],
) -> None:
    """Put a version's bundle and report where serving reads them, in the caller's transaction.

    Each holds its `manifest.json`. Nothing serves them until an approval bound to both is in force;
    files of an earlier approval of the same version are replaced.
    """
    for table, files in ((bundles, bundle), (reports, report)):
        connection.execute(delete(table).where(table.c.model == model, table.c.version == version))
        rows = [
            {
                "model": model,
                "version": version,
                "path": path,
                "content": content,
                "sha256": sha256_of(content),
            }
            for path, content in files.items()
        ]
        connection.execute(insert(table), rows)


def _approvals_newest_first(model: str) -> Select[Any]:
    return (
        select(approvals)
        .where(
            approvals.c.model == model,
            approvals.c.state.in_(_ONCE_IN_FORCE),
            approvals.c.decided_at.is_not(None),  # a submission taken back was never in force
        )
        .order_by(approvals.c.decided_at.desc(), approvals.c.approval_id.desc())
    )


def _approval(row: RowMapping) -> Approval:
    return Approval(**{name: row[name] for name in Approval.__dataclass_fields__})


def _proved(
    connection: Connection, table: Table, model: str, version: str, manifest_sha256: str
) -> dict[str, bytes]:
    """Files as the manifest lists them, the manifest as the hash names it."""
    found = {
        row.path: row
        for row in connection.execute(
            select(table.c.path, table.c.content, table.c.sha256)
            .where(table.c.model == model, table.c.version == version)
            .order_by(table.c.path)
        )
    }
    files = {path: bytes(row.content) for path, row in found.items()}
    listed = {**_listed(files), MANIFEST: manifest_sha256}
    wrong = sorted(
        path
        for path in set(listed) | set(files)
        if path not in files or not sha256_of(files[path]) == found[path].sha256 == listed.get(path)
    )
    if wrong:
        raise BundleError(
            f"the published {table.name} of {model} version {version} are not as they were put to the "
            f"board: {', '.join(wrong)} altered, missing or not listed; nothing is served from them "
            "until that version is submitted and approved again"
        )
    return files


def _listed(files: Mapping[str, bytes]) -> dict[str, str]:
    """What the manifest lists; nothing if it cannot be read, so that every file counts as wrong."""
    try:
        return dict(json.loads(files[MANIFEST])["files"])
    except (LookupError, TypeError, ValueError):
        return {}
