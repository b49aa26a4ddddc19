"""Scores with reasons: made for a subject or for given values, and read again by identifier."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Request, Response

from hearth.identity import Identity, Permission
from serving.answers import ManyScoresAnswer, ScoreAnswer
from serving.held import Held, on_what_is_held
from serving.routes.common import QuickJson, answers, body_of, json_body, json_response, model_name
from serving.scores.desk import read_score, score_request
from serving.scores.many_desk import check_asked, score_many
from serving.scores.many_schemas import RowsRequest, SubjectsRequest, asks_for_many
from serving.scores.schemas import SubjectRequest, ValuesRequest
from serving.scores.tables import TableRequest
from serving.service import Service, service_of
from serving.web import idempotency
from serving.web.authentication import SECURITY, check_permission, identify_from, require
from serving.web.idempotency import Made, answer_once, request_key
from serving.web.plain_route import PlainRoute

router = APIRouter(prefix="/v1", tags=["scores"])
quick = APIRouter(prefix="/v1", tags=["scores"], route_class=PlainRoute)
"""The one route that caseworker systems call every minute."""

_EXAMPLES = {
    "by_subject": {"subject": "100012345678"},
    "without_reasons": {"subject": "100012345678", "reasons": False},
    "many_subjects": {"subjects": ["100012345678", "100087654321"], "reasons": False},
    "many_rows": {"rows": [{"noise_count_12m": 3, "tenure": "private_rented", "epc_rating": None}]},
    "many_rows_as_a_table": {
        "names": ["noise_count_12m", "tenure", "epc_rating"],
        "rows": [[3, "private_rented", None], [0, "owner", 71]],
    },
    "by_values": {"values": {"noise_count_12m": 3, "tenure": "private_rented", "epc_rating": None}},
}


@quick.post(
    "/models/{model}/scores",
    status_code=HTTPStatus.CREATED,
    summary="Score a subject, or given values, with reasons; or up to 1,000 at once",
    responses=answers(
        "The score, or the scores in the order asked for, on record",
        (ScoreAnswer, ManyScoresAnswer),
        *(400, 404, 409, 413, 415, 422),
        status=201,
    ),
    openapi_extra=body_of(
        SubjectRequest,
        ValuesRequest,
        SubjectsRequest,
        RowsRequest,
        TableRequest,
        examples=_EXAMPLES,
    )
    | SECURITY
    | idempotency.PARAMETER,
)
async def create_score(model: str, request: Request) -> Response:
    """Makes scores and puts them on record; the answer leaves only once that is durable."""
    service = service_of(request)

    async def step(held: Held) -> Made | Response:
        identity = await identify_from(service, held, request.headers.get("authorization", ""))
        check_permission(identity, Permission.SCORE_WRITE)
        name, body = model_name(model), await json_body(request)
        key = request_key(service, identity, request, body)
        if key is not None:
            check_asked(service, held, identity, name, body)
        score = score_many if asks_for_many(body) else score_request
        make = partial(score, service, held, identity, name, body, key=key)
        return await answer_once(service, key, held.generation, make)

    answer = await on_what_is_held(service.held, step)
    if isinstance(answer, Response):
        return answer
    return QuickJson(msgspec.json.encode(answer), HTTPStatus.CREATED)


@router.get(
    "/scores/{score_id}",
    summary="A score as it was made, and what stands against using it now",
    responses=answers("The score", ScoreAnswer, 404),
)
def show_score(
    score_id: str,
    identity: Annotated[Identity, Depends(require(Permission.SCORE_READ))],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """One score as it was made, and what stands against acting on it now; reading it is on record too."""
    return json_response(read_score(service, identity, score_id))
