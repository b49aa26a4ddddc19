from datetime import UTC, datetime, timedelta

import pytest

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, PermissionDeniedError, StateError
from hearth.identity import (
    KeyState,
    Role,
    authenticate,
    create_key,
    list_keys,
    revoke_key,
    rotate_key,
)
from hearth.storage.engine import reading, writing

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEPPER = "a pepper of the tests' own"
WEEK = timedelta(days=7)


@pytest.fixture
def audit(records, clock):
    return AuditLog(records, clock)


def make(audit, **options):
    given = {"name": "Visitors", "role": Role.CASEWORKER, "purposes": ["early_help"]} | options
    with writing(audit.engine) as connection:
        return create_key(connection, PEPPER, actor="installer", audit=audit, now=NOW, **given)


def rotate(audit, key, now=NOW):
    with writing(audit.engine) as connection:
        return rotate_key(
            connection,
            PEPPER,
            key.split("_")[1],
            grace=WEEK,
            actor="operator",
            audit=audit,
            now=now,
        )


def states(audit, now):
    with reading(audit.engine) as connection:
        return [key.state(now) for key in list_keys(connection)]


def test_a_successor_may_what_the_old_key_may(audit):
    old = make(audit, areas=["E05000026", "E05000027"])
    new = rotate(audit, old, NOW + WEEK)
    before, after = (authenticate(audit.engine, PEPPER, key, NOW + WEEK) for key in (old, new))
    assert after.key_id != before.key_id
    assert (after.name, after.role, after.purposes) == (before.name, before.role, before.purposes)
    assert after.areas == before.areas == {"E05000026", "E05000027"}


def test_both_keys_work_until_the_grace_ends(audit):
    old = make(audit)
    new = rotate(audit, old)
    assert authenticate(audit.engine, PEPPER, old, NOW + WEEK - timedelta(seconds=1))
    with pytest.raises(PermissionDeniedError):
        authenticate(audit.engine, PEPPER, old, NOW + WEEK)
    assert authenticate(audit.engine, PEPPER, new, NOW + WEEK)


def test_rotating_never_lengthens_the_old_key_s_life(audit):
    old = make(audit, expires_at=NOW + timedelta(days=2))
    rotate(audit, old)
    with pytest.raises(PermissionDeniedError):
        authenticate(audit.engine, PEPPER, old, NOW + timedelta(days=2))


def test_a_successor_lives_as_long_as_the_old_key_was_made_to(audit):
    old = make(audit, expires_at=NOW + timedelta(days=90))
    new = rotate(audit, old, NOW + timedelta(days=80))
    assert authenticate(audit.engine, PEPPER, new, NOW + timedelta(days=169))
    with pytest.raises(PermissionDeniedError):
        authenticate(audit.engine, PEPPER, new, NOW + timedelta(days=170))


def test_only_a_key_in_use_has_a_successor_and_only_one(audit):
    old = make(audit)
    rotate(audit, old)
    with pytest.raises(StateError, match="is replaced"):
        rotate(audit, old)
    with pytest.raises(StateError, match="is expired"):
        rotate(audit, old, NOW + WEEK)
    with pytest.raises(NotFoundError, match="no key of that id"):
        rotate(audit, "hearth_000000000000_0")


def test_a_revoked_key_has_no_successor(audit):
    old = make(audit)
    with writing(audit.engine) as connection:
        revoke_key(connection, old.split("_")[1], actor="key9", audit=audit, now=NOW)
    with pytest.raises(StateError, match="is revoked"):
        rotate(audit, old)


def test_the_state_of_a_key_says_whether_it_works(audit):
    make(audit, expires_at=NOW + timedelta(hours=1))
    rotate(audit, make(audit, name="Other team"))
    assert sorted(states(audit, NOW)) == [KeyState.IN_USE, KeyState.IN_USE, KeyState.REPLACED]
    assert sorted(states(audit, NOW + WEEK)) == [
        KeyState.EXPIRED,
        KeyState.EXPIRED,
        KeyState.IN_USE,
    ]


def test_a_rotation_is_in_the_audit_log_with_both_ids(audit):
    old = make(audit)
    new = rotate(audit, old)
    (recorded,) = audit.recorded("api_key.rotated")
    ids = (recorded.details["key_id"], recorded.details["successor"])
    assert ids == (old.split("_")[1], new.split("_")[1])
    assert audit.verify().ok
