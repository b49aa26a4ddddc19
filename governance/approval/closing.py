"""What ends a submission or an approval beside the board's decision: withdrawal, the clock, a changed hash."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, update

from governance.approval.recording import check_unchanged, record
from governance.approval.standing import Standing, all_standings, need_standing, open_standings
from governance.approval.states import OPEN, PERMISSIONS, UNDECIDED, State, Step, next_state
from governance.approval.submission import changed_since
from governance.approval.terms import check_text
from hearth.audit_log import AuditLog
from hearth.identity import Identity
from hearth.settings import Settings
from hearth.storage.engine import reading, writing
from hearth.storage.schema import approvals

CLOCK = "clock"
"""Actor of what comes to pass by itself on a day."""


def withdraw(
    model: str,
    version: str,
    identity: Identity,
    audit: AuditLog,
    *,
    reason: str,
    if_match: str | None = None,
) -> None:
    """Take a version out of use, or a submission back, from the next request on.

    Whoever may approve may withdraw, and takes back all of it: what is approved and what is submitted.
    Whoever submitted it may take the submission back while it is undecided.
    """
    text = check_text(reason, "a withdrawal needs a reason")
    with writing(audit.engine) as connection:
        expire_due_in(connection, audit)
        standing = need_standing(connection, model, version)
        check_unchanged(standing, if_match)
        ended = [standing]
        if not (standing.state in UNDECIDED and standing.submitted_by == identity.key_id):
            identity.require(PERMISSIONS[Step.WITHDRAW])
            ended = open_standings(connection, model, version) or ended
        for each in ended:
            close(connection, each, Step.WITHDRAW, audit, actor=identity.key_id, reason=text)


def close(
    connection: Connection,
    standing: Standing,
    step: Step,
    audit: AuditLog,
    *,
    actor: str,
    reason: str,
    **details: Any,
) -> None:
    """End a row by a step of the table, with its entry in the audit log."""
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
    record(connection, step, standing, actor, audit, **details)


def void(
    connection: Connection, standing: Standing, changed: list[str], audit: AuditLog, *, actor: str
) -> None:
    """End a row of which bundle, matrix or report changed."""
    reason = f"{' and '.join(changed)} changed"
    close(connection, standing, Step.VOID, audit, actor=actor, reason=reason, changed=changed)


def void_changed(
    settings: Settings, audit: AuditLog, *, actor: str, only: tuple[str, str] | None = None
) -> list[tuple[Standing, list[str]]]:
    """Void every submission and approval of which a file has changed on disk.

    A file that is not on this machine has not changed: a service may hold the records alone.

    Parameters
    ----------
    only
        A model and version to look at; all of them if None.

    Returns
    -------
    list of tuple of Standing, list of str
        What stood and is void now, and which of bundle, matrix and report changed.
    """
    voided = []
    with writing(audit.engine) as connection:
        for standing in open_standings(connection, *(only or ())):
            changed = changed_since(settings, standing.model, standing.version, standing.hashes)
            if changed:
                void(connection, standing, changed, audit, actor=actor)
                voided.append((standing, changed))
    return voided


def state_bound(
    settings: Settings, records: Engine, model: str, version: str, *, today: date
) -> State | None:
    """State that a change of the version's files would void; None where there is nothing to void."""
    with reading(records) as connection:
        standings = all_standings(connection, today=today, model=model)
    return next(
        (
            each.state
            for each in standings
            if each.version == version
            and each.state in OPEN
            and not changed_since(settings, model, version, each.hashes)
        ),
        None,
    )


def expire_due(audit: AuditLog) -> list[Standing]:
    """End every approval whose day of review has come; those that were ended.

    Nothing waits for this: whoever serves looks at the day itself. It puts on record what came to pass.
    """
    with reading(audit.engine) as connection:  # where nothing is due it waits for nobody's lock
        if not _due(connection, audit):
            return []
    with writing(audit.engine) as connection:
        return expire_due_in(connection, audit)


def expire_due_in(connection: Connection, audit: AuditLog) -> list[Standing]:
    """As `expire_due`, within the caller's transaction."""
    due = _due(connection, audit)
    for standing in due:
        close(
            connection,
            standing,
            Step.EXPIRE,
            audit,
            actor=CLOCK,
            reason=f"it was to be reviewed before {standing.review_on}",
        )
    return due


def _due(connection: Connection, audit: AuditLog) -> list[Standing]:
    today = audit.clock().date()
    recorded = all_standings(connection)
    return [
        each
        for each in recorded
        if each.state is State.APPROVED and each.review_on is not None and each.review_on <= today
    ]
