from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from hearth.audit_log import AuditLog
from hearth.errors import NotFoundError, PermissionDeniedError, SettingsError
from hearth.identity import Role, authenticate, create_key, list_keys, revoke_key
from hearth.storage.engine import reading, writing
from hearth.storage.schema import api_keys, audit_entries

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
PEPPER = "a pepper of the tests' own"


@pytest.fixture
def audit(records, clock):
    return AuditLog(records, clock)


def make(audit, **options):
    given = {"name": "Visitors", "role": Role.CASEWORKER, "purposes": ["early_help"]} | options
    with writing(audit.engine) as connection:
        return create_key(connection, PEPPER, actor="installer", audit=audit, now=NOW, **given)


def id_of(key):
    return key.split("_")[1]


def test_a_key_proves_who_holds_it(audit):
    identity = authenticate(audit.engine, PEPPER, make(audit), NOW)
    assert (identity.name, identity.role) == ("Visitors", Role.CASEWORKER)
    assert identity.purposes == {"early_help"}


def test_a_key_has_a_prefix_an_id_and_256_bits_of_secret(audit):
    prefix, key_id, secret = make(audit).split("_")
    assert (prefix, len(key_id), len(bytes.fromhex(secret))) == ("hearth", 12, 32)


def test_the_database_holds_no_secret(audit):
    secret = make(audit).split("_")[2]
    with reading(audit.engine) as connection:
        everything = [
            str(connection.execute(text(f"SELECT * FROM {table}")).all())
            for table in ("api_keys", "audit_entries", "audit_payloads")
        ]
    assert secret not in "".join(everything)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1] + ("0" if key[-1] != "0" else "1"),
        lambda key: key.replace("hearth_", "other_"),
        lambda key: key.upper(),
        lambda key: key + "\n",
        lambda key: key.replace(id_of(key), "0" * 12),
        lambda key: key[:-1] + "\x00",
        lambda key: key[:-1] + "\udcff",
        lambda _: "",
    ],
)
def test_a_wrong_key_is_refused_in_the_same_words(audit, spoil):
    key = make(audit)
    with pytest.raises(PermissionDeniedError, match=r"^the API key is unknown, expired or revoked"):
        authenticate(audit.engine, PEPPER, spoil(key), NOW)


def test_with_another_pepper_no_key_works(audit):
    key = make(audit)
    with pytest.raises(PermissionDeniedError):
        authenticate(audit.engine, PEPPER + "!", key, NOW)


def test_without_a_pepper_no_key_is_made(audit):
    with pytest.raises(SettingsError, match="pepper"), writing(audit.engine) as connection:
        create_key(connection, "", name="a", role=Role.CASEWORKER, actor="b", audit=audit, now=NOW)


def test_a_hash_moved_to_another_key_opens_nothing(audit):
    weak, strong = make(audit), make(audit, role=Role.ADMINISTRATOR)
    with writing(audit.engine) as connection:
        stolen = connection.scalar(
            select(api_keys.c.secret_hash).where(api_keys.c.key_id == id_of(weak))
        )
        connection.execute(
            update(api_keys).where(api_keys.c.key_id == id_of(strong)).values(secret_hash=stolen)
        )
    forged = weak.replace(id_of(weak), id_of(strong))
    with pytest.raises(PermissionDeniedError):
        authenticate(audit.engine, PEPPER, forged, NOW)


def test_a_key_ends_at_its_expiry(audit):
    key = make(audit, expires_at=NOW + timedelta(hours=1))
    assert authenticate(audit.engine, PEPPER, key, NOW + timedelta(minutes=59))
    with pytest.raises(PermissionDeniedError):
        authenticate(audit.engine, PEPPER, key, NOW + timedelta(hours=1))


def test_a_revoked_key_ends_and_stays_listed(audit):
    key = make(audit)
    with writing(audit.engine) as connection:
        revoke_key(connection, id_of(key), actor="key9", audit=audit, now=NOW)
    with pytest.raises(PermissionDeniedError):
        authenticate(audit.engine, PEPPER, key, NOW)
    with reading(audit.engine) as connection:
        (listed,) = list_keys(connection)
    assert (listed.revoked_at, listed.revoked_by) == (NOW, "key9")


@pytest.mark.parametrize("times", [0, 1])
def test_only_a_key_in_use_can_be_revoked(audit, times):
    key_id = id_of(make(audit)) if times else "0" * 12
    with writing(audit.engine) as connection:
        for _ in range(times):
            revoke_key(connection, key_id, actor="key9", audit=audit, now=NOW)
        with pytest.raises(NotFoundError, match="no key of that id"):
            revoke_key(connection, key_id, actor="key9", audit=audit, now=NOW)


def test_making_and_revoking_are_in_the_audit_log(audit):
    key = make(audit)
    with writing(audit.engine) as connection:
        revoke_key(connection, id_of(key), actor="key9", audit=audit, now=NOW)
    with reading(audit.engine) as connection:
        recorded = connection.execute(
            select(audit_entries.c.action, audit_entries.c.actor).order_by(audit_entries.c.sequence)
        ).all()
    assert recorded == [("api_key.created", "installer"), ("api_key.revoked", "key9")]


def test_keys_are_listed_without_their_secrets(audit):
    make(audit)
    with reading(audit.engine) as connection:
        (listed,) = list_keys(connection)
    assert (listed.role, listed.purposes) == (Role.CASEWORKER, {"early_help"})
    assert not hasattr(listed, "secret_hash")
