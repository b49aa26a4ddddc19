"""How a step goes on record, and how a decision proves that it was made on what stands."""

from typing import Any

from sqlalchemy import Connection

from governance.approval.standing import Standing
from governance.approval.states import Step
from governance.approval.submission import Hashes
from hearth.audit_log import AuditLog
from hearth.errors import StaleError


def record(
    connection: Connection,
    step: Step | str,
    standing: Standing,
    actor: str,
    audit: AuditLog,
    **details: Any,
) -> None:
    """Entry of a step in the audit log, in the caller's transaction."""
    audit.append(
        f"model.{step}",
        actor=actor,
        details={
            "model": standing.model,
            "version": standing.version,
            "approval_id": standing.approval_id,
            **bound(standing.hashes),
            **details,
        },
        connection=connection,
    )


def bound(hashes: Hashes) -> dict[str, str]:
    """The three hashes as the records name them."""
    return {
        "bundle_sha256": hashes.bundle,
        "matrix_sha256": hashes.matrix,
        "report_sha256": hashes.report,
    }


def check_unchanged(standing: Standing, if_match: str | None) -> None:
    """Nothing, if it stands as it was read, or nobody says how that was.

    Raises
    ------
    StaleError
        If somebody did something since.
    """
    if if_match is not None and if_match != standing.etag:
        raise StaleError(
            f"{standing.model} version {standing.version} does not stand as it was read: somebody did "
            "something meanwhile; read it again, then decide"
        )
