"""What people decided after reading a score: agree, override or defer."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from hearth.identity import Identity, Permission
from serving.answers import DecisionAnswer
from serving.routes.common import answers, body_of, json_body, json_response
from serving.scores.desk import decide
from serving.scores.schemas import DecisionRequest, read_decision
from serving.service import Service, service_of
from serving.web.authentication import require

router = APIRouter(prefix="/v1", tags=["decisions"])

_EXAMPLES = {
    "agree": {"outcome": "agree", "viewed_at": "2026-11-02T09:12:00Z"},
    "override": {
        "outcome": "override",
        "reason": "The family already has a health visitor.",
        "considered": "Health visitor's notes",
    },
}


@router.post(
    "/scores/{score_id}/decisions",
    status_code=HTTPStatus.CREATED,
    summary="Record what a person decided",
    responses=answers(
        "The decision, on record", DecisionAnswer, 400, 404, 413, 415, 422, status=201
    ),
    openapi_extra=body_of(DecisionRequest, examples=_EXAMPLES),
)
def create_decision(
    score_id: str,
    identity: Annotated[Identity, Depends(require(Permission.DECISION_WRITE))],
    body: Annotated[bytes, Depends(json_body)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Puts a decision on record; an override needs its reason."""
    made = decide(service, identity, score_id, read_decision(body))
    return json_response(made, status=HTTPStatus.CREATED)
