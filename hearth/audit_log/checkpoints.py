"""Signed heads of the chain, kept outside the database: up to the last of them no rewriting stays unseen."""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec

from hearth.audit_log.chain import AuditEntry
from hearth.audit_log.signing import PublicKeys, Signer, is_signed
from hearth.digest import canonical_json
from hearth.errors import AuditError
from hearth.private_files import make_private_file
from hearth.storage.columns import instant_text

FILE = "checkpoints.jsonl"
"""Name of the file within its folder: one checkpoint a line, only ever appended to."""

_FORMAT = "hearth-checkpoint-1"  # signed with every checkpoint: no other signature can pass for one
_LAST_BYTES = 4_096  # of the file: more than one line


class Checkpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """That the log stood at an entry at a time, signed."""

    sequence: int
    entry_hash: str
    signed_at: str
    key_id: str
    signature: str = ""

    @property
    def entry(self) -> AuditEntry:
        """Where the chain stood."""
        return AuditEntry(self.sequence, self.entry_hash)

    @property
    def content(self) -> bytes:
        """Bytes that are signed: all but the signature, as canonical JSON."""
        fields = msgspec.to_builtins(self)
        del fields["signature"]
        return canonical_json({**fields, "format": _FORMAT})


def add_checkpoint(folder: Path, signer: Signer, head: AuditEntry, now: datetime) -> bool:
    """Whether the head was signed and is on the disk; False where a checkpoint reaches it already.

    Any number of processes may add to one file: each waits its turn.
    """
    unsigned = Checkpoint(head.sequence, head.entry_hash, instant_text(now), signer.key_id)
    signed = msgspec.structs.replace(unsigned, signature=signer.sign(unsigned.content))
    path = folder / FILE
    make_private_file(path)
    with _locked(path) as file:
        last = _last_line(file)
        if last is not None and last.sequence >= head.sequence:
            return False
        os.write(file, msgspec.json.encode(signed) + b"\n")
        os.fsync(file)
    return True


def read_checkpoints(path: Path, keys: PublicKeys) -> list[Checkpoint]:
    """Checkpoints of a file, or of the file in a folder, every signature proved.

    Raises
    ------
    AuditError
        If the file cannot be read, or a line is no checkpoint that one of the keys signed.
    """
    file = path / FILE if path.is_dir() else path
    try:
        lines = file.read_bytes().split(b"\n")[:-1]  # what follows the last line end was cut short
    except OSError as error:
        raise AuditError(f"{file}: cannot be read ({type(error).__name__})") from None
    return [_proved(file, number, line, keys) for number, line in enumerate(lines, start=1)]


def heads_of(checkpoints: Iterable[Checkpoint]) -> list[AuditEntry]:
    """Entries that checkpoints bear witness to, in the order of the chain."""
    return sorted({each.entry for each in checkpoints}, key=lambda entry: entry.sequence)


def _proved(file: Path, number: int, line: bytes, keys: PublicKeys) -> Checkpoint:
    try:
        found = msgspec.json.decode(line, type=Checkpoint)
    except msgspec.DecodeError:
        found = None
    if found is None or not is_signed(keys, found.key_id, found.signature, found.content):
        raise AuditError(
            f"{file}:{number}: is no checkpoint signed with {' or '.join(sorted(keys))}; it was forged "
            "or altered, or another key signed it: then add that one to the file of public keys"
        )
    return found


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    file = os.open(path, os.O_RDWR | os.O_APPEND)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
    finally:
        os.close(file)


def _last_line(file: int) -> Checkpoint | None:
    """The last checkpoint; what a lost power supply left of one after it is cut off."""
    size = os.fstat(file).st_size
    start = max(0, size - _LAST_BYTES)
    text = os.pread(file, size - start, start)
    end = text.rfind(b"\n") + 1
    if end != len(text):
        os.ftruncate(file, start + end)
    lines = text[:end].splitlines()
    try:
        return msgspec.json.decode(lines[-1], type=Checkpoint) if lines else None
    except msgspec.DecodeError:
        return None  # somebody altered it: verifying says so; the log goes on being signed
