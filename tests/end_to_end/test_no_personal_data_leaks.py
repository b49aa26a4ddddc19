"""Marked values sent by every route, page, file and command turn up nowhere but where they are kept."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from datetime import date

import httpx2
import pytest
from sqlalchemy import select, text

from features.store import FeatureStore
from hearth.cli.main import main
from hearth.storage.engine import reading, writing
from hearth.storage.schema import audit_entries, audit_payloads

pytestmark = [pytest.mark.slow]

MODEL = "school_readiness"
SUBJECT, TEXT, NAME, NUMBER = "MARKSUBJECT771", "markcategory882", "Markname Marksen", 918273645.0
KEY = "hearth_" + "ab" * 6 + "_" + "cd" * 32
TOKEN = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJtYXJrIn0.marksignature993"
MARKS = re.compile(
    "|".join((SUBJECT, TEXT, "markname", "918[,_]?273[,_]?645", "cd" * 32, "marksignature993")),
    re.IGNORECASE,
)
SERVE = """
import sys
from pathlib import Path
from hearth.cli.context import utc_now
from hearth.settings import load_settings
from serving.commands import serve

options = {"api_key_pepper": sys.argv[2], "log_level": "debug", "metrics_port": int(sys.argv[3])}
settings = load_settings(Path(sys.argv[1]), failures_a_minute=100_000, **options)
serve(settings, utc_now, port=0, announce=lambda url: print(url, flush=True))
"""
BODIES = (
    f'{{"subject": "{SUBJECT}"}}',
    f'{{"subject": "{SUBJECT}", "{TEXT}": 1}}',
    f'{{"subject": "{SUBJECT}',
    f'{{"subject": {{"{SUBJECT}": "{NAME}"}}}}',
    f'{{"values": {{"tenure_tenure": "{TEXT}", "moves_count_24m": {NUMBER}, "{NAME}": null}}}}',
    f'{{"values": {{"tenure_tenure": {NUMBER}, "moves_count_24m": "{NAME}"}}}}',
    f'{{"values": "{TEXT}"}}',
    f'["{NAME}", {NUMBER}]',
    f'{{"outcome": "{TEXT}", "reason": "{NAME}"}}',
    f'{{"outcome": "override", "considered": "{NAME}", "viewed_at": "{SUBJECT}"}}',
    f'{{"ground": "{TEXT}", "statement": "{NAME}"}}',
    f'{{"step": "{TEXT}", "reason": "{NAME}"}}',
    "[" * 5_000 + f'"{NAME}"' + "]" * 5_000,
    f'{{"values": {{"moves_count_24m": NaN, "{TEXT}": 1e999}}}}',
    f"subject={SUBJECT}&key={KEY}&reason={NAME}&csrf={TEXT}",
    f"\xff{SUBJECT}",
)
HEADERS = {
    "User-Agent": NAME,
    "X-Request-ID": SUBJECT,
    "Idempotency-Key": TEXT,
    "traceparent": f"00-{SUBJECT}-{TEXT}-01",
    "tracestate": f"mark={SUBJECT}",
    "Referer": f"http://127.0.0.1/{SUBJECT}",
    "Origin": f"http://{TEXT}",
}


def _make_council(make, folder):
    """A council that knows one marked subject, whose features are marked numbers."""
    made = make(folder)
    store = FeatureStore(made.settings.store_url)
    (_, values), *_ = store.rows(MODEL)
    marked = values | {"moves_count_24m": NUMBER, "contacts_count_24m": NUMBER}
    day = date(2026, 10, 1)
    store.replace(MODEL, day, [(SUBJECT, marked, {})], refreshed_on=day)
    return made


@pytest.fixture(scope="module")
def council(tmp_path_factory, session_council_maker):
    """The council that is served."""
    made = _make_council(session_council_maker, tmp_path_factory.mktemp("served"))
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def commanded(tmp_path_factory, session_council_maker):
    """The council that commands are run in."""
    folder = tmp_path_factory.mktemp("commanded")
    made = _make_council(session_council_maker, folder)
    yield made
    made.engine.dispose()


@pytest.fixture(scope="module")
def traces(council, tmp_path_factory):
    """All that a service let out: what it wrote, answered in error, put in headers, counted and left behind."""
    folder = tmp_path_factory.mktemp("service")
    (folder / "temporary").mkdir()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    arguments = [
        sys.executable,
        "-c",
        SERVE,
        council.settings.workspace,
        "a-pepper-for-tests-only",
        str(port),
    ]
    environment = {**os.environ, "TMPDIR": str(folder / "temporary")}
    with (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=errors, env=environment, text=True
        )
        address = process.stdout.readline().strip()
        seen = {"headers": [], "problems": [], "statuses": set()}
        try:
            _use_wrongly(council, address, seen)
            _use_well(council, address, seen)
            seen["metrics"] = httpx2.get(f"http://127.0.0.1:{port}/metrics").text
        finally:
            process.send_signal(signal.SIGINT)
            with process.stdout as output:
                seen["output"] = output.read()
            process.wait(60)
    seen["errors"] = (folder / "errors").read_text()
    seen["temporary"] = list((folder / "temporary").rglob("*"))
    return seen


class _Asker:
    """A client that keeps what must hold no mark of each answer."""

    def __init__(self, address, seen, **headers):
        self.client = httpx2.Client(base_url=address, headers=headers, timeout=30)
        self.seen = seen

    def ask(self, method, path, **options):
        answer = self.client.request(method, path, **options)
        self.seen["headers"] += [f"{name}: {value}" for name, value in answer.headers.items()]
        self.seen["statuses"].add(answer.status_code)
        if answer.is_error:
            self.seen["problems"].append(answer.text)
        return answer


def _use_wrongly(council, address, seen):
    """Every route with every body, by a key that works, one that does not, and a forged token."""
    routes = list(_routes_of(council.app().routes))
    for bearer in (council.keys["caseworker"], KEY, TOKEN):
        asker = _Asker(address, seen, **HEADERS, Authorization=f"Bearer {bearer}")
        for method, path in routes:
            for body in (None,) if method == "GET" else BODIES:
                for name in (SUBJECT, MODEL):
                    _ask_wrongly(asker, method, re.sub(r"\{\w+\}", name, path), body)
        asker.client.close()


def _ask_wrongly(asker, method, path, body):
    is_form = body is not None and body.startswith("subject=")
    kind = "application/x-www-form-urlencoded" if is_form else "application/json"
    content = None if body is None else body.encode("latin-1")
    asker.ask(method, f"{path}?q={SUBJECT}", content=content, headers={"Content-Type": kind})


def _use_well(council, address, seen):
    """A score, a decision and a challenge; the last two again where the database has lost their tables."""
    asker = _Asker(address, seen, Authorization=f"Bearer {council.keys['caseworker']}")
    score = asker.ask("POST", f"/v1/models/{MODEL}/scores", json={"subject": SUBJECT}).json()
    decision = {"outcome": "override", "reason_code": "other", "reason": NAME, "considered": TEXT}
    challenge = {"ground": "inaccurate", "statement": NAME}
    sent = (
        (score["oversight"]["decisions"], decision),
        (score["oversight"]["challenges"], challenge),
    )
    for path, body in sent:
        asker.ask("POST", path, json=body)
    asker.ask("GET", f"/v1/scores/{score['score_id']}")
    asker.ask("POST", sent[0][0], json={"outcome": SUBJECT * 200_000})
    for table, (path, body) in zip(("decisions", "challenges"), sent, strict=True):
        _rename(council, table, f"lost_{table}")
        asker.ask("POST", path, json=body)
        _rename(council, f"lost_{table}", table)
    asker.client.close()


def _rename(council, table, name):
    with writing(council.engine) as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


def _routes_of(routes):
    for route in routes:
        if hasattr(route, "original_router"):
            yield from _routes_of(route.original_router.routes)
        elif hasattr(route, "methods"):
            yield from ((method, route.path) for method in sorted(route.methods - {"HEAD"}))


def test_the_service_was_used_in_every_way(traces):
    assert {200, 201, 400, 401, 404, 413, 415, 422, 503} <= traces["statuses"]
    assert len(traces["problems"]) > 200
    assert "answered" in traces["output"] + traces["errors"]
    assert "hearth_" in traces["metrics"]


@pytest.mark.parametrize("where", ["output", "errors", "metrics"])
def test_what_the_service_writes_holds_no_marked_value(traces, where):
    assert MARKS.findall(traces[where]) == []


@pytest.mark.parametrize("where", ["problems", "headers"])
def test_no_problem_and_no_header_holds_a_marked_value(traces, where):
    assert [held for held in traces[where] if MARKS.search(held)] == []


def test_no_file_holds_a_marked_value_but_the_databases(traces, council):
    kept = re.compile(r"(records|feature_store|pseudonyms)\.db(-wal|-shm|-journal)?")
    files = [*council.settings.state_dir.rglob("*"), *traces["temporary"]]
    others = [file for file in files if file.is_file() and not kept.fullmatch(file.name)]
    assert [file.name for file in others if MARKS.search(file.read_bytes().decode("latin-1"))] == []


def test_the_audit_log_holds_no_marked_value(traces, council):
    with reading(council.engine) as connection:
        entries = connection.execute(select(audit_entries)).all()
        payloads = connection.execute(
            select(audit_payloads.c.subject, audit_payloads.c.details)
        ).all()
    assert any("score.made" in entry for entry in entries)
    assert MARKS.findall(str(entries) + str(payloads)) == []


COMMANDS = (
    ("subject", "export", SUBJECT, "--to", "export"),
    ("subject", "object", SUBJECT),
    ("subject", "lift", SUBJECT),
    ("subject", "restrict", SUBJECT, "--model", TEXT),
    ("subject", "erase", f"{SUBJECT}-unknown"),
    ("hold", "set", "--subject", SUBJECT),
    ("hold", "list"),
    ("subject", "erase", SUBJECT),
    ("pseudonym", "find", SUBJECT),
    ("pseudonym", "open", SUBJECT),
    ("score", MODEL, "bad.csv", "out.csv"),
    ("score", MODEL, "unknown.csv", "out.csv"),
    ("score", MODEL, "lost.csv", "out.csv"),
    ("audit", "verify"),
)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_what_a_command_says_holds_no_marked_value(
    commanded, readiness_model, command, monkeypatch, capfd, tmp_path
):
    monkeypatch.chdir(tmp_path)
    cells = dict.fromkeys((feature.name for feature in readiness_model.features), NAME) | {
        "tenure_tenure": TEXT
    }
    header = ",".join(["entity_id", *cells])
    (tmp_path / "bad.csv").write_text(f"{header}\n{','.join([SUBJECT, *cells.values()])}\n")
    (tmp_path / "unknown.csv").write_text(f"entity_id\n{SUBJECT}-unknown\n")
    (tmp_path / "lost.csv").write_text(f"{SUBJECT},{TEXT}\n{NAME},1\n")
    role = "caseworker" if command[0] == "score" else "information_governance"
    if command[:2] == ("subject", "export"):
        role = "administrator"
    monkeypatch.setenv("HEARTH_API_KEY", commanded.keys[role])
    monkeypatch.setenv("HEARTH_API_KEY_PEPPER", "a-pepper-for-tests-only")
    why = (
        ()
        if command[0] in {"score", "audit"} or command[1] == "list"
        else ("--reason", "request 31")
    )
    workspace = str(commanded.settings.workspace)
    monkeypatch.setattr(sys, "argv", ["hearth", "-w", workspace, *command, *why])
    with suppress(SystemExit):
        main()
    said = capfd.readouterr()
    assert said.out + said.err
    assert MARKS.findall(said.out + said.err) == []
