"""Whether the process lives, and whether it can answer; the only routes of the API open to everyone."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.exc import SQLAlchemyError

from serving.answers import Liveness, Readiness
from serving.routes.common import json_response
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
    """Reads and hashes every approved bundle anew, and says which models are served."""
    try:
        service.held.prove()
    except SQLAlchemyError:
        service.metrics.proved({}, is_ready=False)
        found = Readiness(False, {}, ("the records database cannot be read",))
        return json_response(found, status=HTTPStatus.SERVICE_UNAVAILABLE)
    models, refused = service.models.versions, service.models.refused
    is_ready = bool(models) and not refused
    service.metrics.proved(models, is_ready=is_ready)
    if not is_ready:
        reasons = tuple(str(error) for error in refused.values()) or (
            "no model is approved; submit one with `hearth submit`, and let another person approve it",
        )
        found = Readiness(False, models, reasons)
        return json_response(found, status=HTTPStatus.SERVICE_UNAVAILABLE)
    return json_response(Readiness(True, models))
