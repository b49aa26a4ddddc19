import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

import msgspec
import pytest
from sqlalchemy import event, func, select, text

from hearth.audit_log import AuditWriter, Event, Row, verify
from hearth.digest import canonical_json
from hearth.errors import AuditError
from hearth.storage.engine import open_engine, reading
from hearth.storage.schema import audit_payloads, decisions, scores

MADE = Event("score.made", "key1", "pseudonym1", {"probability": 0.25})


@pytest.fixture
def writer(records, clock):
    with AuditWriter(records, clock) as writer:
        yield writer


def score(score_id, **others):
    values = {
        "score_id": score_id,
        "model": "unlicensed_hmo",
        "version": "1",
        "subject_ref": "pseudonym1",
        "as_of": date(2026, 11, 1),
        "payload": {"probability": 0.25},
        "created_at": datetime(2026, 11, 2, tzinfo=UTC),
        "key_id": "key1",
    }
    return Row(scores, values | others)


def decision(decision_id, score_id):
    values = {
        "decision_id": decision_id,
        "score_id": score_id,
        "outcome": "agree",
        "decided_at": datetime(2026, 11, 2, tzinfo=UTC),
        "key_id": "key1",
        "role": "caseworker",
    }
    return Row(decisions, values)


def rows_of(engine, table):
    with reading(engine) as connection:
        return connection.scalar(select(func.count()).select_from(table))


def test_a_promise_is_kept_only_after_the_commit(records, writer):
    seen = []
    event.listen(records, "commit", lambda _: seen.append(promise.done()))
    promise = writer.submit(MADE, [score("a")])
    assert promise.result(30).sequence == 1
    assert seen[-1] is False
    assert rows_of(records, scores) == 1


def test_events_that_wait_together_are_committed_together(records, writer):
    gate, commits = threading.Event(), []
    event.listen(records, "begin", lambda _: gate.wait(30))
    event.listen(records, "commit", commits.append)
    promises = [writer.submit(MADE) for _ in range(100)]
    gate.set()
    assert [promise.result(30).sequence for promise in promises] == list(range(1, 101))
    assert len(commits) <= 2  # the first may have gone alone


def test_an_event_whose_row_is_refused_fails_alone(records, clock):
    gate = threading.Event()
    event.listen(records, "begin", lambda _: gate.wait(30))
    with AuditWriter(records, clock) as writer:
        promises = [writer.submit(MADE, [score(score_id)]) for score_id in ("a", "b", "b", "c")]
        gate.set()
    assert [type(promise.exception()) for promise in promises] == [
        type(None),
        type(None),
        AuditError,
        type(None),
    ]
    assert (rows_of(records, scores), rows_of(records, audit_payloads)) == (3, 3)
    assert verify(records).ok


def test_a_refusal_repeats_no_value(writer):
    writer.submit(MADE, [score("marked")]).result(30)
    error = writer.submit(MADE, [score("marked", subject_ref="marked")]).exception(30)
    assert "IntegrityError" in str(error)
    assert "marked" not in str(error)


def test_a_decision_may_come_with_its_score_in_one_event(records, writer):
    writer.submit(MADE, [decision("d", "a"), score("a")]).result(30)
    assert rows_of(records, decisions) == 1


def test_a_cancelled_promise_leaves_nothing(records, clock):
    gate = threading.Event()
    event.listen(records, "begin", lambda _: gate.wait(30))
    with AuditWriter(records, clock) as writer:
        writer.submit(MADE)
        cancelled = [writer.submit(MADE, [score(str(n))]).cancel() for n in range(20)]
        gate.set()
    kept = cancelled.count(False)
    assert rows_of(records, scores) == kept < 20


def test_many_threads_get_one_unforked_chain(records, writer):
    with ThreadPoolExecutor(16) as threads:
        entries = list(threads.map(lambda _: writer.submit(MADE).result(30), range(200)))
    assert sorted(entry.sequence for entry in entries) == list(range(1, 201))
    assert verify(records).ok


def test_closing_writes_what_waits(records, clock):
    with AuditWriter(records, clock) as writer:
        promises = [writer.submit(MADE) for _ in range(50)]
    assert all(promise.done() for promise in promises)
    assert verify(records).rows == 50


def test_a_closed_writer_takes_nothing(records, clock):
    writer = AuditWriter(records, clock)
    writer.close()
    writer.close()
    with pytest.raises(AuditError, match="closed"):
        writer.submit(MADE)


