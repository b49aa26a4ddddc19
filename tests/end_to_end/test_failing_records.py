"""The records database down, its disk full, the clock set back: nothing leaves, and service comes back by itself."""

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select

from hearth.audit_log import verify
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries, scores

pytestmark = pytest.mark.slow

SCORES = "/v1/models/school_readiness/scores"
SUBJECT = {"subject": "100012345678"}


def count(engine, table):
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(table))


def assert_nothing_left(answer):
    assert answer.status_code == 503, answer.text
    assert answer.json()["type"] == "urn:hearth:problem:records-unavailable"
    assert "probability" not in answer.text


@pytest.mark.postgres
def test_while_the_database_is_down_no_score_leaves(council_maker, killable_postgres, tmp_path):
    council = council_maker(tmp_path, records_url=killable_postgres.url)
    with council.client(raise_server_exceptions=False) as client:
        assert client.post(SCORES, json=SUBJECT).status_code == 201
        killable_postgres.kill()
        for _ in range(2):
            assert_nothing_left(client.post(SCORES, json=SUBJECT))
        killable_postgres.start()
        assert client.post(SCORES, json=SUBJECT).status_code == 201
    assert count(council.engine, scores) == 2
    assert verify(council.engine).ok


@pytest.mark.postgres
def test_a_database_that_restarts_between_requests_costs_no_answer(
    council_maker, killable_postgres, tmp_path
):
    council = council_maker(tmp_path, records_url=killable_postgres.url)
    with council.client(raise_server_exceptions=False) as client:
        for _ in range(2):
            assert client.post(SCORES, json=SUBJECT).status_code == 201
            killable_postgres.kill()
            killable_postgres.start()
        assert client.post(SCORES, json=SUBJECT).status_code == 201


def count_made(council):
    with reading(council.engine) as connection:
        made = select(func.count()).where(audit_entries.c.action == "score.made")
        return connection.scalar(made)


@pytest.fixture
def room(council):
    """Pages that the records may fill, and a client of a service that knows no others."""
    allowed = [1_000_000]

    def limit(connection):
        connection.exec_driver_sql(f"PRAGMA max_page_count = {allowed[0]}")

    with council.client(raise_server_exceptions=False) as client:
        event.listen(client.app.state.service.engine, "begin", limit)
        yield allowed, client


def test_with_a_full_disk_no_score_leaves_until_there_is_room(council, room):
    allowed, client = room
    assert client.post(SCORES, json=SUBJECT).status_code == 201
    allowed[0] = 1  # SQLite takes the size it has
    answers = [client.post(SCORES, json=SUBJECT) for _ in range(40)]
    made = sum(answer.status_code == 201 for answer in answers)  # into pages half filled
    assert_nothing_left(answers[-1])
    assert count(council.engine, scores) == count_made(council) == 1 + made
    allowed[0] = 1_000_000
    assert client.post(SCORES, json=SUBJECT).status_code == 201
    assert verify(council.engine).ok


def test_a_clock_set_back_breaks_no_chain_and_dates_entries_as_it_stood(council):
    now = [council.clock()]
    council.clock = lambda: now[0]
    with council.client() as client:
        client.post(SCORES, json=SUBJECT)
        now[0] -= timedelta(days=1)
        assert client.post(SCORES, json=SUBJECT).status_code == 201
    with reading(council.engine) as connection:
        last = select(audit_entries.c.recorded_at).order_by(audit_entries.c.sequence.desc())
        after, before = connection.scalars(last.limit(2)).all()
    assert before - after == timedelta(days=1)
    assert verify(council.engine).ok
