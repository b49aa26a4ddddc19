"""The API's own documentation, as a page of ours: drawn from the OpenAPI document, with nothing from elsewhere."""

import json
from typing import Any

from fastapi import APIRouter, Depends, Request, Response

from serving.pages.render import page
from serving.pages.visitor import signed_in

router = APIRouter()


@router.get("/docs", dependencies=[Depends(signed_in())])
def show_documentation(request: Request) -> Response:
    """Every operation with what it takes, what it answers and an example of both."""
    document = request.app.openapi()
    operations = [
        _shown(method, path, operation)
        for path, found in document["paths"].items()
        for method, operation in found.items()
    ]
    tags = dict.fromkeys(operation["tag"] for operation in operations)
    return page(
        request,
        "api.html",
        about=document["info"]["description"],
        tags={tag: [one for one in operations if one["tag"] == tag] for tag in tags},
    )


def _shown(method: str, path: str, operation: dict[str, Any]) -> dict[str, Any]:
    """What the page says of one operation."""
    sent = _content(operation.get("requestBody", {})).get("examples", {})
    answers = [
        {"status": status, "description": answer["description"], "examples": _examples(answer)}
        for status, answer in operation["responses"].items()
    ]
    return {
        "name": f"{method.upper()} {path}",
        "tag": operation["tags"][0],
        "summary": operation["summary"],
        "description": operation.get("description", ""),
        "sent": {name: _as_text(example["value"]) for name, example in sent.items()},
        "answers": answers,
        "shown": [one for one in answers if one["examples"] and one["status"] < "400"],
    }


def _examples(answer: dict[str, Any]) -> list[str]:
    return [_as_text(each["value"]) for each in _content(answer).get("examples", {}).values()]


def _content(part: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(iter(part.get("content", {}).values()), {})
    return found


def _as_text(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
