"""Objecting to a score from a page, and the pages of those who answer objections."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from hearth.errors import NotFoundError
from hearth.identity import Identity, Permission
from hearth.storage.engine import reading
from serving.oversight.challenge_states import CLOSING, Step
from serving.oversight.challenges import (
    is_involved,
    list_of_score,
    list_open,
    open_challenge,
    read_challenge,
    take_step,
)
from serving.oversight.requests import LONGEST_TEXT, ChallengeRequest, StepRequest
from serving.pages.render import page
from serving.pages.visitor import form_fields, signed_in
from serving.scores.opening import open_score
from serving.service import Service, service_of

router = APIRouter()

GROUNDS = {
    "inaccurate_data": "The records are wrong or out of date",
    "wrong_person": "The records are of somebody else",
    "unfair": "The score, or its use, is unfair",
    "unlawful_use": "The records should not be used for this",
    "other": "Something else",
}
STEPS = {
    Step.ACKNOWLEDGE: "Acknowledge: we have told the person that their challenge has arrived",
    Step.UPHOLD: "Uphold: the score is not to be used, for good",
    Step.REJECT: "Reject: the score may be used again",
    Step.WITHDRAW: "The person has withdrawn it: the score may be used again",
}
_opener = signed_in(Permission.CHALLENGE_WRITE)
_reviewer = signed_in(Permission.CHALLENGE_REVIEW)
_Fields = Annotated[dict[str, str], Depends(form_fields)]
_Service = Annotated[Service, Depends(service_of)]
_TOO_LONG = f"Use at most {LONGEST_TEXT:,} characters"


@router.get("/scores/{score_id}/challenge")
def show_form(
    request: Request,
    score_id: str,
    identity: Annotated[Identity, Depends(_opener)],
    service: _Service,
) -> Response:
    """The form that asks what is wrong with a score."""
    return _form(request, service, identity, score_id)


@router.post("/scores/{score_id}/challenge")
def save_challenge(
    request: Request,
    score_id: str,
    identity: Annotated[Identity, Depends(_opener)],
    fields: _Fields,
    service: _Service,
) -> Response:
    """The way on once the challenge is on record, so that none is opened twice; or the form with what is wrong."""
    faults = _faults_of(fields)
    if faults:
        return _form(request, service, identity, score_id, faults=faults, given=fields)
    asked = ChallengeRequest(fields["ground"], fields["statement"])  # type: ignore[arg-type]  # _faults_of found it to be one of them
    made = open_challenge(service, identity, score_id, asked)
    return _to(f"/scores/{made.score_id}/challenged")


@router.get("/scores/{score_id}/challenged")
def show_opened(
    request: Request,
    score_id: str,
    identity: Annotated[Identity, Depends(_opener)],
    service: _Service,
) -> Response:
    """What to tell the person who objects: by when the last challenge to a score is acknowledged."""
    challenges = list_of_score(service, identity, score_id).challenges
    if not challenges:
        raise NotFoundError("nobody has challenged this score")
    return page(request, "challenged.html", challenge=challenges[-1])


@router.get("/challenges")
def show_open(
    request: Request, identity: Annotated[Identity, Depends(_reviewer)], service: _Service
) -> Response:
    """Open challenges, earliest first, those overdue marked."""
    found = list_open(service, identity).challenges
    return page(request, "challenges.html", challenges=found, grounds=GROUNDS)


@router.get("/challenges/{challenge_id}")
def show_challenge(
    request: Request,
    challenge_id: str,
    identity: Annotated[Identity, Depends(_reviewer)],
    service: _Service,
) -> Response:
    """One challenge, and the steps that can be taken."""
    return _challenge(request, service, identity, challenge_id)


@router.post("/challenges/{challenge_id}/steps")
def save_step(
    request: Request,
    challenge_id: str,
    identity: Annotated[Identity, Depends(_reviewer)],
    fields: _Fields,
    service: _Service,
) -> Response:
    """The way to the challenge after a step, so that none is taken twice; or what is wrong."""
    step, reason, faults = fields.get("step", ""), fields.get("reason", ""), {}
    if step not in list(Step):
        faults["step"] = "Choose what you do"
    elif step in {Step.UPHOLD, Step.REJECT} and not reason:
        faults["reason"] = "Say why, for the record"
    if len(reason) > LONGEST_TEXT:
        faults["reason"] = _TOO_LONG
    if faults:
        return _challenge(request, service, identity, challenge_id, faults=faults, given=fields)
    moved = take_step(service, identity, challenge_id, StepRequest(Step(step), reason))
    return _to(f"/challenges/{moved.challenge_id}")


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)


def _form(
    request: Request,
    service: Service,
    identity: Identity,
    score_id: str,
    *,
    faults: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    return page(
        request,
        "challenge_form.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        answer=open_score(service, identity, score_id),
        grounds=GROUNDS,
        faults=faults or {},
        given=given or {},
    )


def _challenge(
    request: Request,
    service: Service,
    identity: Identity,
    challenge_id: str,
    *,
    faults: dict[str, str] | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    found = read_challenge(service, identity, challenge_id)
    with reading(service.engine) as connection:
        had_a_part = is_involved(connection, identity, found.challenge_id)
    steps = [step for step in found.steps if step not in CLOSING or not had_a_part]
    return page(
        request,
        "challenge.html",
        status=HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK,
        challenge=found,
        ground=GROUNDS[found.ground],
        steps={step.value: STEPS[step] for step in steps},
        had_a_part=had_a_part,
        faults=faults or {},
        given=given or {},
    )


def _faults_of(fields: dict[str, str]) -> dict[str, str]:
    """What is wrong with a challenge form, by field."""
    faults = {}
    if fields.get("ground") not in GROUNDS:
        faults["ground"] = "Choose what the challenge is about"
    statement = fields.get("statement", "")
    if not statement:
        faults["statement"] = "Write what the person says"
    elif len(statement) > LONGEST_TEXT:
        faults["statement"] = _TOO_LONG
    return faults
