"""A write sent again is done once, whichever worker it comes to."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select, update

from hearth.storage.engine import reading, writing
from hearth.storage.schema import (
    approvals,
    audit_entries,
    challenges,
    decisions,
    idempotency_keys,
    scores,
)
from serving.web.idempotency import KEPT, purge_answers

SCORES = "/v1/models/school_readiness/scores"
SUBJECT = {"subject": "100012345678"}
OTHER = {"subject": "100087654321"}
KEY = {"Idempotency-Key": "3f0c4f8e-1111-4a4a-9f9f-000000000001"}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def town(request, tmp_path, council_maker):
    """A council on each database in turn."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    return council_maker(tmp_path, records_url=url)


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def count(council, table):
    with reading(council.engine) as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_the_same_request_is_done_once_and_answered_the_same(client, council):
    first, second = (client.post(SCORES, json=SUBJECT, headers=KEY) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.content == second.content
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert count(council, scores) == 1


def test_the_repetition_is_on_record(client, council):
    for _ in range(2):
        client.post(SCORES, json=SUBJECT, headers=KEY)
    with reading(council.engine) as connection:
        last = select(audit_entries.c.action).order_by(audit_entries.c.sequence.desc()).limit(2)
        assert connection.scalars(last).all() == ["answer.replayed", "score.made"]


def test_another_request_under_the_same_key_is_refused(client, council):
    client.post(SCORES, json=SUBJECT, headers=KEY)
    refused = client.post(SCORES, json=OTHER, headers=KEY)
    assert refused.status_code == 422
    assert refused.json()["type"].endswith("idempotency-key-reused")
    assert count(council, scores) == 1


def test_a_key_is_its_holders_own(council):
    with council.client() as one, council.client("caseworker_system") as other:
        answers = [each.post(SCORES, json=SUBJECT, headers=KEY) for each in (one, other)]
    assert answers[0].json()["score_id"] != answers[1].json()["score_id"]


@pytest.mark.parametrize("key", ["short", "a" * 129, "with a space", "naïve-naïve", ""])
def test_a_key_of_another_shape_is_refused_and_not_repeated(client, key):
    answer = client.post(SCORES, json=SUBJECT, headers={"Idempotency-Key": key.encode()})
    assert answer.status_code == 400
    assert not key or key not in answer.text


def test_nothing_of_key_or_subject_can_be_read_from_what_is_kept(client, council):
    client.post(SCORES, json=SUBJECT, headers=KEY)
    with reading(council.engine) as connection:
        kept = connection.execute(select(idempotency_keys)).mappings().one()
    assert KEY["Idempotency-Key"] not in str(kept)
    assert SUBJECT["subject"] not in str(kept)


def test_of_requests_at_once_on_two_workers_one_is_done(town):
    with town.client() as one, town.client() as other, ThreadPoolExecutor(8) as threads:
        asked = [(one, other)[place % 2] for place in range(16)]
        answers = list(threads.map(lambda to: to.post(SCORES, json=SUBJECT, headers=KEY), asked))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert count(town, scores) == count(town, idempotency_keys) == 1


def test_many_scores_are_made_once(client, council):
    body = {"subjects": [SUBJECT["subject"], OTHER["subject"]]}
    first, second = (client.post(SCORES, json=body, headers=KEY) for _ in range(2))
    assert first.content == second.content
    assert count(council, scores) == 2


def test_a_decision_and_a_challenge_are_recorded_once(town):
    with town.client() as client:
        score = client.post(SCORES, json=SUBJECT).json()["score_id"]
        for path, body in (
            (f"/v1/scores/{score}/decisions", {"outcome": "agree"}),
            (f"/v1/scores/{score}/challenges", {"ground": "other", "statement": "Ask again."}),
        ):
            answers = [
                client.post(path, json=body, headers=KEY | {"Idempotency-Key": path[-9:]})
                for _ in range(2)
            ]
            assert [answer.status_code for answer in answers] == [201, 201], answers[0].text
            assert answers[0].content == answers[1].content
    assert count(town, decisions) == count(town, challenges) == 1


def test_an_answer_is_kept_for_a_day(council):
    started = council.clock()
    with council.client() as client:
        first = client.post(SCORES, json=SUBJECT, headers=KEY).json()
        council.clock = lambda: started + KEPT - timedelta(seconds=1)
    with council.client() as client:
        assert client.post(SCORES, json=SUBJECT, headers=KEY).json() == first
        council.clock = lambda: started + KEPT
    with council.client() as client:
        assert client.post(SCORES, json=SUBJECT, headers=KEY).json() != first
    assert count(council, idempotency_keys) == 1


def test_old_answers_are_purged_and_young_ones_kept(town):
    now = town.clock()
    with writing(town.engine) as connection:
        for hours in (1, 23, 24, 48):
            values = {
                "key_id": "key1",
                "idempotency_key": str(hours),
                "request_sha256": "0" * 64,
                "status": 201,
                "answer": b"{}",
                "created_at": now - timedelta(hours=hours),
            }
            connection.execute(insert(idempotency_keys).values(**values))
    purge_answers(town.engine, now)
    with reading(town.engine) as connection:
        assert sorted(connection.scalars(select(idempotency_keys.c.idempotency_key))) == ["1", "23"]


def test_no_answer_is_repeated_of_a_model_withdrawn_since(client, council):
    client.post(SCORES, json=SUBJECT, headers=KEY)
    with writing(council.engine) as connection:
        connection.execute(update(approvals).values(state="withdrawn"))
    assert client.post(SCORES, json=SUBJECT, headers=KEY).status_code == 409
