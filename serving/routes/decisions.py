"""What people decided after reading a score: agree, override or defer."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response

from hearth.identity import Identity, Permission
from serving.oversight.answers import DecisionAnswer, DecisionList
from serving.oversight.decisions import decide, list_decisions
from serving.oversight.requests import DecisionRequest, read_decision
from serving.routes.common import answers, body_of, created, json_body, json_response
from serving.service import Service, service_of
from serving.web import idempotency
from serving.web.authentication import require
from serving.web.idempotency import answer_once_here, request_key

router = APIRouter(prefix="/v1", tags=["decisions"])

_EXAMPLES = {
    "agree": {"outcome": "agree", "viewed_at": "2026-11-02T09:12:00Z"},
    "override": {
        "outcome": "override",
        "reason_code": "already_helped",
        "reason": "The family already has a health visitor.",
        "considered": "Health visitor's notes",
    },
}


@router.post(
    "/scores/{score_id}/decisions",
    status_code=HTTPStatus.CREATED,
    summary="Record what a person decided",
    responses=answers(
        "The decision, on record", DecisionAnswer, 400, 404, 409, 413, 415, 422, status=201
    ),
    openapi_extra=body_of(DecisionRequest, examples=_EXAMPLES) | idempotency.PARAMETER,
)
def create_decision(
    score_id: str,
    request: Request,
    identity: Annotated[Identity, Depends(require(Permission.DECISION_WRITE))],
    body: Annotated[bytes, Depends(json_body)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Puts a decision on record; an override needs its reason, and a score that may be acted on."""
    key = request_key(service, identity, request, body)
    made = answer_once_here(
        service, key, lambda: decide(service, identity, score_id, read_decision(body), key=key)
    )
    return created(made)


@router.get(
    "/scores/{score_id}/decisions",
    summary="What people decided on a score",
    responses=answers("The decisions, earliest first; the last counts", DecisionList, 404),
)
def show_decisions(
    score_id: str,
    identity: Annotated[Identity, Depends(require(Permission.SCORE_READ))],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Every decision on a score, with how long the score was looked at; the reading is on record."""
    return json_response(list_decisions(service, identity, score_id))
