"""The provider's keys: which are held, and when they are read."""

import json
import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from jwt.algorithms import ECAlgorithm

from hearth.identity.signing_keys import (
    KEPT_S,
    LIFE_S,
    PAUSE_S,
    SigningKeys,
    fetch,
    keys_of,
    read_source,
)

PRIVATE = ec.generate_private_key(ec.SECP256R1())


def jwk(kid="a", **changes):
    return ECAlgorithm.to_jwk(PRIVATE.public_key(), as_dict=True) | {"kid": kid} | changes


def jwks(*keys):
    return json.dumps({"keys": list(keys)}).encode()


class Provider:
    """A source of keys that counts how often it is read, and a clock that is moved by hand."""

    def __init__(self, *kids):
        self.kids, self.times, self.now, self.fails = kids, 0, 0.0, False
        self.keys = SigningKeys("keys", read=self.read, elapsed=lambda: self.now)

    def read(self, _source):
        self.times += 1
        if self.fails:
            raise OSError
        return jwks(*map(jwk, self.kids))

    def ask(self, kid):
        if self.keys.is_due(kid):
            self.keys.refresh(kid)
        return self.keys.get(kid)


def test_keys_are_read_when_first_needed_and_then_held():
    provider = Provider("a", "b")
    assert provider.times == 0
    assert provider.ask("a")
    assert provider.ask("b")
    assert provider.times == 1


def test_keys_are_read_again_once_they_are_old():
    provider = Provider("a")
    provider.ask("a")
    provider.kids, provider.now = ("b",), LIFE_S
    assert provider.ask("a") is None
    assert provider.ask("b")
    assert provider.times == 2


def test_an_unknown_key_has_the_set_read_once_and_no_storm_follows():
    provider = Provider("a")
    provider.ask("a")
    provider.now += PAUSE_S
    for unknown in range(500):
        assert provider.ask(f"k{unknown}") is None
    assert provider.times == 2


def test_a_new_key_works_once_the_pause_is_over():
    provider = Provider("a")
    provider.ask("a")
    provider.kids, provider.now = ("a", "b"), PAUSE_S
    assert provider.ask("b")


def test_keys_held_stay_where_reading_fails_but_not_for_ever():
    provider = Provider("a")
    provider.ask("a")
    provider.fails, provider.now = True, LIFE_S
    assert provider.ask("a")
    provider.now = KEPT_S
    assert provider.ask("a")
    provider.now = KEPT_S + 1
    assert provider.ask("a") is None


def test_a_provider_that_is_down_is_not_asked_in_a_storm():
    provider = Provider("a")
    provider.fails = True
    for _ in range(100):
        assert provider.ask("a") is None
    assert provider.times == 1


def test_many_at_once_read_the_keys_once():
    provider = Provider("a")
    threads = [threading.Thread(target=provider.ask, args=("a",)) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert provider.times == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"kid": None},
        {"kid": 7},
        {"d": "AAAA"},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": 7},
        {"kty": "oct", "k": "AAAA"},
        {"kty": ["EC"]},
        {"crv": "P-521"},
        {"crv": "secp256k1"},
        {"alg": "HS256"},
        {"alg": "RS256"},
        {"alg": ["ES256"]},
        {"x": "AAAA"},
        {"x": None},
    ],
)
def test_a_key_that_may_not_verify_tokens_is_left_out(changes):
    assert set(keys_of(jwks(jwk("good"), jwk() | changes))) == {"good"}


def test_an_id_that_stands_twice_is_nobody_s():
    assert set(keys_of(jwks(jwk("good"), jwk("twice"), jwk("twice")))) == {"good"}


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{}", b'{"keys": 7}', b'{"keys": [7]}', b'{"keys": []}', b"\xff", b"[" * 10**5],
)
def test_what_is_no_set_of_keys_is_refused(text):
    with pytest.raises(ValueError, match="JWKS"):
        keys_of(text)


def test_a_file_of_keys_is_read_up_to_its_limit(tmp_path):
    file = tmp_path / "keys.json"
    file.write_bytes(jwks(jwk()))
    assert keys_of(read_source(str(file)))
    file.write_bytes(b" " * (256 * 1024 + 1))
    with pytest.raises(ValueError, match="256 KiB"):
        read_source(str(file))


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = {
            "/keys": (200, jwks(jwk())),
            "/large": (200, b" " * (256 * 1024 + 1)),
            "/moved": (302, b""),
        }.get(self.path, (404, b""))
        self.send_response(status)
        self.send_header("Location", "/keys")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Says nothing."""


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """Address of a provider on a loopback port, and who believes its certificate."""
    folder = tmp_path_factory.mktemp("provider")
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    start = datetime.now(UTC) - timedelta(days=1)
    certificate = (
        x509.CertificateBuilder(name, name, PRIVATE.public_key(), 1, start, start + timedelta(9))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), False
        )
        .sign(PRIVATE, hashes.SHA256())
    )
    file = folder / "provider.pem"
    own = PRIVATE.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(own + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    server = HTTPServer(("127.0.0.1", 0), Answer)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"https://127.0.0.1:{server.server_port}", ssl.create_default_context(cafile=file)
    server.shutdown()
    thread.join()
    server.server_close()


def test_keys_are_fetched_over_tls(provider):
    address, trust = provider
    assert set(keys_of(fetch(f"{address}/keys", trust=trust))) == {"a"}


@pytest.mark.parametrize(
    ("path", "found"), [("/moved", "status"), ("/gone", "status"), ("/large", "256 KiB")]
)
def test_an_answer_that_is_no_plain_set_of_keys_is_refused(provider, path, found):
    address, trust = provider
    with pytest.raises(ValueError, match=found):
        fetch(f"{address}{path}", trust=trust)


def test_a_provider_whose_certificate_nobody_vouches_for_is_not_believed(provider):
    address, _ = provider
    with pytest.raises(ssl.SSLError):
        fetch(f"{address}/keys")
