"""Whether the service is ready: a proof that many share, and that finds what was altered."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from serving import readiness


@pytest.fixture
def client(council):
    with council.client(None) as opened:
        yield opened


def is_ready(client):
    return client.get("/health/ready").status_code == 200


def count_proofs(client, monkeypatch):
    held, proofs = client.app.state.service.held, []
    prove = held.prove
    monkeypatch.setattr(held, "prove", lambda: (proofs.append(1), prove()))
    return proofs


def test_however_many_ask_the_bundles_are_hashed_once(client, monkeypatch):
    proofs = count_proofs(client, monkeypatch)
    with ThreadPoolExecutor(8) as asking:
        assert all(asking.map(lambda _: is_ready(client), range(40)))
    assert len(proofs) <= 2  # one more if the records are noticed to have changed meanwhile


def test_a_proof_too_old_is_made_anew(client, monkeypatch):
    monkeypatch.setattr(readiness, "PROOF_S", 0.0)
    proofs = count_proofs(client, monkeypatch)
    assert is_ready(client)
    assert is_ready(client)
    assert len(proofs) == 2


def test_a_byte_altered_since_the_last_proof_is_found_though_no_trigger_told(
    client, council, monkeypatch
):
    assert is_ready(client)
    with council.engine.begin() as connection:
        connection.execute(text("drop trigger generation_follows_update_of_bundles"))
        connection.execute(text("update bundles set content = x'00' where path = 'cohort.json'"))
    monkeypatch.setattr(readiness, "PROOF_S", 0.0)
    assert not is_ready(client)


def test_records_that_cannot_be_read_are_not_ready(client, monkeypatch):
    def fail():
        raise SQLAlchemyError

    monkeypatch.setattr(client.app.state.service.held, "prove", fail)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["problems"]) == (
        503,
        ["the records database cannot be read"],
    )
