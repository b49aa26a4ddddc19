"""What callers may lean on: every route asks who they are, errors repeat nothing, the document is frozen."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from fastapi.routing import APIRoute
from jsonschema import Draft202012Validator

from serving.scores.served_models import ServedModels

OPEN = {"GET /health/live", "GET /health/ready", "GET /sign-in", "POST /sign-in"}
"""Routes that nobody signs in for: two that say nothing of anyone, and signing in itself."""

FROZEN = "tests/contract/openapi.json"
MARKS = ("MARK-SUBJECT-77", "MARK-VALUE-88", "MARK_FIELD_99", "MARK-REASON-66")
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "request_id"],
    "additionalProperties": False,
    "properties": {
        "type": {"type": "string", "pattern": "^urn:hearth:problem:[a-z-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string", "pattern": "^[0-9a-f-]{32,36}$"},
        "faults": {"type": "array"},
    },
}


def routes_of(routes):
    """Every route of an app, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods)
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)


def is_for_machines(path):
    return path.startswith(("/v1/", "/openapi.json"))


@pytest.fixture
def stranger(council):
    with council.client(None, follow_redirects=False, raise_server_exceptions=False) as opened:
        yield opened


@pytest.fixture
def client(council):
    with council.client(raise_server_exceptions=False) as opened:
        yield opened


def test_every_route_but_a_named_few_asks_who_is_there(council, stranger):
    found = {f"{method} {path}" for method, path in routes_of(council.app().routes)}
    assert found > OPEN
    assert len(found) > 15
    unguarded = []
    for name in sorted(found - OPEN):
        method, path = name.split()
        answer = stranger.request(method, re.sub(r"\{\w+\}", "school_readiness", path))
        expected = 401 if is_for_machines(path) else 303
        if answer.status_code != expected:
            unguarded.append((name, answer.status_code))
    assert unguarded == []


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer hearth_",
        "Bearer hearth_a_b",
        "Basic aGVhcnRo",
        "bearer é",
        "hearth_x_y",
    ],
)
def test_every_refused_key_reads_the_same(stranger, header):
    answer = stranger.get("/v1/models", headers={"Authorization": header.encode()})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert (
        answer.json()["detail"] == "Send a working API key or token as `Authorization: Bearer …`."
    )


def test_a_revoked_byte_of_a_key_is_refused(council, stranger):
    key = council.keys["caseworker"]
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    assert (
        stranger.get("/v1/models", headers={"Authorization": f"Bearer {wrong}"}).status_code == 401
    )


NAMES_NOBODY = {"model", "version", "path", "source", "score_id", "challenge_id", "next"}
"""All that addresses may hold: names of models, their versions and published files, names of sources, random identifiers of scores and challenges, and a page of ours."""


def test_no_address_has_a_place_for_anybodys_identifier(council):
    parameters = {
        name
        for method, path in routes_of(council.app().routes)
        for name in re.findall(r"\{(\w+)", path)
    }
    document = council.app().openapi()
    parameters |= {
        one["name"]
        for operations in document["paths"].values()
        for operation in operations.values()
        for one in operation.get("parameters", ())
        if one["in"] in {"path", "query", "cookie"}
    }
    assert {"model", "score_id"} <= parameters
    assert parameters - NAMES_NOBODY == set()


BAD_REQUESTS = [
    ("POST", "/v1/models/school_readiness/scores", b'{"subject": "MARK-SUBJECT-77"}', 404),
    ("POST", "/v1/models/school_readiness/scores", b'{"subject": "MARK-SUBJECT-77', 400),
    ("POST", "/v1/models/school_readiness/scores", b'{"values": {"tenure_tenure": "MARK-VALUE-88", "MARK_FIELD_99": 1}}', 422),
    ("POST", "/v1/models/school_readiness/scores", b'{"values": "MARK-VALUE-88"}', 422),
    ("POST", "/v1/models/school_readiness/scores", b'["MARK-VALUE-88"]', 422),
    ("POST", "/v1/models/school_readiness/scores", b'{"MARK_FIELD_99": "MARK-VALUE-88"}', 422),
    ("POST", "/v1/models/MARK_FIELD_99/scores", b'{"subject": "1"}', 404),
    ("POST", "/v1/models/mark_field_99/scores", b'{"subject": "MARK-SUBJECT-77"}', 404),
    ("GET", "/v1/models/MARK-SUBJECT-77", b"", 404),
    ("GET", "/v1/scores/MARK-SUBJECT-77", b"", 404),
    ("GET", "/v1/MARK-SUBJECT-77", b"", 404),
    ("PATCH", "/v1/models?x=MARK-VALUE-88", b"MARK-VALUE-88", 405),
    ("POST", "/v1/scores/MARK-SUBJECT-77/decisions", b'{"outcome": "MARK-REASON-66"}', 422),
    ("POST", "/v1/scores/MARK-SUBJECT-77/decisions", b'{"outcome": "override", "reason": "MARK-REASON-66", "x": 1}', 422),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "body", "status"), BAD_REQUESTS)
