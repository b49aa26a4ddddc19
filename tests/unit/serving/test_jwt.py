"""Tokens that must be refused, each for its own reason, and those that must not."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from hearth.identity import TokenRefusedError
from hearth.identity.signing_keys import keys_of
from hearth.identity.tokens import claims_of, header_of

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ISSUER, AUDIENCE = "https://id.council.example", "hearth"
PRIVATE = {
    "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "ed": ed25519.Ed25519PrivateKey.generate(),
    "weak": rsa.generate_private_key(public_exponent=65537, key_size=1024),
    "other": ec.generate_private_key(ec.SECP256R1()),
    "secp256k1": ec.generate_private_key(ec.SECP256K1()),
}
CLAIMS = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "housing-crm",
    "exp": int((NOW + timedelta(minutes=5)).timestamp()),
}


def jwk(name, **changes):
    key = PRIVATE[name].public_key()
    kinds = {"rsa": RSAAlgorithm, "weak": RSAAlgorithm, "ed": OKPAlgorithm}
    return kinds.get(name, ECAlgorithm).to_jwk(key, as_dict=True) | {"kid": name} | changes


def jwks(*keys):
    return json.dumps({"keys": list(keys)}).encode()


KEYS = keys_of(jwks(*(jwk(name) for name in ("rsa", "p256", "p384", "ed", "weak"))))


def token(claims=CLAIMS, *, key="p256", alg="ES256", kid=None, **headers):
    kid = key if kid is None else kid
    return jwt.encode(claims, PRIVATE[key], algorithm=alg, headers={"kid": kid, **headers})


def part(content):
    text = content if isinstance(content, str) else json.dumps(content)
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def prove(text, now=NOW, keys=KEYS):
    header = header_of(text)
    return claims_of(text, header, keys.get(header.kid), issuer=ISSUER, audience=AUDIENCE, now=now)


def code_of(text, **options):
    with pytest.raises(TokenRefusedError) as refused:
        prove(text, **options)
    return refused.value.code


def signed_by_hand(header, claims, key="p256"):
    """A token of exactly these texts, with a good signature."""
    signed = f"{part(header)}.{part(claims)}"
    signature = jwt.algorithms.ECAlgorithm(jwt.algorithms.ECAlgorithm.SHA256).sign(
        signed.encode(), PRIVATE[key]
    )
    return f"{signed}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


@pytest.mark.parametrize(
    ("key", "alg"),
    [("rsa", "RS256"), ("rsa", "PS256"), ("p256", "ES256"), ("p384", "ES384"), ("ed", "EdDSA")],
)
def test_a_good_token_is_let_in(key, alg):
    assert prove(token(key=key, alg=alg)).client_id == "housing-crm"


@pytest.mark.parametrize("typ", ["JWT", "at+jwt", "application/at+jwt"])
def test_an_access_token_may_say_that_it_is_one(typ):
    assert prove(token(typ=typ)).client_id == "housing-crm"


def test_an_audience_may_stand_in_a_list():
    assert prove(token(CLAIMS | {"aud": ["other", AUDIENCE]}))


@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE"])
def test_an_unsigned_token_is_refused(alg):
    unsigned = f"{part({'alg': alg, 'kid': 'rsa'})}.{part(CLAIMS)}."
    assert code_of(unsigned) == "malformed"
    assert code_of(unsigned + "AAAA") == "algorithm"


@pytest.mark.parametrize("encoding", [Encoding.PEM, Encoding.DER])
@pytest.mark.parametrize("alg", ["HS256", "HS384", "HS512"])
def test_a_public_key_is_no_shared_secret(alg, encoding):
    public = PRIVATE["rsa"].public_key()
    secret = public.public_bytes(encoding, PublicFormat.SubjectPublicKeyInfo)
    signed = f"{part({'alg': alg, 'kid': 'rsa'})}.{part(CLAIMS)}"
    digest = hmac.digest(secret, signed.encode(), alg.replace("HS", "sha"))
    forged = f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
    assert code_of(forged) == "algorithm"


WRONG_CLAIMS = [
    ({"iss": "https://id.elsewhere.example"}, "issuer"),
    ({"iss": ISSUER + "/"}, "issuer"),
    ({"aud": "another service"}, "audience"),
    ({"aud": ["another service", "a third"]}, "audience"),
    ({"aud": [""]}, "audience"),
    ({"exp": NOW.timestamp() - 31}, "expired"),
    ({"exp": 0}, "expired"),
    ({"exp": 10**400}, "malformed-time"),
    ({"exp": True}, "malformed-time"),
    ({"exp": "2999-01-01"}, "malformed-time"),
    ({"nbf": NOW.timestamp() + 31}, "not-yet-valid"),
    ({"iat": NOW.timestamp() + 31}, "not-yet-valid"),
    ({"nbf": "soon"}, "malformed-time"),
    ({"client_id": "a", "azp": "b"}, "client-unclear"),
    ({"client_id": ["housing-crm"]}, "client-unclear"),
    ({"client_id": ""}, "client-unclear"),
    ({"scope": 7}, "malformed-scope"),
    ({"scp": ["score:read", 7]}, "malformed-scope"),
    ({"scp": {"score:read": True}}, "malformed-scope"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code"), WRONG_CLAIMS)
def test_a_token_that_says_the_wrong_thing_is_refused(changes, code):
    assert code_of(token(CLAIMS | changes)) == code


@pytest.mark.parametrize("claim", ["exp", "iss", "aud", "sub"])
def test_a_token_without_a_required_claim_is_refused(claim):
    without = {name: value for name, value in CLAIMS.items() if name != claim}
    assert code_of(token(without)) in {"claim-missing", "issuer", "audience"}


@pytest.mark.parametrize("claim", ["exp", "iss", "aud", "sub"])
def test_a_required_claim_of_nothing_is_refused(claim):
    empty = signed_by_hand({"alg": "ES256", "kid": "p256"}, CLAIMS | {claim: None})
    assert code_of(empty) in {"claim-missing", "issuer", "audience"}


def test_clocks_may_differ_by_the_leeway():
    assert prove(token(CLAIMS | {"exp": NOW.timestamp() - 29}))
    assert prove(token(CLAIMS | {"nbf": NOW.timestamp() + 29, "iat": NOW.timestamp() + 29}))


def test_a_proved_token_is_over_when_it_has_expired():
    claims = prove(token())
    assert not claims.is_over(NOW + timedelta(minutes=5, seconds=29))
    assert claims.is_over(NOW + timedelta(minutes=5, seconds=30))


@pytest.mark.parametrize(
    "kid", ["unknown", "../../../dev/null", "/etc/passwd", "x' UNION SELECT 'k", "rsa\x00", "P256"]
)
def test_a_kid_is_looked_up_and_nothing_else(kid):
    assert code_of(token(kid=kid)) == "unknown-key"


@pytest.mark.parametrize("kid", ["", "k" * 201, 7, ["p256"], None])
def test_a_token_that_names_no_key_is_refused(kid):
    header = {"alg": "ES256", "kid": kid}
    assert code_of(signed_by_hand(header, CLAIMS)) == "no-key-named"


def test_keys_that_a_token_brings_along_are_not_looked_at():
    header = {
        "alg": "ES256",
        "kid": "p256",
        "jwk": jwk("other"),
        "jku": "https://elsewhere.example/keys",
        "x5u": "https://elsewhere.example/certificate",
        "x5c": ["MIIB"],
    }
    assert code_of(signed_by_hand(header, CLAIMS, key="other")) == "signature"
    assert code_of(signed_by_hand(header | {"kid": "other"}, CLAIMS, key="other")) == "unknown-key"


@pytest.mark.parametrize("extension", [{"crit": ["exp"]}, {"crit": []}, {"b64": False}])
def test_an_extension_that_must_be_understood_is_refused(extension):
    header = {"alg": "ES256", "kid": "p256", **extension}
    assert code_of(signed_by_hand(header, CLAIMS)) == "critical-header"


@pytest.mark.parametrize("typ", ["secevent+jwt", "dpop+jwt", "logout+jwt", 7])
def test_a_token_made_for_something_else_is_refused(typ):
    header = {"alg": "ES256", "kid": "p256", "typ": typ}
    assert code_of(signed_by_hand(header, CLAIMS)) == "type"


@pytest.mark.parametrize("place", [1, 2])
def test_a_tampered_token_is_refused(place):
    parts = token().split(".")
    if place == 1:
        parts[1] = part(CLAIMS | {"sub": "another"})
    else:
        parts[2] = ("A" if parts[2][0] != "A" else "B") + parts[2][1:]
    assert code_of(".".join(parts)) == "signature"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.rsplit(".", 1)[0] + ".",
        lambda text: text.rsplit(".", 1)[0],
        lambda text: text + ".AAAA",
        lambda text: text + "\n",
        lambda text: " " + text,
        lambda text: text.replace(".", ".."),
        lambda text: "." + text.split(".", 1)[1],
        lambda _: "",
        lambda _: "..",
        lambda text: text + "é",
        lambda text: text.split(".")[0] + ".bm90IGpzb24." + text.split(".")[2],
        lambda text: text.split(".")[0] + "." + part([]) + "." + text.split(".")[2],
        lambda text: text.split(".")[0] + "." + part("[" * 4000) + "." + text.split(".")[2],
    ],
)
def test_what_is_no_token_is_refused(spoil):
    assert code_of(spoil(token())) == "malformed"


def test_a_zero_signature_is_refused():
    signed = token().rsplit(".", 1)[0]
    assert code_of(f"{signed}.{base64.urlsafe_b64encode(bytes(64)).decode()[:86]}") == "signature"


def test_an_oversized_token_is_refused_before_it_is_read():
    assert code_of(token(CLAIMS | {"padding": "x" * 8192})) == "too-large"


@pytest.mark.parametrize(
    ("kid", "key", "alg"),
    [
        ("rsa", "p256", "ES256"),
        ("p256", "rsa", "RS256"),
        ("p384", "p256", "ES256"),
        ("ed", "rsa", "PS256"),
    ],
)
def test_a_key_verifies_only_algorithms_of_its_kind(kid, key, alg):
    assert code_of(token(key=key, alg=alg, kid=kid)) == "key-of-another-algorithm"


def test_a_key_that_names_its_algorithm_verifies_no_other():
    keys = keys_of(jwks(jwk("rsa", alg="RS256")))
    assert prove(token(key="rsa", alg="RS256"), keys=keys)
    assert code_of(token(key="rsa", alg="PS256"), keys=keys) == "key-of-another-algorithm"


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_weak_rsa_key_is_not_held():
    assert code_of(token(key="weak", alg="RS256")) == "unknown-key"


@pytest.mark.parametrize("twice", ["sub", "exp", "scope", "aud"])
def test_a_claim_that_stands_twice_is_refused(twice):
    text = json.dumps(CLAIMS | {"scope": "score:read"})[:-1]
    claims = f'{text}, "{twice}": {json.dumps((CLAIMS | {"scope": "x"})[twice])}}}'
    assert code_of(signed_by_hand({"alg": "ES256", "kid": "p256"}, claims)) == "malformed"


def test_a_header_that_stands_twice_is_refused():
    header = '{"alg": "none", "alg": "ES256", "kid": "p256"}'
    assert code_of(signed_by_hand(header, CLAIMS)) == "malformed"


@pytest.mark.parametrize("claims", ['{"exp": NaN}', '{"exp": Infinity}', '"text"', "null"])
def test_claims_that_are_no_json_object_are_refused(claims):
    assert code_of(signed_by_hand({"alg": "ES256", "kid": "p256"}, claims)) == "malformed"


def test_the_client_is_who_the_token_was_given_to():
    assert prove(token(CLAIMS | {"client_id": "crm", "sub": "somebody"})).client_id == "crm"
    assert prove(token(CLAIMS | {"azp": "crm", "sub": "somebody"})).client_id == "crm"
    assert prove(token()).client_id == "housing-crm"


@pytest.mark.parametrize(
    ("claims", "scopes"),
    [
        ({}, None),
        ({"scope": "score:read score:write"}, {"score:read", "score:write"}),
        ({"scp": ["score:read"]}, {"score:read"}),
        ({"scp": "score:read email"}, {"score:read", "email"}),
        ({"scope": "score:read score:write", "scp": ["score:read"]}, {"score:read"}),
        ({"scope": ""}, {""}),
    ],
)
def test_a_token_s_scopes_are_those_of_both_claims(claims, scopes):
    assert prove(token(CLAIMS | claims)).scopes == scopes


def test_nothing_of_a_token_is_in_its_refusal():
    marked = token(CLAIMS | {"iss": "MARKED"})
    with pytest.raises(TokenRefusedError) as refused:
        prove(marked)
    told = repr(refused.value) + str(refused.value.args)
    assert "MARKED" not in told
    assert hashlib.sha256(marked.encode()).hexdigest() not in told
