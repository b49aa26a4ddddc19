"""The steps of an approval on a machine that may hold the files too: what changed there is voided first."""

import json

from governance.approval import decisions, submitting
from governance.approval.closing import void_changed
from governance.approval.states import PERMISSIONS, Step
from governance.approval.submission import check_trained_on_matrix, read_submission
from governance.approval.terms import Terms
from hearth.audit_log import AuditLog
from hearth.errors import StateError
from hearth.identity import Identity
from hearth.settings import Settings

REPORT = "report.json"
"""The file of a report that says whether the success bar was met."""


def submit(
    settings: Settings, model: str, version: str, *, identity: Identity, audit: AuditLog
) -> int:
    """Put a reported version to the board; the approval's id.

    Raises
    ------
    StateError
        If its success bar was not met by what training measured or by what the report found
        between groups, or it was submitted before as it is.
    """
    submission = read_submission(settings, model, version)
    check_trained_on_matrix(settings, model, version)
    success = json.loads(submission.report[REPORT])["success"]
    if not success["met"]:
        missed = "; ".join(line["rule"] for line in success["lines"] if line["met"] is False)
        raise StateError(
            f"{model} version {version} did not meet the bar set before its results were known "
            f"({missed}); it cannot be submitted, and its report says why"
        )
    return submitting.submit(submission, identity, audit)


def approve(
    settings: Settings,
    model: str,
    version: str,
    *,
    identity: Identity,
    audit: AuditLog,
    reason: str,
    terms: Terms | None = None,
) -> int:
    """Let a submitted version into use, unless a file on this machine changed; see `decisions.approve`."""
    identity.require(PERMISSIONS[Step.APPROVE])
    _check_unchanged(settings, (model, version), identity, audit)
    return decisions.approve(model, version, identity, audit, reason=reason, terms=terms)


def refuse(
    settings: Settings,
    model: str,
    version: str,
    *,
    identity: Identity,
    audit: AuditLog,
    reason: str,
    dissent: str | None = None,
) -> int:
    """Keep a submitted version out of use, unless a file on this machine changed; see `decisions.refuse`."""
    identity.require(PERMISSIONS[Step.REFUSE])
    _check_unchanged(settings, (model, version), identity, audit)
    return decisions.refuse(model, version, identity, audit, reason=reason, dissent=dissent)


def _check_unchanged(
    settings: Settings, what: tuple[str, str], identity: Identity, audit: AuditLog
) -> None:
    """Void what is not on disk as it was submitted, and say so."""
    for _, changed in void_changed(settings, audit, actor=identity.key_id, only=what):
        raise StateError(
            f"{what[0]} version {what[1]} is not what was submitted: "
            f"{' and '.join(changed)} changed since, so the submission is void; "
            "have it reported and submitted again"
        )
