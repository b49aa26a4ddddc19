"""What the routes of the API share: answers as JSON, bodies, names, and how each is documented."""

import re
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import Request, Response
from starlette.types import Receive, Scope, Send

from hearth.errors import NotFoundError
from serving.web.problems import MEDIA_TYPE, ProblemError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_REF = "#/components/schemas/"
_PROBLEMS = {
    400: "The body is not JSON",
    401: "No working API key or token",
    403: "The key may not do this",
    404: "Nothing under that name",
    409: "Not in a state that allows this",
    413: "The body is too large",
    415: "The body is not declared as JSON",
    422: "Some of what was sent cannot be used",
    429: "More requests, or rows of batches, than the key or client may make in a minute; `Retry-After` says how many seconds to wait",
    503: "Not served now: the records database or the approved bundle cannot be used",
}
_WAIT = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer"}}}
_HEADERS: dict[int, dict[str, Any]] = {429: {"headers": _WAIT}}
_ALWAYS = (401, 403, 429, 503)


class QuickJson(Response):
    """Answer of JSON already encoded, with the two headers it needs made as they are sent."""

    def __init__(self, body: bytes, status: HTTPStatus) -> None:
        self.body, self.status_code = body, status

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Sends it."""
        headers = [
            (b"content-length", b"%d" % len(self.body)),
            (b"content-type", b"application/json"),
        ]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})
        await send({"type": "http.response.body", "body": self.body})


def json_response(content: Any, *, status: HTTPStatus = HTTPStatus.OK) -> Response:
    """Answer that holds a Struct as JSON."""
    return Response(msgspec.json.encode(content), status_code=status, media_type="application/json")


def created(made: Any) -> Response:
    """Answer (201) that holds a Struct as JSON; one that was given before goes out as it was."""
    return made if isinstance(made, Response) else json_response(made, status=HTTPStatus.CREATED)


async def json_body(request: Request) -> bytes:
    """Body of a request, as it came.

    Raises
    ------
    ProblemError
        415 if it is not declared as JSON.
    """
    declared = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if declared != "application/json":
        raise ProblemError(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "not-json",
            "Send the body as JSON, with Content-Type: application/json.",
        )
    return await request.body()


def model_name(model: str) -> str:
    """Name of a model in a path.

    Raises
    ------
    NotFoundError
        If no model can have it.
    """
    if not _NAME.fullmatch(model):
        raise NotFoundError("no model has such a name")
    return model


def answers(
    description: str, schema: type | tuple[type, ...], *also: int, status: int = 200
) -> dict[int | str, Any]:
    """Answers of an authenticated route, for the OpenAPI document.

    Parameters
    ----------
    description
        What the answer is, in a few words.
    schema
        Struct of its body, or several of which it is one.
    *also
        Statuses of problems beside 401, 403, 429 and 503.
    status
        Status of the answer.
    """
    return {
        status: {
            "description": description,
            "content": {"application/json": {"schema": _one_of(schema)}},
        },
        **problems(*sorted({*_ALWAYS, *also})),
    }


def problems(*statuses: int) -> dict[int | str, Any]:
    """Problems a route may answer with, for the OpenAPI document."""
    return {
        status: {
            "description": _PROBLEMS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}Problem"}}},
            **_HEADERS.get(status, {}),
        }
        for status in statuses
    }


def body_of(*schemas: type, examples: dict[str, Any]) -> dict[str, Any]:
    """Body of a route, for the OpenAPI document: one of some Structs, with examples."""
    named = {name: {"value": value} for name, value in examples.items()}
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _one_of(schemas), "examples": named}},
        }
    }


def _one_of(schemas: type | tuple[type, ...]) -> dict[str, Any]:
    """Reference to a Struct, or to one of several."""
    listed = schemas if isinstance(schemas, tuple) else (schemas,)
    refs: list[dict[str, Any]] = [{"$ref": f"{_REF}{schema.__name__}"} for schema in listed]
    return refs[0] if len(refs) == 1 else {"oneOf": refs}
