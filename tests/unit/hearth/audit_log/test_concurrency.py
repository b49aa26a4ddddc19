"""Real processes on one database: the chain never forks, and nothing confirmed is lost."""

import multiprocessing
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hearth.audit_log import AuditLog, AuditWriter, Event, verify
from hearth.storage.database import open_records
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries

PROCESSES, EVENTS = 4, 40

# says each entry's number only once the log has confirmed it
CONFIRMING = """
import sys
from datetime import UTC, datetime
from hearth.audit_log import AuditWriter, Event
from hearth.storage.database import open_records

with AuditWriter(open_records(sys.argv[1]), lambda: datetime.now(UTC)) as writer:
    while True:
        promises = [writer.submit(Event("score.made", "killed")) for _ in range(5)]
        for promise in promises:
            print(promise.result().sequence, flush=True)
"""


def now():
    return datetime.now(UTC)


def append_one_by_one(url, actor):
    engine = open_records(url)
    for _ in range(EVENTS):
        AuditLog(engine, now).append("score.made", actor=actor)
    engine.dispose()


def append_in_groups(url, actor):
    engine = open_records(url)
    with AuditWriter(engine, now, most_at_once=7) as writer:
        promises = [writer.submit(Event("score.made", actor)) for _ in range(EVENTS)]
    assert all(promise.result() for promise in promises)
    engine.dispose()


@pytest.mark.parametrize("task", [append_one_by_one, append_in_groups])
def test_several_processes_write_one_chain(records, records_url, task):
    spawn = multiprocessing.get_context("spawn")
    started = [
        spawn.Process(target=task, args=(records_url, f"process{n}")) for n in range(PROCESSES)
    ]
    for process in started:
        process.start()
    for process in started:
        process.join()
    assert [process.exitcode for process in started] == [0] * PROCESSES
    found = verify(records)
    assert (found.ok, found.rows) == (True, PROCESSES * EVENTS)


def test_what_was_confirmed_outlives_a_killed_writer(records, records_url):
    with subprocess.Popen(
        [sys.executable, "-c", CONFIRMING, records_url], stdout=subprocess.PIPE, text=True
    ) as process:
        confirmed = [int(process.stdout.readline()) for _ in range(100)]
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().split("\n")[
            :-1
        ]  # what follows the last line end was cut short
    confirmed += [int(line) for line in rest]
    with reading(records) as connection:
        kept = set(connection.scalars(select(audit_entries.c.sequence)))
    assert set(confirmed) <= kept
    assert verify(records).ok


def test_the_next_writer_goes_on_where_a_killed_one_stopped(records, records_url, clock):
    with subprocess.Popen(
        [sys.executable, "-c", CONFIRMING, records_url], stdout=subprocess.PIPE, text=True
    ) as process:
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    entry = AuditLog(records, clock).append("score.made", actor="next")
    found = verify(records)
    assert (found.ok, found.head) == (True, entry)
