"""The server as `hearth serve` runs it."""

import multiprocessing
import signal
import socket
import subprocess
import sys
import urllib.request

import pytest

from hearth.errors import StateError
from serving.commands import AppFactory, serve

SERVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from hearth.settings import load_settings
from serving.commands import serve
settings = load_settings(Path(sys.argv[1]), api_key_pepper="a-pepper-for-tests-only")
serve(settings, lambda: datetime.now(UTC), port=0, announce=lambda url: print(url, flush=True))
"""


def tell_time():
    raise AssertionError("nobody asks the time before a request")


def test_a_worker_started_afresh_makes_its_own_app(council):
    factory = AppFactory(council.settings.model_dump(), tell_time)
    worker = multiprocessing.get_context("spawn").Process(target=factory)
    worker.start()
    worker.join(timeout=60)
    assert worker.exitcode == 0


def test_an_address_that_is_taken_is_named_with_a_way_out(council):
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(StateError, match="give another --port"),
    ):
        serve(council.settings, tell_time, port=taken.getsockname()[1])


def test_the_address_answers_once_it_is_announced_and_an_interrupt_ends_it_cleanly(
    council, repository
):
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(council.settings.workspace)],
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        address = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{address}/health/ready", timeout=60) as answer:
            assert answer.status == 200
    finally:
        process.send_signal(signal.SIGINT)
        process.stdout.close()
    assert process.wait(timeout=30) == 0
