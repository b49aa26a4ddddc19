"""Several workers: one that dies is started again, and no request is lost where they are replaced or stopped."""

from __future__ import annotations

import os
import signal

import pytest

pytestmark = pytest.mark.slow


def statuses_of(asked):
    return {one.status for one in asked}


def test_a_worker_that_is_killed_is_started_again_and_its_numbers_stay(serve, patience, end_load):
    served = serve(2)
    asking = served.under_load(clients=2)
    victim = min(served.workers())
    os.kill(victim, signal.SIGKILL)
    patience(lambda: len(served.workers() - {victim}) == 2)
    asked = end_load(asking)
    assert statuses_of(asked) == {201}
    assert served.scores_counted() >= len(asked)


def test_workers_are_replaced_under_load_without_a_failed_request(serve, patience, end_load):
    served = serve(2)
    before = served.workers()
    asking = served.under_load()
    os.kill(served.process.pid, signal.SIGHUP)
    patience(lambda: len(served.workers()) == 2 and not served.workers() & before)
    asked = end_load(asking)
    assert statuses_of(asked) == {201}
    assert served.scores_counted() == len(asked)


@pytest.mark.parametrize(
    ("how", "workers"),
    [("SIGTERM", 1), pytest.param("SIGTERM", 2, marks=pytest.mark.deep), ("Ctrl-C", 2)],
)
def test_told_to_stop_under_load_it_finishes_what_it_took_and_ends_well(
    serve, end_load, how, workers
):
    served = serve(workers)
    asking = served.under_load()
    if how == "SIGTERM":
        served.process.terminate()
    else:
        os.killpg(served.process.pid, signal.SIGINT)  # a terminal tells every process of the group
    assert served.process.wait(timeout=30) == 0
    assert statuses_of(end_load(asking)) == {201}
    served.log.seek(0)
    assert "Traceback" not in served.log.read()
