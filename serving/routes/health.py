"""Whether the process lives, and whether it can answer; the only routes of the API open to everyone."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.exc import SQLAlchemyError

from serving.answers import Liveness, Readiness
from serving.routes.common import json_response
from serving.scores.scoring import has_ended
from serving.scores.served_models import sunset_of
from serving.service import Service, service_of

router = APIRouter(prefix="/health", tags=["health"])
_REF = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Readiness"}}}}


@router.get(
    "/live",
    summary="The process answers",
    responses={
        200: {
            "description": "Live",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Liveness"}}},
        }
    },
)
def live() -> Response:
    """Says that the process answers."""
    return json_response(Liveness())


@router.get(
    "/ready",
    summary="The service can score with every approved model",
    responses={200: {"description": "Ready", **_REF}, 503: {"description": "Not ready", **_REF}},
)
def ready(service: Annotated[Service, Depends(service_of)]) -> Response:
    """Reads and hashes every approved bundle anew, and says which models are served, and which have ended."""
    try:
        service.held.prove()
    except SQLAlchemyError:
        service.metrics.proved({}, is_ready=False)
        found = Readiness(False, {}, ("the records database cannot be read",))
        return json_response(found, status=HTTPStatus.SERVICE_UNAVAILABLE)
    models, refused, ended = service.models.versions, service.models.refused, _ended(service)
    is_ready = len(models) > len(ended) and not refused
    service.metrics.proved(models, is_ready=is_ready)
    if not is_ready:
        reasons = (*(str(error) for error in refused.values()), *ended) or (
            "no model is approved; submit one with `hearth submit`, and let another person approve it",
        )
        found = Readiness(False, models, reasons)
        return json_response(found, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return json_response(Readiness(True, models, ended))


def _ended(service: Service) -> tuple[str, ...]:
    """What is said of each approved model whose sunset has come: it stands in no other's way."""
    return tuple(
        f"{name} is no longer used from {sunset_of(one.model)} on; have it approved with a later sunset"
        for name, one in service.models.served.items()
        if has_ended(one.model, service.today())
    )
