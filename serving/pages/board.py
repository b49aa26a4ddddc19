"""The board's register of versions, one version before it, and what it decides there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.responses import RedirectResponse

from governance.approval.closing import withdraw
from governance.approval.decisions import approve, refuse
from governance.approval.dissent import dissent
from governance.approval.register import Registered, read_register
from governance.approval.states import UNDECIDED, State
from governance.approval.terms import (
    LEAST_REASON,
    MOST_CHARACTERS,
    MOST_CONDITIONS,
    ReviewDateError,
    Terms,
)
from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, StaleError, StateError
from hearth.identity import Identity, Permission
from hearth.storage.engine import reading
from hearth.storage.publications import find_publication, transparency_folder
from hearth.storage.published import read_report
from serving.pages.paging import links_to, page_of
from serving.pages.render import page
from serving.pages.reported import Headline, headline_of
from serving.pages.visitor import form_fields, signed_in
from serving.service import Service, service_of

router = APIRouter()

ORDER = ("submitted", "in review", "approved", "refused", "withdrawn", "expired", "voided")
"""States as the filter lists them: what waits for the board first."""

DECISIONS = {
    "approve": "Approve: it may be used from now on",
    "refuse": "Refuse: it may not be used",
}
AFTERWARDS = {
    "dissent": "Put my dissent on record",
    "withdraw": "Withdraw it: nobody may use it from the next request on",
}
_MEANWHILE = (
    "Somebody did something about this version while you read it. Nothing of yours was recorded: see "
    "where it stands now"
)
_readers = signed_in(Permission.REPORT_READ)
_deciders = signed_in(Permission.MODEL_APPROVE)
_Service = Annotated[Service, Depends(service_of)]
_Fields = Annotated[dict[str, str], Depends(form_fields)]


@dataclass(frozen=True)
class Version:
    """The version an address names."""

    model: str
    version: str


@dataclass(frozen=True)
class Before:
    """A version as the board sees it: where it stands, what its report comes to, which records it has."""

    registered: Registered
    headline: Headline
    report_files: tuple[str, ...]
    records: tuple[str, ...]


@router.get("/board", dependencies=[Depends(_readers)])
def show_board(
    request: Request,
    service: _Service,
    state: str = "",
    number: Annotated[str, Query(alias="page")] = "1",
) -> Response:
    """Every version that was ever put to the board, those that wait for it first."""
    with reading(service.engine) as connection:
        found = read_register(connection, today=service.today())
    asked = state if state in ORDER else ""
    found = [each for each in found if not asked or each.standing.state == asked]
    found.sort(key=lambda each: each.standing.state not in UNDECIDED)
    shown = page_of(found, number)
    return page(
        request,
        "board.html",
        shown=shown,
        links=links_to(shown, "/board", {"state": asked}),
        states=ORDER,
        asked=asked,
    )


@router.get("/board/{model}/v{version}")
def show_version(
    request: Request,
    asked: Annotated[Version, Depends()],
    identity: Annotated[Identity, Depends(_readers)],
    service: _Service,
) -> Response:
    """One version: where it stands, what was decided and why, and the form to decide."""
    return _version(request, service, identity, asked)


@router.get("/board/{model}/v{version}/decision", dependencies=[Depends(_readers)])
@router.get("/board/{model}/v{version}/step", dependencies=[Depends(_readers)])
def show_version_again(model: str, version: str) -> Response:
    """The way to the version, for whoever opens again the address at which a form came back."""
    return _to(Version(model, version))


@router.post("/board/{model}/v{version}/decision")
def save_decision(
    request: Request,
    asked: Annotated[Version, Depends()],
    identity: Annotated[Identity, Depends(_deciders)],
    fields: _Fields,
    service: _Service,
) -> Response:
    """The way back to the version once the decision is on record; or the form with what is wrong."""
    faults, review_on = _faults_of(fields)
    if not faults:
        audit, reason = AuditLog(service.engine, service.clock), fields["reason"]
        against, mark = fields.get("dissent") or None, fields.get("etag", "")
        what = (asked.model, asked.version)
        try:
            if fields["decision"] == "approve":
                lines = tuple(fields.get("conditions", "").splitlines())
                terms = Terms(lines, review_on, against)
                approve(*what, identity, audit, reason=reason, terms=terms, if_match=mark)
            else:
                refuse(*what, identity, audit, reason=reason, dissent=against, if_match=mark)
        except StaleError:
            faults["state"] = _MEANWHILE
        except ReviewDateError as refused:
            faults["review_on-day"] = _sentence(refused)
        except StateError as refused:
            faults["state"] = _sentence(refused)
        else:
            return _to(asked)
    return _version(request, service, identity, asked, faults=faults, given=fields)


@router.post("/board/{model}/v{version}/step")
def save_step(
    request: Request,
    asked: Annotated[Version, Depends()],
    identity: Annotated[Identity, Depends(_deciders)],
    fields: _Fields,
    service: _Service,
) -> Response:
    """The way back to the version once dissent or withdrawal is on record; or the form with what is wrong."""
    step, why, faults = fields.get("step", ""), fields.get("why", ""), dict[str, str]()
    if step not in AFTERWARDS:
        faults["step"] = "Choose what you do"
    faults |= _faults_of_text("why", why, "Say why")
    if not faults:
        audit, mark = AuditLog(service.engine, service.clock), fields.get("etag", "")
        what = (asked.model, asked.version)
        try:
            if step == "dissent":
                dissent(*what, identity, audit, reason=why, if_match=mark)
            else:
                withdraw(*what, identity, audit, reason=why, if_match=mark)
        except StaleError:
            faults["state"] = _MEANWHILE
        except StateError as refused:
            faults["state"] = _sentence(refused)
        else:
            return _to(asked)
    return _version(request, service, identity, asked, faults=faults, given=fields)


def before_the_board(service: Service, model: str, version: str) -> Before:
    """A version that was put to the board, its report proved.

    Raises
    ------
    NotFoundError
        If no such version ever was.
    BundleError
        If its published report is not as it was submitted.
    """
    with reading(service.engine) as connection:
        found = read_register(connection, today=service.today(), model=model)
        one = next((each for each in found if each.standing.version == version), None)
        if one is None:
            raise NotFoundError("no such version was put to the board")
        files = read_report(connection, model, version, one.standing.hashes.report)
        records = find_publication(connection, transparency_folder(model, version))
    named = [] if records is None else sorted(records.files)
    return Before(one, headline_of(files), tuple(sorted(files)), tuple(named))


def _version(
    request: Request,
    service: Service,
    identity: Identity,
    asked: Version,
    *,
    faults: Mapping[str, str] | None = None,
    given: Mapping[str, str] | None = None,
) -> Response:
    shown = before_the_board(service, asked.model, asked.version)
    standing = shown.registered.standing
    is_own = standing.submitted_by == identity.key_id
    may_decide = identity.may(Permission.MODEL_APPROVE) and standing.state in UNDECIDED
    return page(
        request,
        "version.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        shown=shown,
        standing=standing,
        may_decide=may_decide and not is_own,
        may_step=identity.may(Permission.MODEL_APPROVE)
        and standing.state in (State.APPROVED, State.REFUSED),
        decisions=DECISIONS,
        afterwards=_afterwards(standing.state),
        faults=faults or {},
        given=given or {},
    )


def _afterwards(state: State) -> dict[str, str]:
    return {
        step: text
        for step, text in AFTERWARDS.items()
        if step == "dissent" or state is State.APPROVED
    }


def _to(asked: Version) -> Response:
    return RedirectResponse(
        f"/board/{asked.model}/v{asked.version}", status_code=HTTPStatus.SEE_OTHER
    )


def _faults_of(fields: Mapping[str, str]) -> tuple[dict[str, str], date | None]:
    """What is wrong with a decision, by field, and the day of review it names."""
    faults: dict[str, str] = {}
    if fields.get("decision") not in DECISIONS:
        faults["decision"] = "Choose whether you approve or refuse it"
    faults |= _faults_of_text("reason", fields.get("reason", ""), "Say why")
    lines = [line.strip() for line in fields.get("conditions", "").splitlines() if line.strip()]
    if len(lines) > MOST_CONDITIONS:
        faults["conditions"] = f"Give at most {MOST_CONDITIONS} conditions, one a line"
    for line in lines:
        faults |= _faults_of_text("conditions", line, "Write each condition out")
    if fields.get("dissent"):
        faults |= _faults_of_text("dissent", fields["dissent"], "Say what you hold against it")
    parts = [fields.get(f"review_on-{name}", "") for name in ("year", "month", "day")]
    review_on = None
    if any(parts):
        try:
            review_on = date(*map(int, parts))
        except ValueError:
            faults["review_on-day"] = "Give the day of review as a day, a month and a year"
    return faults, review_on


def _faults_of_text(field: str, text: str, what: str) -> dict[str, str]:
    if len(text) < LEAST_REASON:
        return {field: f"{what}, in at least {LEAST_REASON} characters"}
    if len(text) > MOST_CHARACTERS:
        return {field: f"{what} in at most {MOST_CHARACTERS:,} characters"}
    return {}


def _sentence(error: Exception) -> str:
    text = str(error)
    return text[0].upper() + text[1:]
