"""Error pages, in the look of the rest; someone not signed in is sent to sign in."""

from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request, Response
from starlette.responses import RedirectResponse

from hearth.errors import BundleError
from serving.pages.goals import START, own_page
from serving.pages.render import page
from serving.web.problems import from_error, request_id_of

_TITLES = {
    HTTPStatus.FORBIDDEN: "You may not see this",
    HTTPStatus.NOT_FOUND: "Page not found",
    HTTPStatus.METHOD_NOT_ALLOWED: "Page not found",
    HTTPStatus.TOO_MANY_REQUESTS: "Too many requests",
    HTTPStatus.SERVICE_UNAVAILABLE: "This is not available now",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Sorry, something went wrong",
}
_ADVICE = {
    HTTPStatus.NOT_FOUND: "Check the address, or start again from the list of models.",
}


_ALTERED = (
    "What was published is not as it was put to the board: a file is missing or was changed. Nothing "
    "of it is shown or used. Whoever runs Hearth can bring the records back from a backup, or have the "
    "version reported and submitted again."
)


def page_response(request: Request, error: Exception) -> Response:
    """Answer to an error as a page; nothing of what was sent is on it."""
    found = from_error(error)
    if found.status is HTTPStatus.UNAUTHORIZED:
        return to_sign_in(request)
    answer = page(
        request,
        "error.html",
        status=found.status,
        title=_TITLES.get(found.status, "This cannot be done"),
        detail=_ALTERED
        if isinstance(error, BundleError)
        else _ADVICE.get(found.status, found.detail),
        request_id=request_id_of(request),
    )
    if "Retry-After" in found.headers:
        answer.headers["Retry-After"] = found.headers["Retry-After"]
    return answer


def to_sign_in(request: Request) -> Response:
    """Way to the sign-in form and back to the page asked for."""
    asked = own_page(request.url.path) if request.method == "GET" else START
    return RedirectResponse(
        f"/sign-in?{urlencode({'next': asked})}", status_code=HTTPStatus.SEE_OTHER
    )
