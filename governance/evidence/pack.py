"""An evidence pack: members, the manifest of their hashes, and the signature over it."""

import json
from collections.abc import Mapping
from typing import Any

from governance.evidence.archive import write_archive
from hearth.audit_log.signing import Signer
from hearth.digest import canonical_json, sha256_of

FORMAT = "hearth-evidence-1"
"""Stands in what is signed: no other signature of the same key can pass for one of a pack."""

MANIFEST, SIGNATURE, PUBLIC_KEY = "manifest.json", "signature.json", "public_key.pem"


def make_pack(members: Mapping[str, bytes], about: Mapping[str, Any], signer: Signer) -> bytes:
    """The signed archive; the same members, words and key give the same bytes.

    Parameters
    ----------
    members
        Contents by path within the pack.
    about
        What the manifest says beside the hashes: model, version, what stays out.
    signer
        The key that signs the audit log's checkpoints.
    """
    content = {**members, PUBLIC_KEY: signer.public_text.encode("ascii")}
    files = {name: sha256_of(each) for name, each in sorted(content.items())}
    manifest = as_json({"format": FORMAT, **about, "files": files})
    signature = signature_of(signer.key_id, signer.sign(signed(manifest)))
    return write_archive({**content, MANIFEST: manifest, SIGNATURE: signature})


def signature_of(key_id: str, signature: str) -> bytes:
    """The member that holds the signature."""
    return as_json({"key_id": key_id, "signature": signature})


def signed(manifest: bytes) -> bytes:
    """Bytes that the signature is over."""
    return canonical_json({"format": FORMAT, "manifest_sha256": sha256_of(manifest)})


def as_json(value: Any) -> bytes:
    """JSON for people too: sorted, indented, one newline at the end; dates as ISO text."""
    text = json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, default=_text)
    return f"{text}\n".encode()


def _text(value: Any) -> str:
    return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)
