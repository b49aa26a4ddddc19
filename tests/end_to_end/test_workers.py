"""Several workers: one that dies is started again, and no request is lost where they are replaced or stopped."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request

import pytest

pytestmark = pytest.mark.slow

SERVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from hearth.settings import load_settings
from serving.commands import serve

def tell_time():
    return datetime(2026, 11, 2, 9, tzinfo=UTC)

if __name__ == "__main__":
    _, folder, workers, metrics_port = sys.argv
    settings = load_settings(
        Path(folder), api_key_pepper="a-pepper-for-tests-only", metrics_port=int(metrics_port)
    )
    say = lambda url: print(url, flush=True)
    serve(settings, tell_time, port=0, workers=int(workers), announce=say)
"""
SUBJECT = json.dumps({"subject": "100012345678"})
SCORES = "/v1/models/school_readiness/scores"


class Served:
    """A service in processes of its own group, as a shell starts it."""

    def __init__(self, council, repository, workers):
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.metrics_port = free.getsockname()[1]
        script = council.settings.workspace / "serve.py"  # spawn needs a file to import
        script.write_text(SERVE)
        command = [sys.executable, str(script), str(council.settings.workspace), str(workers)]
        self.log = (council.settings.workspace / "log").open("w+")
        self.process = subprocess.Popen(
            [*command, str(self.metrics_port)],
            env={**os.environ, "PYTHONPATH": str(repository)},
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
            start_new_session=True,
        )
        self.address = self.process.stdout.readline().strip().removeprefix("http://")
        self.headers = {
            "Authorization": f"Bearer {council.keys['caseworker']}",
            "Content-Type": "application/json",
        }

    def workers(self):
        """Process ids of the workers."""
        command = ["pgrep", "-P", str(self.process.pid), "-f", "spawn_main"]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout
        return set(map(int, found.split()))

    def metrics(self):
        """What Prometheus would read."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}/metrics") as page:
            return page.read().decode()

    def scores_counted(self):
        """Scores on record, as the metrics of all workers have it."""
        lines = [
            line for line in self.metrics().splitlines() if line.startswith("hearth_scores_total")
        ]
        return int(sum(float(line.split()[-1]) for line in lines))

    def end(self):
        """Ends what is left of it."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Client(threading.Thread):
    """Asks for scores until told to stop; goes on with a fresh connection where one was closed unanswered."""

    def __init__(self, served):
        super().__init__(daemon=True)
        self.served, self.statuses, self.broken, self.stopping = served, [], 0, threading.Event()

    def run(self):
        connection = http.client.HTTPConnection(self.served.address, timeout=60)
        while not self.stopping.is_set():
            try:
                connection.request("POST", SCORES, SUBJECT, self.served.headers)
                answer = connection.getresponse()
            except (http.client.RemoteDisconnected, ConnectionError):
                connection.close()
                if self.served.process.poll() is not None:
                    return
                continue
            try:
                answer.read()
            except http.client.IncompleteRead:
                self.broken += 1
            self.statuses.append(answer.status)
            time.sleep(0.01)  # leaves the machine some time for the workers that start
        connection.close()


@pytest.fixture
def serve(council, repository):
    """Starts a service and waits until all its workers answer."""
    started = []

    def start(workers):
        served = Served(council, repository, workers)
        started.append(served)
        with urllib.request.urlopen(f"http://{served.address}/health/ready", timeout=60) as answer:
            assert answer.status == 200
        return served

    yield start
    for served in started:
        served.end()


def wait_until(is_so, seconds=180):
    ends = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < ends
        time.sleep(0.1)


def under_load(served, clients=4):
    asking = [Client(served) for _ in range(clients)]
    for client in asking:
        client.start()
    wait_until(lambda: all(len(client.statuses) > 2 for client in asking))
    return asking


def stop_all(asking):
    for client in asking:
        client.stopping.set()
    for client in asking:
        client.join(60)
    assert not any(client.is_alive() for client in asking)
    assert {status for client in asking for status in client.statuses} == {201}
    assert sum(client.broken for client in asking) == 0
    return sum(len(client.statuses) for client in asking)


def test_a_worker_that_is_killed_is_started_again_and_its_numbers_stay(serve):
    served = serve(2)
    asking = under_load(served, clients=2)
    victim = min(served.workers())
    os.kill(victim, signal.SIGKILL)
    wait_until(lambda: len(served.workers() - {victim}) == 2)
    answered = stop_all(asking)
    assert served.scores_counted() >= answered


def test_workers_are_replaced_under_load_without_a_failed_request(serve):
    served = serve(2)
    before = served.workers()
    asking = under_load(served)
    os.kill(served.process.pid, signal.SIGHUP)
    wait_until(lambda: len(served.workers()) == 2 and not served.workers() & before)
    answered = stop_all(asking)
    assert served.scores_counted() == answered > 16
    assert "hearth_request_seconds_count" in served.metrics()


@pytest.mark.parametrize(("how", "workers"), [("SIGTERM", 1), ("SIGTERM", 2), ("Ctrl-C", 2)])
def test_told_to_stop_under_load_it_finishes_what_it_took_and_ends_well(serve, how, workers):
    served = serve(workers)
    asking = under_load(served)
    if how == "SIGTERM":
        served.process.terminate()
    else:
        os.killpg(served.process.pid, signal.SIGINT)  # a terminal tells every process of the group
    assert served.process.wait(timeout=30) == 0
    stop_all(asking)
    served.log.seek(0)
    assert "Traceback" not in served.log.read()
