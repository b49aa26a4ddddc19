from datetime import UTC, datetime

import pytest

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, StateError
from hearth.identity import Holders, Role, add_client, list_clients, revoke_client
from hearth.storage.engine import reading, writing
from hearth.storage.generation import current_generation

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def audit(records, clock):
    return AuditLog(records, clock)


def add(audit, client_id="housing-crm", **options):
    given = {"name": "Housing CRM", "role": Role.CASEWORKER_SYSTEM, "purposes": ["early_help"]}
    with writing(audit.engine) as connection:
        add_client(connection, client_id, actor="operator", audit=audit, now=NOW, **given | options)


def revoke(audit, client_id="housing-crm"):
    with writing(audit.engine) as connection:
        revoke_client(connection, client_id, actor="operator", audit=audit, now=NOW)


def held(audit):
    with reading(audit.engine) as connection:
        return Holders.read(connection).clients


def test_a_client_acts_under_an_id_that_no_key_can_have(audit):
    add(audit, areas=["E05000026"])
    identity = held(audit)["housing-crm"]
    assert identity.key_id == "client:housing-crm"
    assert (identity.role, identity.areas) == (Role.CASEWORKER_SYSTEM, {"E05000026"})


def test_the_longest_client_id_still_fits_the_audit_log(audit):
    add(audit, "c" * 57)
    assert len(held(audit)["c" * 57].key_id) == 64
    with pytest.raises(StateError, match="at most 57"):
        add(audit, "c" * 58)


@pytest.mark.parametrize("client_id", ["", "-a", "a b", "a\n", "ä", "a'--"])
def test_what_cannot_be_a_client_id_is_refused(audit, client_id):
    with pytest.raises(StateError, match="client id"):
        add(audit, client_id)


def test_a_revoked_client_is_listed_and_no_longer_held(audit):
    add(audit)
    revoke(audit)
    assert held(audit) == {}
    with reading(audit.engine) as connection:
        (listed,) = list_clients(connection)
    assert (listed.revoked_at, listed.revoked_by) == (NOW, "operator")


def test_a_client_is_added_twice_only_after_it_was_revoked(audit):
    add(audit)
    with pytest.raises(StateError, match="stands already"):
        add(audit)
    revoke(audit)
    add(audit, role=Role.CASEWORKER)
    assert held(audit)["housing-crm"].role is Role.CASEWORKER


def test_only_a_client_that_stands_can_be_revoked(audit):
    with pytest.raises(NotFoundError, match="no client of that id"):
        revoke(audit)


def test_adding_and_revoking_are_in_the_audit_log_and_raise_the_generation(audit):
    with reading(audit.engine) as connection:
        before = current_generation(connection)
    add(audit)
    revoke(audit)
    with reading(audit.engine) as connection:
        assert current_generation(connection) >= before + 2
    assert len(audit.recorded("oauth_client.added")) == 1
    assert len(audit.recorded("oauth_client.revoked")) == 1
