"""The app keeps to its OpenAPI document whatever is sent: schemathesis makes it up."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

DOCUMENT = json.loads((Path(__file__).parent / "openapi.json").read_text())
for _operations in DOCUMENT["paths"].values():
    for _operation in _operations.values():
        _operation.pop("security", None)  # each request is given a key below
OPERATIONS = [
    (method, path)
    for path, operations in sorted(DOCUMENT["paths"].items())
    for method in sorted(operations)
]
NAMES = [f"{method.upper()} {path}" for method, path in OPERATIONS]
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
ELSEWHERE = {
    "ignored_auth",  # test_service.py asks every route without a key, and with a wrong one
    "positive_data_acceptance",  # which features a model has, no document of all models can say
}

load_all_checks()
CHECKED = [CHECKS.get_one(name) for name in CHECKS.get_all_names() if name not in ELSEWHERE]
made_up: Counter[str] = Counter()


@pytest.fixture(scope="module")
def served(tmp_path_factory, session_council_maker):
    """A council in service, with a score and a challenge that identifiers can name."""
    council = session_council_maker(tmp_path_factory.mktemp("council"))
    with council.client(raise_server_exceptions=False) as client:
        path, body = "/v1/models/school_readiness/scores", {"subject": "100012345678"}
        score, contested = (client.post(path, json=body).json()["score_id"] for _ in range(2))
        challenge = client.post(
            f"/v1/scores/{contested}/challenges", json=an_example_for("challenges")
        )
        known = {"model": "school_readiness", "score_id": score, **challenge.json()}
        yield client, council, known
    council.engine.dispose()


def an_example_for(noun):
    """A body that the document shows for making one of these."""
    content = DOCUMENT["paths"][f"/v1/scores/{{score_id}}/{noun}"]["post"]["requestBody"]["content"]
    return next(iter(content["application/json"]["examples"].values()))["value"]


def role_for(client, council, method, path, known):
    """A role that may use the route, so that more than its refusal is met."""
    for role in ("caseworker", *council.keys):
        headers = {"Authorization": f"Bearer {council.keys[role]}"}
        answer = client.request(method, path.format_map(known), headers=headers, json={})
        if answer.status_code != 403:
            return headers
    raise AssertionError(path)


def keep_to_the_document(served, method, path, examples):
    client, council, known = served
    headers = role_for(client, council, method, path, known)
    schema = schemathesis.openapi.from_dict(DOCUMENT)
    operation = schema[path][method.upper()]
    names = [
        one["name"]
        for one in DOCUMENT["paths"][path][method].get("parameters", ())
        if one["in"] == "path"
    ]
    given_path = {name: known[name] for name in names if name in known}
    strategy = st.one_of(
        *[operation.as_strategy(mode, path_parameters=given_path) for mode in MODES],
        *([operation.as_strategy(MODES[0])] if names else []),
    )

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=examples < 100,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def ask(case):
        sent = case.as_transport_kwargs(base_url="http://testserver", headers=headers)
        del sent["cookies"]  # the API knows none, and the client would rather have them set once
        sent["content"] = sent.pop("data", None)
        made_up[f"{method} {path}"] += 1
        answer = client.request(**sent)
        case.validate_response(answer, checks=CHECKED)

    ask()


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=NAMES)
def test_an_operation_answers_as_documented_whatever_is_sent(served, method, path):
    keep_to_the_document(served, method, path, examples=8)


@pytest.mark.deep
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=NAMES)
def test_an_operation_answers_as_documented_whatever_is_sent_for_long(
    served, method, path, record_property
):
    keep_to_the_document(served, method, path, examples=1_000)
    record_property("requests", made_up[f"{method} {path}"])
