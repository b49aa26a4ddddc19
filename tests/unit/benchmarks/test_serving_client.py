"""The load client counts what a server answered, and what it did not."""

import importlib
import itertools
import socket
import threading
from pathlib import Path

import pytest


@pytest.fixture
def serving_client(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[3] / "benchmarks")
    return importlib.import_module("serving_client")


@pytest.fixture
def server():
    """Answers each request of a connection with the next of the answers given; None hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(answers):
        while True:
            connection, _ = listening.accept()
            with connection:
                for one in answers:
                    if not connection.recv(65_536) or one is None:
                        break
                    connection.sendall(b"HTTP/1.1 " + one + b" X\r\ncontent-length: 2\r\n\r\nok")

    def start(answers):
        threading.Thread(target=answer, args=[answers], daemon=True).start()
        return listening.getsockname()[1]

    yield start
    listening.close()


def test_a_load_counts_answers_by_status_and_times_them(serving_client, server):
    port = server(itertools.cycle([b"201", b"503"]))
    request = serving_client.post("/score", b"{}", {"Authorization": "Bearer x"})
    found = serving_client.load(port, [request], clients=1, seconds=0.3, warm_up=0.05)
    assert set(found.statuses) == {"201", "503"}
    assert found.answers == sum(found.statuses.values()) > 10
    assert 0 < found.p50_ms <= found.p99_ms
    assert found.errors == 0


def test_a_connection_that_breaks_is_an_error(serving_client, server):
    port = server([b"201", None])
    found = serving_client.load(
        port, [b"GET / HTTP/1.1\r\n\r\n"], clients=1, seconds=0.2, warm_up=0
    )
    assert found.errors >= 1
