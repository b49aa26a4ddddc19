"""`hearth audit`, as its holder and an outsider run it."""

import pytest

from hearth.audit_log import AuditLog
from hearth.cli.context import utc_now
from hearth.settings import load_settings
from hearth.storage.database import open_records


@pytest.fixture
def workspace(tmp_path):
    return tmp_path


@pytest.fixture
def log(workspace):
    engine = open_records(load_settings(workspace).records_url)
    made = AuditLog(engine, utc_now)
    made.append("key.made", actor="operator")
    yield made
    engine.dispose()


def test_a_signed_log_is_verified_with_its_own_checkpoints(hearth, log):
    assert "Entry 1 is signed" in hearth("audit", "checkpoint").out
    assert "signed already" in hearth("audit", "checkpoint").out
    assert "1 checkpoints bear it out, up to entry 1" in hearth("audit", "verify").out


def test_without_a_checkpoint_it_says_what_it_cannot_see(hearth, log):
    assert "cut off" in hearth("audit", "verify").out


def test_an_outsider_verifies_a_copy_with_the_public_key(hearth, log, workspace):
    hearth("audit", "checkpoint")
    (workspace / "audit_key.pub").write_text(hearth("audit", "key").out)
    (workspace / ".hearth" / "audit_key.pem").unlink()
    given = ("--checkpoints", ".hearth/checkpoints", "--public-key", "audit_key.pub")
    found = hearth("audit", "verify", *given, "--json").json
    assert (found["ok"], found["witnessed"]) == (True, 1)
    assert "give --public-key" in hearth("audit", "verify").err


def test_a_broken_log_is_neither_verified_nor_signed(hearth, log):
    hearth("audit", "checkpoint")
    with log.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE audit_payloads SET details = '[]'")
    verified, signed = hearth("audit", "verify", "--json"), hearth("audit", "checkpoint")
    assert (verified.code, verified.json["first_bad"]) == (1, 1)
    assert (signed.code, "is not signed" in signed.err) == (1, True)


def test_an_empty_log_has_nothing_to_sign(hearth):
    assert "nothing to sign" in hearth("audit", "checkpoint").err


def test_after_a_change_of_key_both_public_keys_are_given_to_sign_on(hearth, log, workspace):
    hearth("audit", "checkpoint")
    old = hearth("audit", "key").out
    (workspace / ".hearth" / "audit_key.pem").unlink()
    (workspace / "both.pub").write_text(old + hearth("audit", "key").out)
    log.append("key.made", actor="operator")
    assert hearth("audit", "checkpoint").code == 1
    assert "Entry 2 is signed" in hearth("audit", "checkpoint", "--public-key", "both.pub").out
