"""Approval: two people, a reason, and three hashes; any change voids it.

Who may take a step is a permission; from which state it may be taken is a table
(`governance.approval.states`). The two are kept apart.
"""

from typing import Any

from sqlalchemy import Connection, insert, update

from governance.approval.standing import Standing, need_standing, open_standings, read_standing
from governance.approval.states import PERMISSIONS, State, Step, next_state
from governance.approval.submission import Hashes, Submission, changed_since
from hearth.audit_log import AuditLog
from hearth.errors import PermissionDeniedError, StateError
from hearth.identity import Identity, list_keys
from hearth.settings import Settings
from hearth.storage.engine import writing
from hearth.storage.published import publish_files
from hearth.storage.schema import approvals

_LEAST_REASON = 10  # characters: a reason that says something


def submit(submission: Submission, identity: Identity, audit: AuditLog) -> int:
    """Put a version to the board, bound to its three hashes; the approval's id.

    Parameters
    ----------
    submission : Submission
    identity : Identity
        Holder of `model:submit`.
    audit : AuditLog

    Raises
    ------
    PermissionDeniedError
        If the identity may not submit.
    StateError
        If the same files were submitted, approved or refused before.
    """
    identity.require(PERMISSIONS[Step.SUBMIT])
    with writing(audit.engine) as connection:
        standing = read_standing(connection, submission.model, submission.version)
        if standing is not None and standing.hashes == submission.hashes:
            _refuse_repeat(submission, standing)
        if standing is not None and standing.can_be_voided:
            changed = submission.hashes.changed_from(standing.hashes)
            _void(connection, standing, changed, audit, actor=identity.key_id)
        written = connection.execute(
            insert(approvals).values(
                model=submission.model,
                version=submission.version,
                state=next_state(State.DRAFT, Step.SUBMIT),
                **_bound(submission.hashes),
                submitted_by=identity.key_id,
                submitted_at=audit.clock(),
            )
        )
        (approval_id,) = written.inserted_primary_key or (0,)
        audit.append(
            "model.submit",
            actor=identity.key_id,
            details=_named(need_standing(connection, submission.model, submission.version)),
            connection=connection,
        )
    return int(approval_id)


def approve(submission: Submission, identity: Identity, audit: AuditLog, *, reason: str) -> int:
    """Let a submitted version into use: bundle, report, row and audit entry, all or none.

    Parameters
    ----------
    submission : Submission
        As it stands on disk now; if it is not as it was submitted, the submission is voided.
    identity : Identity
        Holder of `model:approve` who did not submit it.
    audit : AuditLog
    reason : str
        Why, for the record.

    Returns
    -------
    int
        The approval's id.

    Raises
    ------
    PermissionDeniedError
        If the identity may not approve, or submitted it.
    StateError
        If nothing is submitted, or the files have changed.
    """
    return _decide(Step.APPROVE, submission, identity, audit, reason)


def refuse(submission: Submission, identity: Identity, audit: AuditLog, *, reason: str) -> int:
    """Keep a submitted version out of use; parameters and refusals as `approve`."""
    return _decide(Step.REFUSE, submission, identity, audit, reason)


def withdraw(model: str, version: str, identity: Identity, audit: AuditLog, *, reason: str) -> None:
    """Take a version out of use, or a submission back, from the next request on.

    Whoever may approve may withdraw, and so may the one who submitted it while it is undecided.
    """
    _need_reason(reason)
    with writing(audit.engine) as connection:
        standing = need_standing(connection, model, version)
        is_own = standing.state is State.SUBMITTED and standing.submitted_by == identity.key_id
        if not is_own:
            identity.require(PERMISSIONS[Step.WITHDRAW])
        _close(connection, standing, Step.WITHDRAW, audit, actor=identity.key_id, reason=reason)
        audit.append(
            "model.withdraw",
            actor=identity.key_id,
            details=_named(standing),
            connection=connection,
        )


def void_changed(
    settings: Settings, audit: AuditLog, *, actor: str
) -> list[tuple[Standing, list[str]]]:
    """Void every submission and approval of which a file has changed on disk.

    A file that is not on this machine has not changed: a service may hold the records alone.

    Returns
    -------
    list of tuple of Standing, list of str
        What stood and is void now, and which of bundle, matrix and report changed.
    """
    voided = []
    with writing(audit.engine) as connection:
        for standing in open_standings(connection):
            changed = changed_since(settings, standing.model, standing.version, standing.hashes)
            if changed:
                _void(connection, standing, changed, audit, actor=actor)
                voided.append((standing, changed))
    return voided


