"""What the service counts of itself, and what it never says."""

import pytest
from fastapi.testclient import TestClient
from prometheus_client import CollectorRegistry, generate_latest

from serving.app import create_app
from serving.web.metrics import Metrics

SUBJECT = "100012345678"
SCORES = "/v1/models/school_readiness/scores"


@pytest.fixture
def registry():
    return CollectorRegistry()


@pytest.fixture
def client(council, registry):
    headers = {"Authorization": f"Bearer {council.keys['caseworker']}"}
    app = create_app(council.settings, council.clock, registry=registry)
    with TestClient(app, headers=headers) as opened:
        yield opened


def read(registry, name, **labels):
    return registry.get_sample_value(name, labels)


def test_a_request_is_counted_by_its_route_never_by_its_path(client, registry):
    client.get("/v1/models/no_such_model")
    labels = {"method": "GET", "route": "/v1/models/{model}", "status": "404"}
    assert read(registry, "hearth_request_seconds_count", **labels) == 1
    assert b"no_such_model" not in generate_latest(registry)


def test_a_score_is_counted_by_model_and_version_once_it_is_on_record(client, registry):
    client.post(SCORES, json={"subject": SUBJECT})
    client.post(SCORES, json={"subject": "nobody"})
    assert read(registry, "hearth_scores_total", model="school_readiness", version="3") == 1
    assert read(registry, "hearth_audit_commit_events_sum") >= 1
    assert read(registry, "hearth_audit_commit_seconds_count") >= 1


def test_what_is_refused_is_counted_by_its_code(client, registry):
    client.get("/v1/models", headers={"Authorization": "Bearer hearth_a_b"})
    client.get("/models")
    assert read(registry, "hearth_problems_total", code="not-authenticated") == 1
    assert read(registry, "hearth_problems_total", code="not-signed-in") == 1


def test_readiness_and_the_version_in_use_are_told(client, registry):
    client.get("/health/ready")
    assert read(registry, "hearth_ready") == 1
    assert read(registry, "hearth_model_served", model="school_readiness", version="3") == 1


def test_a_version_no_longer_in_use_is_told_as_such(registry):
    metrics = Metrics(registry)
    metrics.proved({"damp": "1"}, is_ready=True)
    metrics.proved({"damp": "2"}, is_ready=True)
    assert read(registry, "hearth_model_served", model="damp", version="1") == 0
    assert read(registry, "hearth_model_served", model="damp", version="2") == 1


def test_no_metric_holds_a_person_a_path_or_a_key(client, council, registry):
    client.post(SCORES, json={"subject": SUBJECT})
    client.get(f"/v1/scores/{SUBJECT}")
    client.request("BREW", f"/{SUBJECT}")
    text = generate_latest(registry).decode()
    assert SUBJECT not in text
    assert council.keys["caseworker"] not in text
    assert "BREW" not in text


def test_methods_that_clients_make_up_do_not_multiply_the_numbers(registry):
    metrics = Metrics(registry)
    for number in range(50):
        metrics.answered(f"MADE{number}", "", 405, 0.001)
    labels = {"method": "none", "route": "none", "status": "405"}
    assert read(registry, "hearth_request_seconds_count", **labels) == 50
