"""Which face an error wears: a problem for machines, a page for people."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from hearth.errors import HearthError
from serving.pages.errors import page_response
from serving.web.authentication import NotAuthenticatedError, note_failure
from serving.web.problems import ProblemError, from_error, problem_response
from serving.web.rate_limits import TooOftenError

FORESEEN = (ProblemError, HearthError, SQLAlchemyError, RequestValidationError, HTTPException)
"""What is answered where it arises; anything else is logged as a failure of ours."""

MACHINE_PATHS = ("/v1/", "/health/", "/openapi.json")


def answer_failure(request: Request, error: Exception) -> Response:
    """Answer to an error, counted by its code: a problem on the API's paths, a page elsewhere."""
    if isinstance(error, NotAuthenticatedError):
        try:
            note_failure(request, error.reason)
        except TooOftenError as too_often:
            error = too_often
    request.app.state.metrics.refused(from_error(error).code)
    if request.url.path.startswith(MACHINE_PATHS):
        return problem_response(request, error)
    return page_response(request, error)


def add_handlers(app: FastAPI) -> None:
    """Answers every foreseen error of an app; the middleware answers the rest."""

    async def answer(request: Request, error: Exception) -> Response:
        return answer_failure(request, error)

    for kind in FORESEEN:
        app.add_exception_handler(kind, answer)
