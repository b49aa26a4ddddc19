"""`hearth serve` on the demonstration: a process of its own, asked over real HTTP."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import httpx2
import pytest

from features.store import FeatureStore
from hearth.risk_model import RiskModel

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

MODEL = "school_readiness"


@pytest.fixture(scope="module")
def served(demo, tmp_path_factory):
    """A copy of the demonstration and the address on which it is served."""
    copy = demo.copy(tmp_path_factory.mktemp("served") / "demo")
    with copy.serving() as address:
        yield copy, address


@pytest.fixture(scope="module")
def workspace(served):
    return served[0]


@pytest.fixture(scope="module")
def ask(served):
    """A client for each holder of a demonstration key."""
    copy, address = served
    clients = {}

    def client(holder="caseworker"):
        if holder not in clients:
            key = copy.demo_key(holder) if holder else "hearth_0123456789ab_wrong"
            headers = {"Authorization": f"Bearer {key}"}
            clients[holder] = httpx2.Client(base_url=address, headers=headers, timeout=60)
        return clients[holder]

    yield client
    for each in clients.values():
        each.close()


@pytest.fixture(scope="module")
def subject(workspace):
    """Somebody in the feature store."""
    store = FeatureStore(f"sqlite:///{workspace.state / 'feature_store.db'}")
    (found,) = store.entities(MODEL, limit=1)
    store._engine.dispose()
    return found


@pytest.fixture
def score(ask, subject):
    """A score of this test's own, as the caseworker got it: others' decisions change what is read again."""
    answer = ask().post(f"/v1/models/{MODEL}/scores", json={"subject": subject})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_the_service_is_ready_with_every_approved_model(ask):
    answer = ask().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json()["ready"]
    assert {"rental_standards", MODEL} <= answer.json()["models"].keys()


def test_a_score_comes_with_its_model_its_date_and_reasons_in_words(score):
    assert score["model"]["name"] == MODEL
    assert score["model"]["version"] == "1"
    assert 0 <= score["score"]["probability"] <= 1
    assert score["explanation"]["reasons"]
    assert all(reason["text"] for reason in score["explanation"]["reasons"])
    assert score["oversight"]["decision_required"]


def test_contributions_and_base_value_add_up_to_what_the_bundle_says(workspace, score, subject):
    model = RiskModel.load(workspace.state / "runs" / MODEL / "1" / "bundle")
    store = FeatureStore(f"sqlite:///{workspace.state / 'feature_store.db'}")
    matrix = model.encode(store.get(MODEL, subject).values)
    store._engine.dispose()
    explanation = score["explanation"]
    total = explanation["base_value"] + sum(r["contribution"] for r in explanation["reasons"])
    assert total == pytest.approx(float(model.raw_score(matrix)[0]), abs=1e-9)
    assert score["score"]["probability"] == pytest.approx(
        float(model.probability(model.raw_score(matrix))[0]), abs=1e-9
    )


def test_the_score_is_in_the_audit_log_and_the_subject_is_not(workspace, score, subject):
    with closing(sqlite3.connect(workspace.state / "records.db")) as records:
        details = records.execute("select details from audit_payloads").fetchall()
        (found,) = [row[0] for row in details if row[0] and score["score_id"] in row[0]][:1]
    assert score["model"]["sha256"] in found
    assert subject not in found
    assert workspace.answer("audit", "verify")["ok"]


def test_a_score_is_read_again_as_it_was_made(ask, score):
    answer = ask().get(f"/v1/scores/{score['score_id']}")
    assert answer.status_code == 200
    assert answer.json() == score


def test_a_decision_is_recorded(ask, workspace, score):
    entries = workspace.answer("audit", "verify")["rows"]
    body = {
        "outcome": "override",
        "reason_code": "already_helped",
        "reason": "The family already has a health visitor.",
    }
    answer = ask().post(f"/v1/scores/{score['score_id']}/decisions", json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["outcome"] == "override"
    assert workspace.answer("audit", "verify")["rows"] == entries + 1


def test_a_model_of_real_buildings_is_scored_from_given_values(ask):
    features = ask().get("/v1/models/rental_standards").json()["features"]
    values = {feature["name"]: None for feature in features}
    answer = ask().post("/v1/models/rental_standards/scores", json={"values": values})
    assert answer.status_code == 201, answer.text
    assert answer.json()["subject_ref"] is None


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"values": {"no_such_feature": 1}}, "no_such_feature"),
        ({"values": {"area_tenure": "a tent"}}, "area_tenure"),
        ({"subject": 3}, "subject"),
    ],
    ids=["unknown field", "unseen category", "wrong type"],
)
def test_what_a_request_has_wrong_is_named_without_repeating_it(ask, body, place):
    answer = ask().post(f"/v1/models/{MODEL}/scores", json=body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert place in answer.text or place == "no_such_feature"
    assert "a tent" not in answer.text


def test_an_unknown_subject_is_not_found(ask):
    answer = ask().post(f"/v1/models/{MODEL}/scores", json={"subject": "999999999999"})
    assert answer.status_code == 404
    assert "999999999999" not in answer.text


def test_a_model_nobody_approved_is_not_found(ask, workspace):
    if (workspace.state / "runs" / "unlicensed_hmo").exists():
        approved = ask().get("/health/ready").json()["models"]
        if "unlicensed_hmo" in approved:
            pytest.skip("this council's unlicensed_hmo met its bar")
    answer = ask().post("/v1/models/unlicensed_hmo/scores", json={"subject": "1"})
    assert answer.status_code == 404


def test_a_wrong_key_opens_nothing(ask, subject):
    answer = ask(None).post(f"/v1/models/{MODEL}/scores", json={"subject": subject})
    assert answer.status_code == 401


@pytest.mark.parametrize("holder", ["board member", "data scientist"])
def test_who_builds_or_approves_a_model_cannot_score_with_it(ask, subject, holder):
    answer = ask(holder).post(f"/v1/models/{MODEL}/scores", json={"subject": subject})
    assert answer.status_code == 403


def test_one_byte_altered_in_a_published_bundle_and_the_model_is_not_served(
    demo, tmp_path, patience
):
    copy = demo.copy(tmp_path / "demo")
    with copy.serving() as address, httpx2.Client(base_url=address, timeout=60) as client:
        assert client.get("/health/ready").status_code == 200
        _alter_published_byte(copy, MODEL)
        patience(lambda: client.get("/health/ready").status_code == 503, 20)
        assert MODEL in client.get("/health/ready").text
        headers = {"Authorization": f"Bearer {copy.demo_key('caseworker')}"}
        body = {"subject": "1"}
        answer = client.post(f"/v1/models/{MODEL}/scores", json=body, headers=headers)
        assert answer.status_code == 503
    assert "not as they were put to the board" in copy.refusal(
        "score", MODEL, _a_file(copy), "out.csv", key=copy.demo_key("caseworker")
    )


def _a_file(copy):
    file = copy.workspace / "one.csv"
    file.write_text("entity_id\n1\n")
    return file.name


def _alter_published_byte(copy, model):
    """Flip one bit in the middle of the model file that serving reads."""
    with closing(sqlite3.connect(copy.state / "records.db")) as records:
        query = "select rowid, content from bundles where model = ? and path = 'cohort.json'"
        row, content = records.execute(query, (model,)).fetchone()
        altered = bytearray(content)
        altered[len(altered) // 2] ^= 1
        records.execute("update bundles set content = ? where rowid = ?", (bytes(altered), row))
        records.commit()