def test_an_error_is_a_problem_that_repeats_nothing(client, capfd, method, path, body, status):
    answer = client.request(
        method, path, content=body, headers={"Content-Type": "application/json"}
    )
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    Draft202012Validator(PROBLEM).validate(answer.json())
    logged = capfd.readouterr()
    for mark in MARKS:
        assert mark.lower() not in (answer.text + str(answer.headers)).lower()
        assert mark.lower() not in (logged.out + logged.err).lower()


def test_a_scored_subject_is_in_no_log_line(client, capfd, council):
    answer = client.post("/v1/models/school_readiness/scores", json={"subject": "100012345678"})
    assert answer.status_code == 201
    client.get(f"/v1/scores/{answer.json()['score_id']}")
    logged = capfd.readouterr()
    assert "answered" in logged.out + logged.err
    assert "100012345678" not in logged.out + logged.err
    assert council.keys["caseworker"] not in logged.out + logged.err


def test_a_failure_is_logged_by_kind_and_place_without_its_message(client, capfd, monkeypatch):
    def fail(*_):
        raise RuntimeError("MARK-VALUE-88")

    monkeypatch.setattr(ServedModels, "get", fail)
    answer = client.post("/v1/models/school_readiness/scores", json={"subject": "1"})
    logged = capfd.readouterr()
    assert answer.status_code == 500
    assert "RuntimeError" in logged.out + logged.err
    assert "MARK-VALUE-88" not in answer.text + logged.out + logged.err


def test_every_answer_carries_the_security_headers(stranger):
    for path in ("/health/live", "/v1/models", "/sign-in", "/nothing", "/static/favicon.svg"):
        headers = stranger.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["x-frame-options"] == "DENY", path
        assert "frame-ancestors 'none'" in headers["content-security-policy"], path
        assert "unsafe" not in headers["content-security-policy"], path
        assert re.fullmatch(r"[0-9a-f]{32}", headers["x-request-id"]), path


def test_answers_about_people_are_kept_in_no_cache(client):
    assert client.get("/v1/models").headers["cache-control"] == "no-store"
    assert client.get("/sign-in").headers["cache-control"] == "no-store"


def test_no_documentation_page_is_loaded_from_elsewhere(client, stranger):
    assert client.get("/redoc").status_code == 404
    assert stranger.get("/docs").headers["location"].startswith("/sign-in")


def test_every_operation_shows_what_is_sent_and_what_is_answered_as_its_schema_has_it(client):
    made = client.get("/openapi.json").json()
    bare, checked = [], 0
    for path, operations in made["paths"].items():
        for method, operation in operations.items():
            parts = {"body": operation.get("requestBody"), **operation["responses"]}
            for name, part in parts.items():
                for content in (part or {}).get("content", {}).values():
                    examples = content.get("examples", {}).values()
                    if not examples:
                        bare.append(f"{method} {path} {name}: add one to serving/web/examples.json")
                    schema = {**content["schema"], "components": made["components"]}
                    for example in examples:
                        Draft202012Validator(schema).validate(example["value"])
                        checked += 1
    assert bare == []
    assert checked > 100


def test_the_openapi_document_is_the_frozen_one(client, repository):
    """A change to the surface is a decision: write the new document with `made` and say why."""
    made = client.get("/openapi.json").json()
    frozen = repository / FROZEN
    assert made == json.loads(frozen.read_text()), f"if meant, write the new one to {FROZEN}"


def test_the_document_is_openapi_3_1_and_describes_no_error_we_never_give(client):
    made = client.get("/openapi.json").json()
    assert made["openapi"].startswith("3.1")
    operations = [one for path in made["paths"].values() for one in path.values()]
    for operation in operations:
        for status, response in operation["responses"].items():
            expected = {"application/problem+json"} if int(status) >= 400 else {"application/json"}
            if operation["tags"] != ["health"]:
                assert set(response["content"]) == expected


def test_an_answer_keeps_to_the_document(client):
    made = client.get("/openapi.json").json()
    answer = client.post("/v1/models/school_readiness/scores", json={"subject": "100012345678"})
    schema = {"$ref": "#/components/schemas/ScoreAnswer", "components": made["components"]}
    Draft202012Validator(schema).validate(answer.json())


HEAVY = ("mlflow", "pandas", "shap", "fairlearn", "sklearn", "duckdb", "pyarrow", "training")


def test_the_service_needs_none_of_the_heavy_libraries(council, repository):
    """An interpreter of its own in which they cannot be imported: LightGBM would take some if it could."""
    code = f"""
import sys
for name in {HEAVY!r}:
    sys.modules[name] = None
from datetime import UTC, datetime
from pathlib import Path
from fastapi.testclient import TestClient
import serving.files.batch, serving.commands
from hearth.settings import load_settings
from serving.app import create_app
settings = load_settings(Path({str(council.settings.workspace)!r}), api_key_pepper="a-pepper-for-tests-only")
with TestClient(create_app(settings, lambda: datetime(2026, 11, 2, tzinfo=UTC))) as client:
    headers = {{"Authorization": "Bearer {council.keys["caseworker"]}"}}
    path = "/v1/models/school_readiness/scores"
    print(client.post(path, json={{"subject": "100012345678"}}, headers=headers).status_code)
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=repository,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.split()[-1:] == ["201"], done.stderr
