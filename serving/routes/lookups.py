"""Scores made beforehand, looked up by subject."""

from fastapi import APIRouter, Request, Response

from hearth.identity import Permission
from serving.answers import ScoreAnswer
from serving.held import Held, on_what_is_held
from serving.precomputed.lookup import LookupRequest, look_up
from serving.routes.common import answers, body_of, json_body, model_name
from serving.service import service_of
from serving.web.authentication import SECURITY, check_permission, identify_from
from serving.web.plain_route import PlainRoute

router = APIRouter(prefix="/v1", tags=["scores"], route_class=PlainRoute)

_EXAMPLES = {"by_subject": {"subject": "100012345678"}}


@router.post(
    "/models/{model}/scores/lookup",
    summary="The score of a subject that was made beforehand",
    responses=answers("The score as it was made", ScoreAnswer, 400, 404, 409, 413, 415, 422),
    openapi_extra=body_of(LookupRequest, examples=_EXAMPLES) | SECURITY,
)
async def look_up_score(model: str, request: Request) -> Response:
    """A score that `hearth precompute` made; reading it is on record."""
    service = service_of(request)

    async def step(held: Held) -> bytes:
        identity = await identify_from(service, held, request.headers.get("authorization", ""))
        check_permission(identity, Permission.SCORE_READ)
        name, body = model_name(model), await json_body(request)
        return await look_up(service, held, identity, name, body)

    return Response(await on_what_is_held(service.held, step), media_type="application/json")
