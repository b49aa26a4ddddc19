"""The key that signs checkpoints of the audit log: Ed25519, the private half readable by its owner alone.

References
----------
RFC 8032, Edwards-Curve Digital Signature Algorithm (Ed25519).
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from hearth.digest import sha256_of
from hearth.errors import AuditError
from hearth.private_files import make_private_file, make_private_folder

_PUBLIC_BLOCK = re.compile(
    rb"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", flags=re.DOTALL
)
_ID_DIGITS = 16

PublicKeys = Mapping[str, Ed25519PublicKey]
"""Keys that checkpoints may be signed with, by their ids."""


class Signer:
    """A private key, with the id and text of its public half."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.key_id = key_id_of(key.public_key())
        self.public_keys: PublicKeys = {self.key_id: key.public_key()}
        self.public_text = (
            key.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode("ascii")
        )

    def sign(self, content: bytes) -> str:
        """Signature of the content, in hexadecimal digits."""
        return self._key.sign(content).hex()


def open_signer(path: Path) -> Signer:
    """The key in a file (PEM), made first if there is none; any number of processes may ask at once.

    Raises
    ------
    AuditError
        If the file holds no Ed25519 key.
    """
    if not path.exists():
        _make_key(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise AuditError(
            f"{path}: holds no Ed25519 private key in PEM; put the key back from its copy, or move "
            "the file away for a new one to be made"
        )
    return Signer(key)


def read_public_keys(path: Path) -> PublicKeys:
    """Public keys in a file of one or several PEM blocks, by id.

    Raises
    ------
    AuditError
        If the file cannot be read, or holds no Ed25519 public key.
    """
    try:
        found = keys_in(path.read_bytes())
    except (OSError, ValueError) as error:
        raise AuditError(
            f"{path}: cannot be read as public keys ({type(error).__name__})"
        ) from None
    if not found:
        raise AuditError(f"{path}: holds no Ed25519 public key; write it with `hearth audit key`")
    return found


def keys_in(text: bytes) -> PublicKeys:
    """Ed25519 public keys among PEM blocks, by id; ValueError where a block is none of any kind."""
    keys = [load_pem_public_key(block) for block in _PUBLIC_BLOCK.findall(text)]
    return {key_id_of(key): key for key in keys if isinstance(key, Ed25519PublicKey)}


def is_signed(keys: PublicKeys, key_id: str, signature: str, content: bytes) -> bool:
    """Whether one of the keys signed the content."""
    if key_id not in keys:
        return False
    try:
        keys[key_id].verify(bytes.fromhex(signature), content)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id_of(key: Ed25519PublicKey) -> str:
    """The first digits of the SHA-256 of a public key."""
    return sha256_of(key.public_bytes(Encoding.Raw, PublicFormat.Raw))[:_ID_DIGITS]


def _make_key(path: Path) -> None:
    """A new key, linked into place whole: of several processes the first one's stays."""
    make_private_folder(path.parent)
    aside = path.with_name(f".{path.name}.{uuid4().hex}")
    make_private_file(aside)
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    try:
        aside.write_bytes(pem)
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        aside.unlink()
