"""What a worker holds in memory is never older than the answer it leads to."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import event, func, select, update

from hearth.errors import OutdatedError
from hearth.storage.engine import reading, writing
from hearth.storage.schema import api_keys, approvals, generations, scores
from serving.held import HeldRecords, on_what_is_held

SCORES = "/v1/models/school_readiness/scores"
SUBJECT = {"subject": "100012345678"}
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def client(council):
    with council.client() as opened:
        yield opened


def change(council, statement):
    with writing(council.engine) as connection:
        connection.execute(statement)


def scores_of(council):
    with reading(council.engine) as connection:
        return connection.scalar(select(func.count()).select_from(scores))


def test_a_known_key_and_model_are_asked_of_no_database(client):
    client.post(SCORES, json=SUBJECT)
    statements = []
    engine = client.app.state.service.engine
    event.listen(engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    assert client.post(SCORES, json=SUBJECT).status_code == 201
    assert not [said for said in statements if "api_keys" in said or "bundles" in said]


def test_a_revoked_key_makes_no_score_from_the_next_request_on(client, council):
    assert client.post(SCORES, json=SUBJECT).status_code == 201
    change(council, update(api_keys).values(revoked_at=NOW))
    assert client.post(SCORES, json=SUBJECT).status_code == 401
    assert scores_of(council) == 1


def test_a_key_held_in_memory_expires_by_the_clock(council):
    times = [NOW]
    council.clock = lambda: times[-1]
    change(council, update(api_keys).values(expires_at=NOW.replace(hour=10)))
    with council.client() as client:
        assert client.post(SCORES, json=SUBJECT).status_code == 201
        times.append(NOW.replace(hour=10))
        assert client.post(SCORES, json=SUBJECT).status_code == 401


def test_what_is_held_holds_no_secret_of_a_key(client, council):
    held = client.app.state.service.held.current
    assert held.holders.keys
    assert council.keys["caseworker"].rpartition("_")[2] not in repr(held)


def test_a_model_withdrawn_between_reading_and_recording_gives_no_score(client, council):
    """Whatever a worker holds: here it is kept from ever noticing by itself."""
    assert client.post(SCORES, json=SUBJECT).status_code == 201
    record = client.app.state.service.writer.record

    async def withdraw_first(*order, **options):
        change(council, update(approvals).values(state="withdrawn"))
        return await record(*order, **options)

    client.app.state.service.writer.record = withdraw_first
    assert client.post(SCORES, json=SUBJECT).status_code == 409
    assert scores_of(council) == 1


def test_a_request_under_which_everything_changes_thrice_is_answered_503(client, council):
    record = client.app.state.service.writer.record

    async def change_first(*order, **options):
        change(council, update(generations).values(number=generations.c.number + 1))
        return await record(*order, **options)

    client.app.state.service.writer.record = change_first
    answer = client.post(SCORES, json=SUBJECT)
    assert (answer.status_code, scores_of(council)) == (503, 0)
    assert answer.json()["type"].endswith("changed-meanwhile")


def test_a_model_is_loaded_once_and_kept_through_other_changes(council):
    held = HeldRecords(council.engine)
    before = held.current
    change(council, update(api_keys).values(name="Another"))
    assert held.refresh()
    assert held.current.generation > before.generation
    assert held.current.models.get("school_readiness") is before.models.get("school_readiness")


def test_a_new_version_is_held_within_seconds_though_nobody_asks(council, publisher, model_maker):
    with HeldRecords(council.engine) as held:
        publisher(council.engine, model_maker(seed=2, rows=300), version="4")
        held._ended.wait(1.5)
        assert held.current.models.get("school_readiness").approval.version == "4"


def test_a_step_that_stays_outdated_is_given_up(council, run_async):
    tried = []

    async def step(held):
        tried.append(held.generation)
        raise OutdatedError("too late")

    with pytest.raises(OutdatedError):
        run_async(on_what_is_held(HeldRecords(council.engine), step))
    assert len(tried) == 3
