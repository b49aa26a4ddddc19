"""Tokens at the door of the service: who gets in, and what every refusal looks like."""

import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm
from structlog.testing import capture_logs

from hearth.audit_log import AuditLog
from hearth.identity import Role, add_client, revoke_client
from hearth.storage.engine import reading, writing
from hearth.storage.schema import audit_entries

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ISSUER, AUDIENCE = "https://id.council.example", "hearth"
MODELS, SCORES = "/v1/models", "/v1/models/school_readiness/scores"
SUBJECT = {"subject": "100012345678"}
PRIVATE, OTHER = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))


def write_keys(council, *keys):
    named = [
        ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": str(place)}
        for place, key in enumerate(keys)
    ]
    file = council.settings.workspace / "keys.json"
    file.write_text(json.dumps({"keys": named}))
    return str(file)


def token(key=PRIVATE, kid="0", **claims):
    said = {"iss": ISSUER, "aud": AUDIENCE, "sub": "crm", "exp": NOW + timedelta(minutes=5)}
    return jwt.encode(said | claims, key, algorithm="ES256", headers={"kid": kid})


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def council_with_clients(council):
    """A council that takes tokens, and a client of the caseworkers' system."""
    given = {"oauth_issuer": ISSUER, "oauth_audience": AUDIENCE}
    given["oauth_jwks"] = write_keys(council, PRIVATE)
    council.settings = council.settings.model_copy(update=given)
    with writing(council.engine) as connection:
        add_client(
            connection,
            "crm",
            name="CRM",
            role=Role.CASEWORKER_SYSTEM,
            purposes=["early_help"],
            actor="operator",
            audit=AuditLog(council.engine, lambda: NOW),
            now=NOW,
        )
    return council


@pytest.fixture
def client(council_with_clients):
    with council_with_clients.client(None) as opened:
        yield opened


def test_a_client_scores_by_its_token_and_is_in_the_log_by_its_id(client, council_with_clients):
    for _ in range(2):  # proved, then remembered
        made = client.post(SCORES, json=SUBJECT, headers=bearer(token()))
        assert made.status_code == 201
    with reading(council_with_clients.engine) as connection:
        actors = connection.scalars(audit_entries.select().with_only_columns(audit_entries.c.actor))
        assert list(actors)[-2:] == ["client:crm", "client:crm"]


def test_an_api_key_works_beside_tokens(client, council_with_clients):
    key = council_with_clients.keys["caseworker"]
    assert client.get(MODELS, headers=bearer(key)).status_code == 200


def test_every_refused_token_reads_the_same(client):
    refused = {
        "expired": token(exp=NOW - timedelta(minutes=5)),
        "issuer": token(iss="https://elsewhere.example"),
        "audience": token(aud="another"),
        "unknown-client": token(sub="stranger"),
        "unknown-key": token(kid="9"),
        "signature": token(OTHER),
        "malformed": "no-token-at-all",
    }
    with capture_logs() as logged:
        answers = [client.get(MODELS, headers=bearer(text)) for text in refused.values()]
    assert {answer.status_code for answer in answers} == {401}
    assert len({(one.json()["detail"], one.json()["type"]) for one in answers}) == 1
    assert {one.headers["www-authenticate"] for one in answers} == {"Bearer"}
    assert [line["reason"] for line in logged if "reason" in line] == list(refused)
    assert not any(text in str(logged) for text in refused.values())


def test_where_no_provider_is_set_a_token_is_a_wrong_key(council):
    with council.client(None) as client:
        assert client.get(MODELS, headers=bearer(token())).status_code == 401


def test_a_revoked_client_makes_no_score_from_the_next_request_on(client, council_with_clients):
    assert client.post(SCORES, json=SUBJECT, headers=bearer(token())).status_code == 201
    with writing(council_with_clients.engine) as connection:
        audit = AuditLog(council_with_clients.engine, lambda: NOW)
        revoke_client(connection, "crm", actor="operator", audit=audit, now=NOW)
    assert client.post(SCORES, json=SUBJECT, headers=bearer(token())).status_code == 401


def test_a_remembered_token_still_expires(council_with_clients):
    times = [NOW]
    council_with_clients.clock = lambda: times[-1]
    with council_with_clients.client(None) as client:
        headers = bearer(token())
        assert client.get(MODELS, headers=headers).status_code == 200
        times.append(NOW + timedelta(minutes=6))
        assert client.get(MODELS, headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({}, 201),
        ({"scope": "score:write"}, 201),
        ({"scope": "score:read explain:read"}, 403),
        ({"scope": "openid profile"}, 403),
        ({"scp": ["score:write"]}, 201),
        ({"scope": "score:write", "scp": ["score:read"]}, 403),
    ],
)
def test_a_token_s_scopes_narrow_what_its_client_may(client, claims, status):
    made = client.post(SCORES, json=SUBJECT, headers=bearer(token(**claims)))
    assert made.status_code == status


def test_scopes_beyond_the_client_s_role_give_nothing(client):
    asked = "score:write explain:read explain:sensitive admin:keys household:names"
    made = client.post(SCORES, json=SUBJECT, headers=bearer(token(scope=asked)))
    assert made.json()["explanation"]["withheld"]["count"] == 1


def test_a_withdrawn_signing_key_is_believed_no_more_once_the_keys_are_read_again(
    client, council_with_clients
):
    assert client.get(MODELS, headers=bearer(token())).status_code == 200
    write_keys(council_with_clients, OTHER)
    door = client.app.state.service.tokens
    keys = vars(door)["_keys"]
    vars(keys).update(_read_at=vars(keys)["_read_at"] - 601, _tried_at=0.0)
    assert client.get(MODELS, headers=bearer(token())).status_code == 401
    assert client.get(MODELS, headers=bearer(token(OTHER))).status_code == 200


def test_without_readable_keys_no_token_gets_in_and_keys_of_ours_still_do(council_with_clients):
    (council_with_clients.settings.workspace / "keys.json").unlink()
    with council_with_clients.client() as client:
        assert client.get(MODELS, headers=bearer(token())).status_code == 401
        assert client.get(MODELS).status_code == 200