def test_an_overwhelmed_writer_says_so(records, clock):
    gate = threading.Event()
    event.listen(records, "begin", lambda _: gate.wait(30))
    with AuditWriter(records, clock, most_at_once=1, most_waiting=2) as writer:

        def submit_many():
            for _ in range(10):
                writer.submit(MADE)

        try:
            with pytest.raises(AuditError, match="wait to be written"):
                submit_many()
        finally:
            gate.set()


def test_no_caller_waits_for_ever_when_the_database_is_gone(tmp_path, clock):
    engine = open_engine(f"sqlite:///{tmp_path / 'records.db'}")  # no tables
    with AuditWriter(engine, clock) as writer:
        promises = [writer.submit(MADE) for _ in range(5)]
    assert all("OperationalError" in str(promise.exception()) for promise in promises)
    engine.dispose()


def test_a_clock_that_fails_is_no_silence(records):
    def broken():
        raise LookupError("marked")

    with AuditWriter(records, broken) as writer:
        error = writer.submit(MADE).exception(30)
    assert isinstance(error, AuditError)
    assert "marked" not in str(error)


def test_who_waits_on_an_event_loop_is_told_after_the_commit(records, writer, run_async):
    entry = run_async(writer.record(MADE, [score("a")]))
    assert entry.sequence == 1
    assert rows_of(records, scores) == 1


def test_an_event_loop_is_woken_once_for_each_transaction(records, clock, monkeypatch, run_async):
    wakes = []

    async def record_many():
        loop = asyncio.get_running_loop()
        wake = loop.call_soon_threadsafe
        monkeypatch.setattr(
            loop, "call_soon_threadsafe", lambda *a: (wakes.append(None), wake(*a))[1]
        )
        return await asyncio.gather(*(writer.record(MADE) for _ in range(100)))

    with AuditWriter(records, clock) as writer:
        entries = run_async(record_many())
    assert [entry.sequence for entry in entries] == list(range(1, 101))
    assert len(wakes) < 50


def test_a_task_that_stopped_waiting_harms_nobody(records, clock, run_async):
    gate = threading.Event()
    event.listen(records, "begin", lambda _: gate.wait(30))

    async def give_up():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(writer.record(MADE), 0.05)
        gate.set()
        return await writer.record(MADE)

    with AuditWriter(records, clock) as writer:
        assert run_async(give_up())
    assert verify(records).ok


@pytest.mark.parametrize("waits", [True, False])
def test_json_given_ready_is_kept_as_it_stands(records, writer, waits):
    payload = {"b": [1.5, None], "a": "ü"}
    ready = msgspec.Raw(canonical_json(payload)) if waits else payload
    writer.submit(MADE, [score("a", payload=ready)]).result(30)
    with reading(records) as connection:
        kept = connection.execute(select(scores)).mappings().one()
    assert dict(kept) == {**score("a").values, "payload": payload, "erased_by": None}


def test_a_lost_connection_costs_no_entry(records, writer):
    writer.submit(MADE).result(30)
    if records.dialect.name == "postgresql":
        with records.connect() as other:
            other.execute(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
            )
    else:
        writer._connection.invalidate()
    assert writer.submit(MADE).result(30).sequence == 2


def test_the_writers_own_connection_waits_for_the_disk(records, writer):
    writer.submit(MADE).result(30)
    sqlite = records.dialect.name == "sqlite"
    asked = "PRAGMA synchronous" if sqlite else "SHOW synchronous_commit"
    assert writer._connection.exec_driver_sql(asked).scalar() == (2 if sqlite else "on")


def test_postgresql_compresses_what_scores_say_the_quick_way(records):
    if records.dialect.name == "postgresql":
        with reading(records) as connection:
            assert connection.scalar(text("SHOW default_toast_compression")) == "lz4"


def test_a_caller_alone_is_never_made_to_wait_for_others(writer, monkeypatch):
    gathered = []
    monkeypatch.setattr(AuditWriter, "_gather", lambda _, about: gathered.append(about))
    for _ in range(10):
        writer.submit(MADE).result(30)
    assert gathered == []


def test_where_many_call_at_a_time_few_transactions_hold_them(records, clock, run_async):
    groups = []

    async def caller(writer):
        for _ in range(5):
            await writer.record(MADE)

    async def all_callers(writer):
        await asyncio.gather(*(caller(writer) for _ in range(40)))

    with AuditWriter(records, clock, on_commit=lambda many, *_: groups.append(many)) as writer:
        run_async(all_callers(writer))
    assert sum(groups) == 200
    assert len(groups) < 50
    assert verify(records).ok
