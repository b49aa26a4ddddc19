"""What a request for a score may not be, as the service answers it: never a 500, never an echo."""

import json

import pytest

SCORES = "/v1/models/school_readiness/scores"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def send(council):
    with council.client() as client:

        def post(content):
            return client.post(SCORES, content=content, headers=JSON)

        post.values = client.app.state.service.store.get("school_readiness", "100012345678").values
        yield post


def values_with(send, **changes):
    return json.dumps({"values": {**send.values, **changes}})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000, 400),
        (b'{"values": ' * 50_000 + b"1" + b"}" * 50_000, 400),
        (b'{"subject": "1"', 400),
        (b'{"subject": NaN}', 400),
        (b'{"subject": "\xff"}', 400),
        (b'{"subject": {"subject": "1"}}', 422),
        (b'{"subject": "1", "values": {}}', 422),
        (b'{"reasons": false}', 422),
        (b'{"subject": "1", "reasons": 0}', 422),
        (b"null", 422),
    ],
)
def test_what_is_no_request_for_a_score_is_refused(send, body, status):
    answer = send(body)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_not_finite_is_refused(send, number):
    body = values_with(send, moves_count_24m=7).replace(": 7", f": {number}")
    assert send(body).status_code in {400, 422}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("moves_count_24m", "two"),
        ("moves_count_24m", True),
        ("moves_count_24m", [1]),
        ("tenure_tenure", "castle"),
        ("tenure_tenure", 1),
        ("shoe_size", 1),
    ],
)
def test_a_value_that_the_model_cannot_read_is_a_fault(send, field, value):
    answer = send(values_with(send, **{field: value}))
    assert answer.status_code == 422
    assert len(answer.json()["faults"]) == 1


def test_every_fault_of_a_request_is_told_at_once(send):
    wrong = values_with(send, moves_count_24m="two", tenure_tenure="castle", shoe_size=44)
    answer = send(wrong.replace('{"values"', '{"reasons": 1, "values"'))
    assert {fault["place"] for fault in answer.json()["faults"]} == {
        "moves_count_24m",
        "reasons",
        "tenure_tenure",
        "values",
    }
