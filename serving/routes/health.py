"""Whether the process lives, and whether it can answer; the only routes of the API open to everyone."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from serving.answers import Liveness
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
async def live() -> Response:
    """Says that the process answers."""
    return json_response(Liveness())


@router.get(
    "/ready",
    summary="The service can score with every approved model",
    responses={200: {"description": "Ready", **_REF}, 503: {"description": "Not ready", **_REF}},
)
async def ready(service: Annotated[Service, Depends(service_of)]) -> Response:
    """Says which models are served, and which have ended, by a proof of every bundle a few seconds old at most."""
    found = await service.readiness.latest()
    status = HTTPStatus.OK if found.ready else HTTPStatus.SERVICE_UNAVAILABLE
    return json_response(found, status=status)
