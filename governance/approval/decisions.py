"""The board's decisions: two people, a reason, terms, and three hashes; any change voids them.

Who may take a step is a permission; from which state it may be taken is a table
(`governance.approval.states`). The two are kept apart. Everything here works from the records
database alone: bundle and report lie there from the submission on.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, update

from governance.approval.closing import close, expire_due_in
from governance.approval.dissent import record_dissent
from governance.approval.recording import check_unchanged, record
from governance.approval.standing import Standing, need_standing, open_standings, read_holders
from governance.approval.states import PERMISSIONS, STATES, Step, next_state
from governance.approval.terms import Terms, check_text
from hearth.audit_log import AuditLog
from hearth.digest import canonical_json, sha256_of
from hearth.errors import BundleError, PermissionDeniedError
from hearth.identity import Identity
from hearth.storage.engine import writing
from hearth.storage.published import read_bundle, read_report
from hearth.storage.schema import approvals


def review(
    model: str, version: str, identity: Identity, audit: AuditLog, *, if_match: str | None = None
) -> Standing:
    """Take a submitted version up; where it stands from now on.

    Parameters
    ----------
    model, version : str
    identity : Identity
        Holder of `model:approve` who did not submit it.
    audit : AuditLog
    if_match : str, optional
        `etag` of the standing that was read.

    Raises
    ------
    PermissionDeniedError, StateError, StaleError
        As `approve`.
    """
    identity.require(PERMISSIONS[Step.REVIEW])
    with writing(audit.engine) as connection:
        standing = _to_decide(connection, (model, version), identity, audit, if_match)
        _take_up(connection, standing, identity, audit)
        return need_standing(connection, model, version)


def approve(
    model: str,
    version: str,
    identity: Identity,
    audit: AuditLog,
    *,
    reason: str,
    terms: Terms | None = None,
    if_match: str | None = None,
) -> int:
    """Let a submitted version into use, and take it up first if nobody has.

    Parameters
    ----------
    model, version : str
        What was submitted; its published files are proved against the hashes it is bound to.
    identity : Identity
        Holder of `model:approve` who did not submit it.
    audit : AuditLog
    reason : str
        Why, for the record.
    terms : Terms, optional
        Conditions, day of review and dissent; none, and the day that the definition asks for.
    if_match : str, optional
        `etag` of the standing that the decision was made on.

    Returns
    -------
    int
        The approval's id.

    Raises
    ------
    PermissionDeniedError
        If the identity may not approve, or submitted it.
    StateError
        If nothing is submitted, or reason or terms say too little or what cannot be.
    StaleError
        If it does not stand any more as it was read.
    BundleError
        If what was published is not what was submitted.
    """
    decision = _Decision(Step.APPROVE, reason, terms or Terms(), if_match)
    return _decide((model, version), identity, audit, decision)


def refuse(
    model: str,
    version: str,
    identity: Identity,
    audit: AuditLog,
    *,
    reason: str,
    dissent: str | None = None,
    if_match: str | None = None,
) -> int:
    """Keep a submitted version out of use, or end its use at a review; otherwise as `approve`."""
    decision = _Decision(Step.REFUSE, reason, Terms(dissent=dissent), if_match)
    return _decide((model, version), identity, audit, decision)


@dataclass(frozen=True)
class _Decision:
    """What was decided, why and on what terms, and on which standing."""

    step: Step
    reason: str
    terms: Terms
    if_match: str | None

    def __post_init__(self) -> None:
        check_text(self.reason, "a decision needs a reason")
        if self.terms.dissent is not None:
            check_text(self.terms.dissent, "dissent needs a reason")

    def columns(self, about: Mapping[str, Any], today: date) -> dict[str, Any]:
        """What the row says of it."""
        said: dict[str, Any] = {"reason": self.reason.strip()}
        if self.step is Step.APPROVE:
            settled = self.terms.settled(about, today)
            said |= {"conditions": list(settled.conditions), "review_on": settled.review_on}
        return said


def _decide(what: tuple[str, str], identity: Identity, audit: AuditLog, decision: _Decision) -> int:
    step = decision.step
    identity.require(PERMISSIONS[step])
    with writing(audit.engine) as connection:
        standing = _to_decide(connection, what, identity, audit, decision.if_match)
        is_taken_up = (standing.state, Step.REVIEW) not in STATES
        state = standing.state if is_taken_up else next_state(standing.state, Step.REVIEW)
        state = next_state(state, step)
        said = decision.columns(_published_about(connection, standing), audit.clock().date())
        if not is_taken_up:
            _take_up(connection, standing, identity, audit)
        connection.execute(
            update(approvals)
            .where(approvals.c.approval_id == standing.approval_id)
            .values(
                state=state,
                decided_by=identity.key_id,
                decided_by_role=identity.role,
                decided_at=audit.clock(),
                **said,
            )
        )
        as_texts = json.loads(json.dumps(said, default=str))
        record(
            connection,
            step,
            standing,
            identity.key_id,
            audit,
            conditions=len(said.get("conditions", ())),
            review_on=as_texts.get("review_on"),
            said_sha256=sha256_of(canonical_json(as_texts)),
        )
        _end_earlier(connection, standing, step, identity, audit)
        if decision.terms.dissent is not None:
            decided = need_standing(connection, *what)
            record_dissent(connection, decided, identity, audit, decision.terms.dissent.strip())
    return standing.approval_id


def _to_decide(
    connection: Connection,
    what: tuple[str, str],
    identity: Identity,
    audit: AuditLog,
    if_match: str | None,
) -> Standing:
    """Where a version stands, if this person may decide on it and it is as they read it."""
    expire_due_in(connection, audit)
    standing = need_standing(connection, *what)
    check_unchanged(standing, if_match)
    _need_another_person(connection, identity, standing)
    return standing


def _take_up(
    connection: Connection, standing: Standing, identity: Identity, audit: AuditLog
) -> None:
    connection.execute(
        update(approvals)
        .where(approvals.c.approval_id == standing.approval_id)
        .values(
            state=next_state(standing.state, Step.REVIEW),
            reviewed_by=identity.key_id,
            review_began_at=audit.clock(),
        )
    )
    record(connection, Step.REVIEW, standing, identity.key_id, audit)


def _end_earlier(
    connection: Connection, standing: Standing, step: Step, identity: Identity, audit: AuditLog
) -> None:
    """End an approval of the same version that this decision was a review of."""
    ending, reason = {
        Step.APPROVE: (Step.EXPIRE, "it was reviewed and approved anew"),
        Step.REFUSE: (Step.WITHDRAW, "it was refused at its review"),
    }[step]
    for each in open_standings(connection, standing.model, standing.version):
        if each.approval_id != standing.approval_id:
            close(connection, each, ending, audit, actor=identity.key_id, reason=reason)


def _published_about(connection: Connection, standing: Standing) -> dict[str, Any]:
    """What the submitted bundle says of its model, once bundle and report are proved."""
    model, version = standing.model, standing.version
    bundle = read_bundle(connection, model, version, standing.hashes.bundle)
    read_report(connection, model, version, standing.hashes.report)
    try:
        return dict(json.loads(bundle["model.json"])["about"])
    except (KeyError, TypeError, ValueError):
        raise BundleError(
            f"the bundle of {model} version {version} does not say what it is of; train, report and "
            "submit it again"
        ) from None


def _need_another_person(connection: Connection, identity: Identity, standing: Standing) -> None:
    submitter = read_holders(connection).get(standing.submitted_by)
    has_same_name = submitter is not None and submitter.name == identity.name
    if identity.key_id == standing.submitted_by or has_same_name:
        raise PermissionDeniedError(
            "whoever submitted a version cannot decide on it, with whichever key; "
            "ask another holder of model:approve"
        )
