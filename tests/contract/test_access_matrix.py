"""Every route with a key of every role and a token of every scope: let in or refused as one table says."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi.routing import APIRoute
from jwt.algorithms import ECAlgorithm

from hearth.audit_log import AuditLog
from hearth.identity import ROLES, Permission, Role, add_client
from hearth.storage.engine import writing
from serving.pages.session import COOKIE, unseal
from serving.web.access import ANYONE_KNOWN, API, OPEN, PAGE, PAGES, lets_in, page

ISSUER, AUDIENCE = "https://id.council.example", "hearth"
PRIVATE = ec.generate_private_key(ec.SECP256R1())
NAMES = {"model": "school_readiness"}
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
REFUSED = {"urn:hearth:problem:not-allowed"}


def routes_of(routes):
    """Every route of an app, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield from (f"{method} {route.path}" for method in route.methods)
        elif hasattr(route, "original_router"):
            yield from routes_of(route.original_router.routes)


def filled(path):
    return re.sub(r"\{(\w+)\}", lambda found: NAMES.get(found[1], UNKNOWN_ID), path)


def verdict(answer):
    """Whether an answer let its asker in: 200, 404 and 422 do, and say no more here."""
    if answer.status_code == 403 and answer.json()["type"] in REFUSED:
        return "refused"
    return "unknown" if answer.status_code == 401 else "let in"


def ask(client, route, **options):
    method, path = route.split()
    return client.request(method, filled(path), **options)


@pytest.fixture(scope="module")
def matrix_council(tmp_path_factory, session_council_maker):
    """A council that takes tokens, with a client of every role."""
    folder = tmp_path_factory.mktemp("matrix")
    council = session_council_maker(folder)
    key = ECAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True) | {"kid": "a"}
    (folder / "keys.json").write_text(json.dumps({"keys": [key]}))
    given = {
        "oauth_issuer": ISSUER,
        "oauth_audience": AUDIENCE,
        "oauth_jwks": f"{folder}/keys.json",
    }
    council.settings = council.settings.model_copy(update=given)
    audit = AuditLog(council.engine, council.clock)
    with writing(council.engine) as connection:
        for role in Role:
            add_client(
                connection,
                role.value,
                name=role.value,
                role=role,
                purposes=["early_help"],
                actor="operator",
                audit=audit,
                now=council.clock(),
            )
    yield council
    council.engine.dispose()


@pytest.fixture(scope="module")
def stranger(matrix_council):
    with matrix_council.client(
        None, follow_redirects=False, raise_server_exceptions=False
    ) as opened:
        yield opened


def bearer(proof):
    return {"headers": {"Authorization": f"Bearer {proof}"}}


def token(council, role, scope):
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": role.value, "scope": scope.value}
    claims["exp"] = council.clock() + timedelta(minutes=5)
    return jwt.encode(claims, PRIVATE, algorithm="ES256", headers={"kid": "a"})


def test_every_route_stands_in_the_table_and_no_other(matrix_council):
    """A new route gets its line in serving/web/access.py; then `python -m serving.web.access`."""
    assert set(routes_of(matrix_council.app().routes)) == set(API) | set(PAGES)


def test_nobody_is_let_in_without_proof_but_where_the_table_says_so(stranger):
    found = {route: verdict(ask(stranger, route)) for route in API}
    assert found == {
        route: "let in" if needed == OPEN else "unknown" for route, needed in API.items()
    }


def test_nobody_sees_a_page_before_signing_in_but_where_the_table_says_so(stranger):
    stranger.cookies.clear()
    for route, needed in PAGES.items():
        answer = ask(stranger, route, data={})
        leads_to_sign_in = answer.headers.get("location", "").startswith("/sign-in")
        assert leads_to_sign_in == (needed != OPEN), route


@pytest.mark.parametrize("role", Role)
def test_a_key_of_a_role_is_let_in_where_the_table_says_so(stranger, matrix_council, role):
    key = matrix_council.keys[role.value]
    found = {route: verdict(ask(stranger, route, **bearer(key))) for route in API}
    assert found == {
        route: "let in" if needed == OPEN or lets_in(needed, ROLES[role]) else "refused"
        for route, needed in API.items()
    }


@pytest.mark.parametrize("scope", Permission)
def test_a_token_of_one_scope_is_let_in_where_the_table_says_so(stranger, matrix_council, scope):
    role = next(role for role in Role if scope in ROLES[role])
    proof = token(matrix_council, role, scope)
    found = {route: verdict(ask(stranger, route, **bearer(proof))) for route in API}
    assert found == {
        route: "let in" if needed == OPEN or lets_in(needed, frozenset({scope})) else "refused"
        for route, needed in API.items()
    }


@pytest.mark.parametrize("role", Role)
def test_a_scope_that_a_role_does_not_hold_opens_nothing(stranger, matrix_council, role):
    beyond = [scope for scope in Permission if scope not in ROLES[role]]
    guarded = [route for route, needed in API.items() if needed not in (OPEN, ANYONE_KNOWN)]
    for scope in beyond:
        proof = token(matrix_council, role, scope)
        assert {verdict(ask(stranger, route, **bearer(proof))) for route in guarded} == {"refused"}


def signed_in(client, council, role):
    """The CSRF token of whoever signed in with the key of a role."""
    client.cookies.clear()
    client.get("/sign-in")
    form = {"csrf": csrf_of(client, council), "key": council.keys[role.value]}
    assert client.post("/sign-in", data=form).status_code == 303
    return csrf_of(client, council)


def csrf_of(client, council):
    pepper = council.settings.api_key_pepper.get_secret_value()
    return unseal(client.cookies[COOKIE], pepper, council.clock()).csrf


@pytest.mark.parametrize("role", Role)
def test_whoever_signed_in_sees_the_pages_that_the_table_says(stranger, matrix_council, role):
    csrf = signed_in(stranger, matrix_council, role)
    for route, needed in PAGES.items():
        if route == "POST /sign-out":
            continue
        options = {"data": {"csrf": csrf}} if route.startswith("POST") else {}
        is_refused = ask(stranger, route, **options).status_code == 403
        assert is_refused == (needed != OPEN and not lets_in(needed, ROLES[role])), route
    assert ask(stranger, "POST /sign-out", data={"csrf": csrf}).status_code == 303


def test_the_page_of_the_table_is_written(repository):
    text = (repository / PAGE).read_text()
    assert text == page(), "run `python -m serving.web.access`"


def test_the_reference_of_the_api_names_what_each_route_needs(repository):
    text = (repository / "docs/reference/http_api.md").read_text()
    rows = re.findall(
        r"^\| `((?:GET|POST|PUT|PATCH|DELETE) /[^`]+)` \| ([^|]+) \|", text, re.MULTILINE
    )
    told = {route: set(re.findall(r"`([a-z]+:[a-z]+)`", needs)) for route, needs in rows}
    guarded = {
        route: {str(one) for one in needed}
        for route, needed in API.items()
        if needed != ANYONE_KNOWN
    }
    assert told == guarded
