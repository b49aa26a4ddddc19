"""The OpenAPI 3.1 document: FastAPI's account of the routes, with bodies described by their Structs."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from serving.answers import (
    Liveness,
    ManyScoresAnswer,
    ModelDetail,
    ModelList,
    ModelSummary,
    Readiness,
    ScoreAnswer,
)
from serving.oversight.answers import (
    ChallengeAnswer,
    ChallengeList,
    DecisionAnswer,
    DecisionList,
    NoticeAnswer,
)
from serving.oversight.requests import ChallengeRequest, DecisionRequest, StepRequest
from serving.precomputed.lookup import LookupRequest
from serving.routes import challenges, decisions, health, lookups, models, scores, what_ifs
from serving.scores.many_schemas import RowsRequest, SubjectsRequest
from serving.scores.schemas import SubjectRequest, ValuesRequest
from serving.scores.tables import TableRequest
from serving.web.problems import Problem, type_of
from serving.what_if.answers import WhatIfAnswer, WhatIfOfSubject, WhatIfOfValues

TITLE = "Hearth"
VERSION = "1"
ROUTERS: tuple[APIRouter, ...] = (
    scores.quick,  # these first: a request is compared with each route in turn
    lookups.router,
    health.router,
    models.router,
    scores.router,
    what_ifs.router,
    decisions.router,
    challenges.router,
)

_BODIES = (
    ChallengeAnswer,
    ChallengeList,
    ChallengeRequest,
    DecisionAnswer,
    DecisionList,
    DecisionRequest,
    Liveness,
    LookupRequest,
    ManyScoresAnswer,
    ModelDetail,
    ModelList,
    ModelSummary,
    NoticeAnswer,
    Problem,
    Readiness,
    RowsRequest,
    ScoreAnswer,
    StepRequest,
    SubjectRequest,
    SubjectsRequest,
    TableRequest,
    ValuesRequest,
    WhatIfAnswer,
    WhatIfOfSubject,
    WhatIfOfValues,
)
_REASON_ON_OVERRIDE = {
    "if": {"properties": {"outcome": {"const": "override"}}},
    "then": {
        "required": ["reason", "reason_code"],
        "properties": {"reason": {"pattern": r"\S"}, "reason_code": {"not": {"type": "null"}}},
    },
}
_EXAMPLES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "examples.json").read_text(encoding="utf-8")
)
"""An answer of each kind, as a made-up council gave it; problems have theirs by status."""

_CODES = {
    400: "not-json",
    401: "not-authenticated",
    403: "not-allowed",
    404: "not-found",
    409: "wrong-state",
    413: "too-large",
    415: "not-json",
    422: "unusable-input",
    429: "too-often",
    503: "records-unavailable",
}
_DESCRIPTION = (
    "Risk scores with reasons, made only by models that a board approved. Every answer is in the audit "
    "log before it leaves. Identifiers of people travel in bodies, never in addresses."
)


def routes_of() -> list[str]:
    """Every route of the API as `METHOD /path`: the published surface, one line a route."""
    return sorted(
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    )


def document(app: FastAPI) -> dict[str, Any]:
    """OpenAPI document of an app."""
    made = get_openapi(
        title=TITLE,
        version=VERSION,
        description=_DESCRIPTION,
        routes=app.routes,
        openapi_version="3.1.0",
    )
    _, schemas = msgspec.json.schema_components(_BODIES, ref_template="#/components/schemas/{name}")
    components = made.setdefault("components", {})
    schemas["DecisionRequest"] |= _REASON_ON_OVERRIDE
    components["schemas"] = dict(sorted(schemas.items()))
    for path in made["paths"].values():
        for operation in path.values():
            _drop_default_validation(operation["responses"])
            for status, answer in operation["responses"].items():
                _add_examples(int(status), answer)
    return made


def _add_examples(status: int, answer: dict[str, Any]) -> None:
    """Adds an example of each form that an answer may have."""
    for content in answer.get("content", {}).values():
        forms = content["schema"].get("oneOf", [content["schema"]])
        names = [form["$ref"].rpartition("/")[2] for form in forms]
        made = {name: _example(name, status) for name in names}
        content["examples"] = {name: {"value": value} for name, value in made.items() if value}


def _example(name: str, status: int) -> Any:
    if name == "Readiness" and status == HTTPStatus.SERVICE_UNAVAILABLE:
        return {"ready": False, "models": {}, "problems": ["the records database cannot be read"]}
    found = _EXAMPLES.get(name)
    if name != "Problem" or status == HTTPStatus.UNPROCESSABLE_ENTITY or found is None:
        return found
    code = _CODES.get(status, "not-allowed")
    told = {"type": type_of(code), "title": HTTPStatus(status).phrase, "status": status}
    return told | {"request_id": found["request_id"]}


def _drop_default_validation(responses: dict[str, Any]) -> None:
    """FastAPI's own 422, whose shape we never answer with."""
    content = responses.get("422", {}).get("content", {})
    if "application/json" in content:
        del responses["422"]
