"""`hearth.client` knows every operation of the frozen document, and works against the real app."""

from __future__ import annotations

import inspect
import json
import re
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import uvicorn

from hearth.client import Hearth, ProblemError, TooLargeError, UnreachableError, _as_table

DOCUMENT = json.loads((Path(__file__).parent / "openapi.json").read_text())
MODEL, SUBJECT = "school_readiness", "100012345678"


def test_every_operation_of_the_document_has_a_method_and_no_method_asks_for_another():
    documented = {(m.upper(), path) for path, found in DOCUMENT["paths"].items() for m in found}
    asked = set()
    for _, method in inspect.getmembers(Hearth, inspect.isfunction):
        code = inspect.getsource(method)
        verbs, paths = (
            re.findall(r'"(GET|POST)"', code),
            re.findall(r'"(/(?:v1|health)[^"]*)"', code),
        )
        asked |= {(verb, path) for verb in verbs for path in paths}
    assert asked == documented


@pytest.fixture(scope="module")
def address(tmp_path_factory, session_council_maker):
    """Keys of a council, and the address on which it is really served."""
    council = session_council_maker(tmp_path_factory.mktemp("council"))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(council.app(), log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield council.keys, f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    council.engine.dispose()


@pytest.fixture
def hearth(address):
    keys, url = address
    with Hearth(url, keys["caseworker"]) as client:
        yield client


def test_a_score_is_asked_for_read_decided_on_and_contested(hearth):
    score = hearth.score(MODEL, subject=SUBJECT)
    assert score.model.version == "3"
    assert score.explanation.reasons
    assert hearth.read_score(score.score_id).score_id == score.score_id
    made = hearth.decide(score.score_id, outcome="agree")
    assert hearth.decisions(score.score_id).decisions == (made,)
    opened = hearth.open_challenge(score.score_id, ground="unfair", statement="It is not so.")
    assert hearth.challenges_to(score.score_id).challenges == (opened,)
    assert hearth.challenge(opened.challenge_id) == opened


def test_models_notices_health_and_batches_are_typed(hearth):
    assert hearth.live().live
    assert hearth.ready().models == {MODEL: "3"}
    assert hearth.models().models[0].name == hearth.model(MODEL).name == MODEL
    assert hearth.notice(MODEL).version == "3"
    many = hearth.score_many(MODEL, subjects=[SUBJECT, "nobody"], reasons=False)
    assert (many.scores[0].explanation, many.scores[1]) == (None, None)


def test_rows_go_as_a_table_where_all_name_the_same_and_are_scored_as_alone(hearth):
    names = [one.name for one in hearth.model(MODEL).features]
    rows = [dict.fromkeys(names), dict.fromkeys(reversed(names))]
    sent = _as_table({"rows": rows})
    assert sent == {"names": names, "rows": [[None] * len(names)] * 2}
    assert _as_table({"rows": [{"a": 1}, {"b": 1}]}) == {"rows": [{"a": 1}, {"b": 1}]}
    alone = hearth.score(MODEL, values=rows[0], reasons=False)
    assert [one.score for one in hearth.score_many(MODEL, rows=rows).scores] == [alone.score] * 2


def test_steps_and_open_challenges_need_their_role(hearth):
    score = hearth.score(MODEL, subject=SUBJECT)
    opened = hearth.open_challenge(score.score_id, ground="other", statement="It is not so.")
    with pytest.raises(ProblemError) as refused:
        hearth.open_challenges()
    assert (refused.value.status, refused.value.code) == (403, "not-allowed")
    with pytest.raises(ProblemError):
        hearth.take_step(opened.challenge_id, step="uphold", reason="So it is.")


def test_a_problem_is_raised_with_what_to_mend_and_what_to_quote(hearth):
    with pytest.raises(ProblemError, match="422") as refused:
        hearth.score(MODEL, values={"no_such_feature": 1.0})
    assert refused.value.code == "unusable-input"
    assert "values: holds 1 name" in str(refused.value)
    assert "no_such_feature" not in str(refused.value)
    assert re.fullmatch("[0-9a-f]{32}", refused.value.request_id)


def test_a_name_never_leaves_its_place_in_the_path(hearth):
    with pytest.raises(ProblemError) as refused:
        hearth.model("../../health/live?")
    assert refused.value.status == 404


def test_exactly_one_way_to_name_what_is_scored(hearth):
    with pytest.raises(ValueError, match="subject and values"):
        hearth.score(MODEL)


@pytest.fixture
def answering():
    """Serves answers from a list, one a request, and notes what was asked."""
    made = []

    def serve(answers):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                asked.append(dict(self.headers.items()))
                self.rfile.read(int(self.headers["Content-Length"]))
                status, headers = answers.pop(0)
                if status is None:  # gone before it answered
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in {**headers, "Content-Length": "2"}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        made.append(server)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}", asked

    yield serve
    for server in made:
        server.shutdown()
        server.server_close()


def test_a_busy_service_is_asked_again_after_the_time_it_said_and_with_the_same_key(answering):
    url, asked = answering([(429, {"Retry-After": "7"}), (None, {}), (503, {}), (404, {})])
    waited = []
    with Hearth(url, "key", wait=waited.append) as client, pytest.raises(ProblemError, match="404"):
        client.decide("x", outcome="agree")
    assert len({each["Idempotency-Key"] for each in asked}) == 1
    assert len(asked) == 4
    assert 7 <= waited[0] <= 7.5
    assert waited[1] <= 1
    assert waited[2] <= 2


def test_it_gives_up_after_so_many_tries_or_where_the_wait_is_too_long(answering):
    url, asked = answering([(503, {})] * 2 + [(429, {"Retry-After": "86400"})])
    waited = []
    with Hearth(url, "key", tries=2, wait=waited.append) as client:
        for _ in range(2):
            with pytest.raises(ProblemError):
                client.decide("x", outcome="agree")
    assert (len(asked), len(waited)) == (3, 1)


def test_a_service_that_is_not_there_is_told_as_such():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(UnreachableError, match="after 2 tries"):
        Hearth(f"http://127.0.0.1:{port}", "key", tries=2, wait=lambda _: None).live()
    assert time.monotonic() - started < 5


@pytest.mark.parametrize("key", ["MARK\nkey", "MARK\x00", "", "MARK é"])
def test_a_key_that_no_header_can_hold_is_refused_and_not_shown(key):
    with pytest.raises(ValueError, match="a key is of") as refused:
        Hearth("http://127.0.0.1:9", key)
    assert "MARK" not in str(refused.value)


def test_white_space_around_a_key_does_not_count(address):
    keys, url = address
    with Hearth(url, f" {keys['caseworker']}\n") as client:
        assert client.models().models


def test_a_request_over_the_limit_is_not_sent():
    client = Hearth("http://127.0.0.1:9", "k", wait=pytest.fail)
    with pytest.raises(TooLargeError, match="the service takes 8,388,608"):
        client.score_many(MODEL, subjects=["1" * 9_000_000])


def test_the_answer_of_who_stops_reading_is_read():
    """A server that answers 413 and closes, the request half sent."""
    listening = socket.create_server(("127.0.0.1", 0))

    def refuse():
        taken, _ = listening.accept()
        with taken:
            taken.recv(1)
            taken.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n{}")

    refusing = threading.Thread(target=refuse)
    refusing.start()
    client = Hearth(f"http://127.0.0.1:{listening.getsockname()[1]}", "k", wait=pytest.fail)
    with listening, client, pytest.raises(ProblemError) as refused:
        client.what_if(MODEL, subject="1", changes={"x": "a" * 1_000_000})
    refusing.join()
    assert refused.value.status == 413
