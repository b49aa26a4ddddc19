"""Verifying a pack with nothing but the file: every byte, the signature, and what the board was bound to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from governance.evidence.archive import read_archive
from governance.evidence.audited import entry_fault
from governance.evidence.contents import APPROVALS, ENTRIES, NEEDED, bound_members
from governance.evidence.pack import FORMAT, MANIFEST, PUBLIC_KEY, SIGNATURE, signature_of, signed
from hearth.audit_log.signing import PublicKeys, is_signed, keys_in
from hearth.digest import sha256_of
from hearth.errors import EvidenceError, Fault

_REMEDY = "have the pack made anew, and brought to you on a way nobody alters it"
_OUTER = {MANIFEST, SIGNATURE}


@dataclass(frozen=True)
class Verified:
    """A pack found whole.

    Attributes
    ----------
    key_id : str
        Of the key that signed it.
    is_known_key : bool
        Whether that is one of the keys the verifier brought; else the pack's own word is all there is.
    members : dict of str to bytes
    """

    model: str
    version: str
    key_id: str
    is_known_key: bool
    members: Mapping[str, bytes]

    def json(self, name: str) -> Any:
        """What a member says."""
        return json.loads(self.members[name])


def verify_pack(content: bytes, file: str, *, keys: PublicKeys | None = None) -> Verified:
    """The pack, once every byte of it is as it was signed.

    Parameters
    ----------
    content
        Bytes of the archive.
    file
        What faults call it.
    keys
        Public keys got elsewhere than from the pack; its own if None.

    Raises
    ------
    EvidenceError
        With every fault found: members altered, missing or not listed, a signature that does not hold, an
        approval that is bound to other files, an audit entry that is not what was hashed.
    """
    members = read_archive(content, file)
    faults = [
        Fault(file, name, "is missing", _REMEDY)
        for name in (MANIFEST, SIGNATURE, PUBLIC_KEY, *NEEDED)
        if name not in members
    ]
    if not faults:
        faults = [Fault(file, where, found, _REMEDY) for where, found in _found(members, keys)]
    if faults:
        raise EvidenceError(faults)
    manifest = json.loads(members[MANIFEST])
    signature = json.loads(members[SIGNATURE])
    return Verified(
        manifest["model"], manifest["version"], signature["key_id"], keys is not None, members
    )


def _found(members: Mapping[str, bytes], keys: PublicKeys | None) -> list[tuple[str, str]]:
    """Every fault; one where what is signed says what no pack says."""
    try:
        return list(_faults(members, keys))
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return [(MANIFEST, "or another member says what no pack says")]


def _faults(members: Mapping[str, bytes], keys: PublicKeys | None) -> Iterator[tuple[str, str]]:
    """Where and what; the manifest first, since nothing can be held against one that is not proved."""
    by = keys or _own_keys(members)
    if not by:
        yield PUBLIC_KEY, "is no public key"
        return
    signature = _signature(members)
    if signature is None:
        yield SIGNATURE, "is no signature as a pack has it"
        return
    key_id, made = signature
    if key_id not in by:
        yield SIGNATURE, f"was made with another key than {' or '.join(sorted(by))}"
        return
    if not is_signed(by, key_id, made, signed(members[MANIFEST])):
        yield MANIFEST, f"is not what was signed, or {SIGNATURE} was altered"
        return
    manifest = json.loads(members[MANIFEST])
    if manifest.get("format") != FORMAT:
        yield MANIFEST, "is of another format"
        return
    yield from _differences(members, manifest["files"])
    yield from _unbound(members)
    for entry in _list(members, ENTRIES):
        fault = entry_fault(entry)
        if fault is not None:
            yield ENTRIES, fault


def _own_keys(members: Mapping[str, bytes]) -> PublicKeys:
    try:
        return keys_in(members[PUBLIC_KEY])
    except ValueError:
        return {}


def _signature(members: Mapping[str, bytes]) -> tuple[str, str] | None:
    """Key and signature; None unless they are written just as a pack has them."""
    try:
        said = json.loads(members[SIGNATURE])
        key_id, made = str(said["key_id"]), str(said["signature"])
        written = signature_of(key_id, bytes.fromhex(made).hex())
    except (KeyError, RecursionError, TypeError, ValueError):
        return None
    return (key_id, made) if written == members[SIGNATURE] else None


def _list(members: Mapping[str, bytes], name: str) -> list[Any]:
    """What a member lists."""
    found = json.loads(members[name])
    if not isinstance(found, list):
        raise TypeError(name)
    return found


def _differences(
    members: Mapping[str, bytes], listed: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    inner = set(members) - _OUTER
    for name in sorted(set(listed) | inner):
        if name not in inner:
            yield name, "is missing"
        elif name not in listed:
            yield name, "is not in the manifest"
        elif sha256_of(members[name]) != listed[name]:
            yield name, "was altered"


def _unbound(members: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """Approvals in force, or waiting for one, that are bound to other files than the pack holds."""
    found = bound_members(members)
    for approval in _list(members, APPROVALS):
        for name, digest in approval["hashes"].items():
            if approval["is_open"] and name in found and found[name] != digest:
                yield APPROVALS, f"binds a {name} that is not the one in this pack"