def _void_if_changed(submission: Submission, audit: AuditLog, *, actor: str) -> list[str]:
    with writing(audit.engine) as connection:
        standing = read_standing(connection, submission.model, submission.version)
        if standing is None or not standing.can_be_voided:
            return []
        changed = submission.hashes.changed_from(standing.hashes)
        if changed:
            _void(connection, standing, changed, audit, actor=actor)
    return changed


def _decide(
    step: Step, submission: Submission, identity: Identity, audit: AuditLog, reason: str
) -> int:
    identity.require(PERMISSIONS[step])
    _need_reason(reason)
    changed = _void_if_changed(submission, audit, actor=identity.key_id)
    if changed:
        raise StateError(
            f"{submission.model} version {submission.version} is not what was submitted: "
            f"{' and '.join(changed)} changed since, so the submission is void; "
            "have it reported and submitted again"
        )
    with writing(audit.engine) as connection:
        standing = need_standing(connection, submission.model, submission.version)
        state = next_state(standing.state, step)
        _need_another_person(connection, identity, standing)
        if submission.hashes != standing.hashes:
            raise StateError("the files changed while the decision was made; decide again")
        connection.execute(
            update(approvals)
            .where(approvals.c.approval_id == standing.approval_id)
            .values(
                state=state,
                decided_by=identity.key_id,
                decided_by_role=identity.role,
                decided_at=audit.clock(),
                reason=reason,
            )
        )
        if step is Step.APPROVE:
            publish_files(
                connection,
                submission.model,
                submission.version,
                bundle=submission.bundle,
                report=submission.report,
            )
        audit.append(
            f"model.{step}",
            actor=identity.key_id,
            details=_named(standing),
            connection=connection,
        )
    return standing.approval_id


def _need_reason(reason: str) -> None:
    if len(reason.strip()) < _LEAST_REASON:
        raise StateError(
            f"a decision needs a reason of at least {_LEAST_REASON} characters; it goes on the record"
        )


def _need_another_person(connection: Connection, identity: Identity, standing: Standing) -> None:
    names = {key.key_id: key.name for key in list_keys(connection)}
    if identity.key_id == standing.submitted_by or (
        identity.name == names.get(standing.submitted_by)
    ):
        raise PermissionDeniedError(
            "whoever submitted a version cannot decide on it, with whichever key; "
            "ask another holder of model:approve"
        )


def _refuse_repeat(submission: Submission, standing: Standing) -> None:
    if standing.state in {State.SUBMITTED, State.APPROVED, State.REFUSED}:
        raise StateError(
            f"{submission.model} version {submission.version} is {standing.state} already, "
            "and none of its files has changed since"
        )


def _void(
    connection: Connection, standing: Standing, changed: list[str], audit: AuditLog, *, actor: str
) -> None:
    reason = f"{' and '.join(changed)} changed"
    _close(connection, standing, Step.VOID, audit, actor=actor, reason=reason)
    audit.append(
        "model.void",
        actor=actor,
        details={**_named(standing), "changed": changed},
        connection=connection,
    )


def _close(
    connection: Connection,
    standing: Standing,
    step: Step,
    audit: AuditLog,
    *,
    actor: str,
    reason: str,
) -> None:
    connection.execute(
        update(approvals)
        .where(approvals.c.approval_id == standing.approval_id)
        .values(
            state=next_state(standing.state, step),
            closed_by=actor,
            closed_at=audit.clock(),
            closed_reason=reason,
        )
    )


def _named(standing: Standing) -> dict[str, Any]:
    """What an audit entry says of a version."""
    return {
        "model": standing.model,
        "version": standing.version,
        "approval_id": standing.approval_id,
        **_bound(standing.hashes),
    }


def _bound(hashes: Hashes) -> dict[str, Any]:
    return {
        "bundle_sha256": hashes.bundle,
        "matrix_sha256": hashes.matrix,
        "report_sha256": hashes.report,
    }
