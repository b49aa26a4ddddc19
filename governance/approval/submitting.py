"""Putting a version to the board: its row, and its files where the board reads them, all or none."""

from sqlalchemy import insert

from governance.approval.closing import expire_due_in, void
from governance.approval.recording import bound, record
from governance.approval.standing import Standing, need_standing, open_standings, read_standing
from governance.approval.states import PERMISSIONS, UNDECIDED, State, Step, next_state
from governance.approval.submission import Submission
from hearth.audit_log import AuditLog
from hearth.errors import StateError
from hearth.identity import Identity
from hearth.storage.engine import writing
from hearth.storage.published import publish_files
from hearth.storage.schema import approvals


def submit(submission: Submission, identity: Identity, audit: AuditLog) -> int:
    """Put a version to the board, bound to its three hashes; the approval's id.

    Bundle and report are put where the board reads them. An approval that has a day of review may be
    submitted again as it is; it stays in force until that day, or until the board decides.

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
        If the same files were submitted, approved for good or refused before.
    """
    identity.require(PERMISSIONS[Step.SUBMIT])
    model, version = submission.model, submission.version
    with writing(audit.engine) as connection:
        expire_due_in(connection, audit)
        for each in open_standings(connection, model, version):
            changed = submission.hashes.changed_from(each.hashes)
            if changed:
                void(connection, each, changed, audit, actor=identity.key_id)
        _refuse_repeat(submission, read_standing(connection, model, version))
        written = connection.execute(
            insert(approvals).values(
                model=model,
                version=version,
                state=next_state(State.DRAFT, Step.SUBMIT),
                **bound(submission.hashes),
                submitted_by=identity.key_id,
                submitted_at=audit.clock(),
            )
        )
        (approval_id,) = written.inserted_primary_key or (0,)
        publish_files(
            connection, model, version, bundle=submission.bundle, report=submission.report
        )
        standing = need_standing(connection, model, version)
        record(connection, Step.SUBMIT, standing, identity.key_id, audit)
    return int(approval_id)


def _refuse_repeat(submission: Submission, standing: Standing | None) -> None:
    if standing is None or standing.hashes != submission.hashes:
        return
    is_for_good = standing.state is State.APPROVED and standing.review_on is None
    if standing.state in {*UNDECIDED, State.REFUSED} or is_for_good:
        raise StateError(
            f"{submission.model} version {submission.version} is {standing.state} already, "
            "and none of its files has changed since"
        )
