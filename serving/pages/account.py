"""Signing in with an API key, and out."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from hearth.storage.engine import writing
from serving.pages.goals import START, own_page
from serving.pages.render import page
from serving.pages.session import COOKIE, end_session, new_session
from serving.pages.visitor import (
    Visitor,
    form_fields,
    identity_of_key,
    keep_session,
    signed_in,
    visit,
)
from serving.service import Service, service_of

router = APIRouter()


@router.get("/", dependencies=[Depends(signed_in())])
def start() -> Response:
    """The first page: the models in use."""
    return _to(START)


@router.get("/sign-in")
def show_sign_in(
    request: Request,
    visitor: Annotated[Visitor, Depends(visit)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """The sign-in form; its cookie holds the token that the form must carry."""
    goal = own_page(request.query_params.get("next", ""))
    if visitor.identity is not None:
        return _to(goal)
    answer = page(request, "sign_in.html", goal=goal, error="")
    return keep_session(request, answer, visitor.session, service.pepper)


@router.post("/sign-in")
def sign_in(
    request: Request,
    fields: Annotated[dict[str, str], Depends(form_fields)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Signs in whoever holds the key, in a session of their own."""
    goal, key = own_page(fields.get("goal", "")), fields.get("key", "")
    identity = identity_of_key(request, service, key)
    if identity is None:
        error = "Enter your API key" if not key else "This key is unknown or no longer works"
        return page(
            request, "sign_in.html", status=HTTPStatus.UNPROCESSABLE_ENTITY, goal=goal, error=error
        )
    session = new_session(identity.key_id, service.now())
    return keep_session(request, _to(goal), session, service.pepper)


@router.post("/sign-out", dependencies=[Depends(signed_in()), Depends(form_fields)])
def sign_out(
    visitor: Annotated[Visitor, Depends(visit)],
    service: Annotated[Service, Depends(service_of)],
) -> Response:
    """Signs out, in every worker: a copy of the cookie is worth nothing from now on."""
    with writing(service.engine) as connection:
        end_session(connection, visitor.session, service.now())
    answer = _to("/sign-in")
    answer.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return answer


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
