"""How long a request may take, and how many at once."""

import time
from threading import Event, Thread

import pytest

from serving.web import limits

SCORES = "/v1/models/school_readiness/scores"


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def add_route(client, work):
    client.app.add_api_route("/v1/work", work)


def test_a_request_that_takes_too_long_is_told_to_come_again_though_its_thread_goes_on(
    client, monkeypatch
):
    monkeypatch.setattr(limits, "ANSWER_S", 0.2)
    go_on = Event()
    add_route(client, lambda: go_on.wait(10))
    Thread(target=lambda: (time.sleep(0.6), go_on.set())).start()
    answer = client.get("/v1/work")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert answer.json()["type"] == "urn:hearth:problem:too-slow"


def test_one_request_too_many_is_told_to_come_again(client, monkeypatch):
    monkeypatch.setattr(limits, "MOST_UNDER_WAY", 0)
    answer = client.get("/v1/models")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["type"] == "urn:hearth:problem:too-busy"
    assert client.get("/health/live").status_code == 200


def test_a_place_is_free_again_after_an_answer_and_after_a_failure(client, monkeypatch):
    monkeypatch.setattr(limits, "MOST_UNDER_WAY", 1)
    statuses = [
        client.get(path).status_code for path in ("/v1/models", "/v1/models/x", "/v1/models")
    ]
    assert statuses == [200, 404, 200]
