"""Dissent: what somebody who may approve holds against a version, kept beside the decision."""

from sqlalchemy import Connection, insert

from governance.approval.closing import expire_due_in
from governance.approval.recording import check_unchanged, record
from governance.approval.standing import Standing, need_standing
from governance.approval.states import PERMISSIONS, State, Step
from governance.approval.terms import check_text
from hearth.audit_log import AuditLog
from hearth.digest import sha256_of
from hearth.errors import StateError
from hearth.identity import Identity
from hearth.storage.engine import writing
from hearth.storage.schema import dissents

_OVER = (State.WITHDRAWN, State.EXPIRED, State.VOIDED)


def dissent(
    model: str,
    version: str,
    identity: Identity,
    audit: AuditLog,
    *,
    reason: str,
    if_match: str | None = None,
) -> None:
    """Put on record what a holder of `model:approve` holds against a version, before or after the decision.

    Raises
    ------
    PermissionDeniedError
        If the identity may not approve.
    StateError
        If nothing is submitted, or what was is withdrawn, expired or void.
    StaleError
        If it does not stand any more as it was read.
    """
    identity.require(PERMISSIONS[Step.APPROVE])
    text = check_text(reason, "dissent needs a reason")
    with writing(audit.engine) as connection:
        expire_due_in(connection, audit)
        standing = need_standing(connection, model, version)
        check_unchanged(standing, if_match)
        if standing.state in _OVER:
            raise StateError(
                f"{model} version {version} is {standing.state}, so there is nothing to dissent from; "
                "have it submitted again first"
            )
        record_dissent(connection, standing, identity, audit, text)


def record_dissent(
    connection: Connection, standing: Standing, identity: Identity, audit: AuditLog, text: str
) -> None:
    """Put dissent on record in the caller's transaction, with the role of who dissents."""
    connection.execute(
        insert(dissents).values(
            approval_id=standing.approval_id,
            recorded_at=audit.clock(),
            recorded_by=identity.key_id,
            role=identity.role,
            state=standing.state,
            reason=text,
        )
    )
    record(
        connection,
        "dissent",
        standing,
        identity.key_id,
        audit,
        state=standing.state,
        said_sha256=sha256_of(text.encode()),
    )
