"""Connections that would hold a place for nothing."""

import socket
import threading
import time

import pytest
import uvicorn

from serving.web import connections
from serving.web.connections import TimedProtocol

HEAD = b"GET /health/live HTTP/1.1\r\nHost: here\r\n"
BODY = "POST {path} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {key}\r\n{declared}\r\n\r\n{{"
DECLARED = "Content-Type: application/json\r\nContent-Length: 50"


@pytest.fixture
def connect(council, monkeypatch):
    """Opens connections to a server that waits a third of a second for a request."""
    monkeypatch.setattr(connections, "REQUEST_S", 0.3)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(council.app(), http=TimedProtocol, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    address = listening.getsockname()
    thread.start()
    yield lambda: socket.create_connection(address, timeout=20)
    server.should_exit = True
    thread.join()


def read_all(connection):
    return b"".join(iter(lambda: connection.recv(65536), b""))


@pytest.mark.parametrize("sent", [b"", HEAD], ids=["nothing", "half a head"])
def test_a_request_that_does_not_arrive_is_refused_and_its_connection_closed(connect, sent):
    with connect() as slow:
        slow.sendall(sent)
        assert read_all(slow).startswith(b"HTTP/1.1 408 Request Timeout\r\n")


@pytest.mark.parametrize("holder", ["caseworker", "nobody"])
def test_a_body_that_does_not_arrive_is_refused_once(connect, council, holder):
    path = "/v1/models/school_readiness/scores"
    key = council.keys.get(holder, "hearth_a_b")
    with connect() as slow:
        slow.sendall(BODY.format(path=path, key=key, declared=DECLARED).encode())
        answer = read_all(slow)
    assert answer.startswith(b"HTTP/1.1 408" if holder == "caseworker" else b"HTTP/1.1 401")
    assert answer.count(b"HTTP/1.1") == 1


def test_a_body_too_large_is_refused_without_breaking_the_sending(connect, council):
    head = BODY.format(
        path="/v1/models/school_readiness/what-if",
        key=council.keys["caseworker"],
        declared="Content-Type: application/json\r\nContent-Length: 20000000",
    )
    with connect() as large:
        large.sendall(head.encode() + b"a" * (20_000_000 - 1))
        assert large.recv(65536).startswith(b"HTTP/1.1 413 ")


def trickle(connection):
    while True:
        connection.sendall(b"a")
        time.sleep(0.05)


def test_a_head_that_trickles_is_no_way_around_the_limit(connect):
    started = time.monotonic()
    with connect() as slow, pytest.raises(OSError, match=r"reset|pipe|aborted"):
        trickle(slow)
    assert time.monotonic() - started < 10


def test_the_second_request_of_a_connection_has_the_same_time(connect):
    with connect() as kept:
        kept.sendall(HEAD + b"\r\n")
        assert kept.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")
        kept.sendall(HEAD)
        assert b"408 Request Timeout" in read_all(kept)


def test_a_connection_at_rest_is_kept_longer_than_a_request_may_take(connect):
    with connect() as kept:
        kept.sendall(HEAD + b"\r\n")
        kept.recv(65536)
        time.sleep(0.6)
        kept.sendall(HEAD + b"\r\n")
        assert kept.recv(65536).startswith(b"HTTP/1.1 200 OK\r\n")


@pytest.mark.parametrize("fields", [1, 40])
def test_a_whole_head_over_the_limit_is_refused_however_it_arrives(connect, fields):
    field = b"X: " + b"a" * (connections.LARGEST_HEAD // fields) + b"\r\n"
    with connect() as large:
        large.sendall(HEAD + field * fields + b"\r\n")
        assert read_all(large).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


def test_a_head_without_end_is_refused(connect):
    with connect() as endless:
        endless.sendall(HEAD + b"X: " + b"a" * connections.LARGEST_HEAD)
        assert endless.recv(65536).startswith(b"HTTP/1.1 431 Request Header Fields Too Large\r\n")


def test_what_is_not_http_is_refused_and_not_repeated(connect):
    with connect() as other:
        other.sendall(b"MARK-77 what is this\r\n\r\n")
        answer = read_all(other)
    assert answer.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert b"MARK-77" not in answer


def test_one_connection_too_many_is_told_to_come_again(connect, monkeypatch):
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 0)
    with connect() as other:
        answer = read_all(other)
    assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b"urn:hearth:problem:too-busy" in answer
