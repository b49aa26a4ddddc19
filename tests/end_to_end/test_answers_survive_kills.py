"""Killed at any moment, a service or its database loses no score that anybody was answered."""

import json
import random
import time

import pytest
from sqlalchemy import select

from hearth.audit_log import verify
from hearth.storage.database import open_records
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries, audit_payloads, scores

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("kills")]

CALLERS = 16
LONGEST_S = 1.0
"""After the first answer, within which the moment of a kill is drawn."""


def assert_kept(url, answered):
    """Every score answered has its row and its entry, and the chain holds."""
    engine = open_records(url)
    try:
        assert answered
        with reading(engine) as connection:
            logged = connection.scalars(
                select(audit_payloads.c.details)
                .join(audit_entries, audit_entries.c.sequence == audit_payloads.c.sequence)
                .where(audit_entries.c.action == "score.made")
            ).all()
        assert set(answered) <= {json.loads(details)["score_id"] for details in logged}
        assert_on_record(engine, answered)
        found = verify(engine)
        assert found.ok, found.reason
    finally:
        engine.dispose()


def assert_on_record(engine, answered):
    """Every score answered has its row."""
    with reading(engine) as connection:
        for at in range(0, len(answered), 1_000):
            asked = set(answered[at : at + 1_000])
            query = select(scores.c.score_id).where(scores.c.score_id.in_(asked))
            assert set(connection.scalars(query)) == asked


def kill_services(council, serve_to_kill, callers, *, times, chance):
    """Kills a worker of two, lets the other go on, kills the whole service, and starts it anew."""
    answered = []
    for _ in range(times // 2):
        served = serve_to_kill(council, workers=2)
        with callers(served, CALLERS) as asking:
            asking.wait_for(1)
            time.sleep(chance.uniform(0, LONGEST_S))
            served.kill_a_worker(chance.choice)
            asking.wait_for(CALLERS + 1)
            time.sleep(chance.uniform(0, LONGEST_S))
            served.kill()
        answered += asking.answered
        assert_kept(council.settings.records_url, answered)


def kill_databases(council, postgres, serve_to_kill, callers, *, times, chance):
    """Kills PostgreSQL and starts it anew; the service answers again by itself.

    Each time the rows of what was answered since the last are looked for; the whole log, which grows
    all the while, is verified each tenth time, and at the end.
    """
    served, url, seen = serve_to_kill(council), council.settings.records_url, 0
    engine = open_records(url)
    with callers(served, CALLERS) as asking:
        for kill in range(times):
            asking.wait_for(CALLERS + 1)
            time.sleep(chance.uniform(0, LONGEST_S))
            postgres.kill()
            before = len(asking.answered)
            postgres.start()
            assert_on_record(engine, asking.answered[seen:before])
            seen = before
            if kill % 10 == 0:
                assert_kept(url, asking.answered[:before])
        asking.wait_for(CALLERS + 1)
    engine.dispose()
    assert 500 not in asking.statuses
    assert_kept(council.settings.records_url, asking.answered)


def test_killed_workers_and_services_lose_no_answer(council, serve_to_kill, callers):
    kill_services(council, serve_to_kill, callers, times=2, chance=random.Random())


@pytest.mark.postgres
def test_a_killed_database_loses_no_answer(
    council_maker, killable_postgres, tmp_path, serve_to_kill, callers
):
    council = council_maker(tmp_path, records_url=killable_postgres.url)
    kill_databases(
        council, killable_postgres, serve_to_kill, callers, times=2, chance=random.Random()
    )


@pytest.mark.deep
def test_a_hundred_kills_of_workers_and_services_lose_no_answer(council, serve_to_kill, callers):
    kill_services(council, serve_to_kill, callers, times=100, chance=random.Random())


@pytest.mark.deep
@pytest.mark.postgres
def test_a_hundred_kills_of_the_database_lose_no_answer(
    council_maker, killable_postgres, tmp_path, serve_to_kill, callers
):
    council = council_maker(tmp_path, records_url=killable_postgres.url)
    kill_databases(
        council, killable_postgres, serve_to_kill, callers, times=100, chance=random.Random()
    )
