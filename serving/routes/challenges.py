"""Objections to a score: opened for whoever objects, then answered by somebody who had no part in it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hearth.identity import Identity, Permission
from serving.oversight.answers import ChallengeAnswer, ChallengeList
from serving.oversight.challenges import (
    list_of_score,
    list_open,
    open_challenge,
    read_challenge,
    take_step,
)
from serving.oversight.requests import (
    ChallengeRequest,
    StepRequest,
    read_challenge_request,
    read_step,
)
from serving.routes.common import answers, body_of, created, json_body, json_response
from serving.service import Service, service_of
from serving.web import idempotency
from serving.web.authentication import require
from serving.web.idempotency import answer_once_here, request_key

router = APIRouter(prefix="/v1", tags=["challenges"])

_opener = require(Permission.CHALLENGE_WRITE)
_reader = require(Permission.SCORE_READ)
_reviewer = require(Permission.CHALLENGE_REVIEW)

_OPENED = {
    "inaccurate": {
        "ground": "inaccurate_data",
        "statement": "The arrears were paid in May; the reminder was sent by mistake.",
    }
}
_STEPS = {
    "acknowledge": {"step": "acknowledge"},
    "uphold": {"step": "uphold", "reason": "The payment is on the account since 3 May."},
}


@router.post(
    "/scores/{score_id}/challenges",
    status_code=HTTPStatus.CREATED,
    summary="Open a challenge to a score",
    responses=answers(
        "The challenge, on record; the score is suspended",
        ChallengeAnswer,
        400,
        404,
        413,
        415,
        422,
        status=201,
    ),
    openapi_extra=body_of(ChallengeRequest, examples=_OPENED) | idempotency.PARAMETER,
)
def create_challenge(
    score_id: str,
    request: Request,
    identity: Annotated[Identity, Depends(_opener)],
    body: Annotated[bytes, Depends(json_body)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Puts an objection on record; nobody acts on the score until it is closed."""
    key = request_key(service, identity, request, body)
    made = answer_once_here(
        service,
        key,
        lambda: open_challenge(service, identity, score_id, read_challenge_request(body), key=key),
    )
    return created(made)


@router.get(
    "/scores/{score_id}/challenges",
    summary="Challenges to a score",
    responses=answers("The challenges, earliest first", ChallengeList, 404),
)
def show_challenges_of_score(
    score_id: str,
    identity: Annotated[Identity, Depends(_reader)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Every challenge to a score, open or closed; the reading is on record."""
    return json_response(list_of_score(service, identity, score_id))


@router.get(
    "/challenges",
    summary="Open challenges",
    responses=answers("Open challenges of your purposes, earliest first", ChallengeList),
)
def show_open_challenges(
    identity: Annotated[Identity, Depends(_reviewer)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """What waits for a reviewer, with the day each is to be acknowledged by; the reading is on record."""
    return json_response(list_open(service, identity))


@router.get(
    "/challenges/{challenge_id}",
    summary="One challenge",
    responses=answers("The challenge", ChallengeAnswer, 404),
)
def show_challenge(
    challenge_id: str,
    identity: Annotated[Identity, Depends(_reader)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """One challenge as it stands; the reading is on record."""
    return json_response(read_challenge(service, identity, challenge_id))


@router.post(
    "/challenges/{challenge_id}/steps",
    summary="Acknowledge or close a challenge",
    responses=answers("The challenge after it", ChallengeAnswer, 400, 404, 409, 413, 415, 422),
    openapi_extra=body_of(StepRequest, examples=_STEPS),
)
def take_challenge_step(
    challenge_id: str,
    identity: Annotated[Identity, Depends(_reviewer)],
    body: Annotated[bytes, Depends(json_body)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Takes one step of the state table; whoever opened the challenge or decided on the score closes none."""
    return json_response(take_step(service, identity, challenge_id, read_step(body)))
