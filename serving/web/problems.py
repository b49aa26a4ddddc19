"""Every error as an RFC 9457 problem: what is wrong and what to do, and nothing of what was sent."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from hearth.errors import (
    AreasOnlyError,
    AuditError,
    BundleError,
    Fault,
    NotFoundError,
    OutdatedError,
    PermissionDeniedError,
    StaleError,
    StateError,
    SunsetError,
    UnusableInputError,
    WithdrawnError,
)

MEDIA_TYPE = "application/problem+json"
_URN = "urn:hearth:problem:"


class FaultFound(msgspec.Struct, frozen=True):
    """One thing wrong in a request: which field of the model or of the form, and what to do."""

    place: str
    found: str
    remedy: str


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A problem of RFC 9457; `detail` and `faults` never repeat what was sent.

    References
    ----------
    RFC 9457, Problem Details for HTTP APIs.
    """

    type: str
    title: str
    status: int
    detail: str = ""
    request_id: str = ""
    faults: tuple[FaultFound, ...] = ()


class ProblemError(Exception):
    """Something a route refuses; becomes a problem with this status."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        faults: Iterable[Fault] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.faults = tuple(FaultFound(f.place, f.found, f.remedy) for f in faults)
        self.headers = headers or {}


_STATUS_OF: tuple[tuple[type[Exception], HTTPStatus, str], ...] = (
    (UnusableInputError, HTTPStatus.UNPROCESSABLE_ENTITY, "unusable-input"),
    (NotFoundError, HTTPStatus.NOT_FOUND, "not-found"),
    (AreasOnlyError, HTTPStatus.FORBIDDEN, "released-for-areas-only"),
    (PermissionDeniedError, HTTPStatus.FORBIDDEN, "not-allowed"),
    (WithdrawnError, HTTPStatus.CONFLICT, "model-withdrawn"),
    (SunsetError, HTTPStatus.CONFLICT, "model-ended"),
    (StaleError, HTTPStatus.PRECONDITION_FAILED, "changed-since"),
    (StateError, HTTPStatus.CONFLICT, "wrong-state"),
    (BundleError, HTTPStatus.SERVICE_UNAVAILABLE, "model-not-served"),
    (AuditError, HTTPStatus.SERVICE_UNAVAILABLE, "records-unavailable"),
    (OutdatedError, HTTPStatus.SERVICE_UNAVAILABLE, "changed-meanwhile"),
    (SQLAlchemyError, HTTPStatus.SERVICE_UNAVAILABLE, "records-unavailable"),
)
_DETAIL_OF = {
    "unusable-input": "Some of what was sent cannot be used; every fault is listed.",
    "not-found": "There is nothing here under that name, or you may not see it.",
    "not-allowed": "Your key does not hold the permission this needs.",
    "released-for-areas-only": "This model's results are released for areas; it gives none for a household, home or person.",
    "model-ended": "The day from which this model is no longer used has come. Ask its owner for one approved anew.",
    "changed-since": "Somebody did something since this was read; read it again, then decide.",
    "wrong-state": "This cannot be done in the state things are in.",
    "model-not-served": "The approved bundle of this model is incomplete or was altered, so it is not served.",
    "changed-meanwhile": "Keys, models or restrictions changed while this was answered; send it again.",
    "records-unavailable": "The records database cannot be used, and nothing leaves without its entry there.",
}
_WITHDRAWN = {
    "withdrawn": "This model was withdrawn. Nothing may be scored with it.",
    "expired": "The approval of this model has expired. Nothing may be scored with it.",
    "voided": "The approval of this model is void: what was approved has changed. Nothing may be scored with it.",
}


def from_error(error: Exception) -> ProblemError:
    """Problem that stands for an error; anything unforeseen is a 500 that says nothing of its cause."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, RequestValidationError):
        return ProblemError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unusable-input",
            _DETAIL_OF["unusable-input"],
            faults=_faults_of(error),
        )
    if isinstance(error, HTTPException):
        status = HTTPStatus(error.status_code)
        return ProblemError(
            status, status.phrase.lower().replace(" ", "-"), "", headers=dict(error.headers or {})
        )
    for kind, status, code in _STATUS_OF:
        if isinstance(error, kind):
            detail = (
                _WITHDRAWN[error.state] if isinstance(error, WithdrawnError) else _DETAIL_OF[code]
            )
            return ProblemError(status, code, detail, faults=getattr(error, "faults", ()))
    return ProblemError(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal",
        "Something failed here. Quote the request id to whoever runs this service.",
    )


def _faults_of(error: RequestValidationError) -> list[Fault]:
    """Where a declared parameter is wrong, by its place alone."""
    places = {
        str(e["loc"][-1]) for e in error.errors() if e["loc"][0] in {"path", "query", "header"}
    }
    return [
        Fault("request", place, "is missing or of the wrong type", "see /openapi.json")
        for place in places
    ]


def type_of(code: str) -> str:
    """Type of a problem, from its code."""
    return _URN + code


def as_problem(error: Exception, request_id: str) -> Problem:
    """Body of the answer to an error."""
    found = from_error(error)
    return Problem(
        type=type_of(found.code),
        title=found.status.phrase,
        status=found.status,
        detail=found.detail,
        request_id=request_id,
        faults=found.faults,
    )


def problem_response(request: Request, error: Exception) -> Response:
    """Answer to an error as `application/problem+json`."""
    found = from_error(error)
    body = msgspec.json.encode(as_problem(error, request_id_of(request)))
    return Response(body, status_code=found.status, media_type=MEDIA_TYPE, headers=found.headers)


def request_id_of(request: Request) -> str:
    """Identifier of the request, given to the client and written in the logs."""
    state: dict[str, Any] = request.scope.get("state", {})
    return str(state.get("request_id", ""))
