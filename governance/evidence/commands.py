"""What the command line asks of evidence packs: make one, verify one."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from governance.evidence.archive import MOST_BYTES, STRUCTURE
from governance.evidence.contents import left_out, mlflow_run, read_contents
from governance.evidence.pack import make_pack
from governance.evidence.verification import Verified, verify_pack
from hearth.audit_log.signing import Signer, read_public_keys
from hearth.catalogue import Catalogue
from hearth.digest import sha256_of
from hearth.errors import EvidenceError, Fault
from hearth.settings import Settings
from hearth.storage.engine import reading


@dataclass(frozen=True)
class Packed:
    """A pack that was written: where, its hash, and how many members it has."""

    file: Path
    sha256: str
    members: int
    key_id: str


def write_evidence(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    version: str,
    *,
    records: Engine,
    signer: Signer,
    out: Path,
) -> Packed:
    """Write the evidence pack of a reported version; the same state of things gives the same bytes.

    Raises
    ------
    NotFoundError, StateError, BundleError
        As `read_contents`.
    """
    with reading(records) as connection:
        members = read_contents(catalogue, settings, model, version, connection=connection)
    about = {
        "model": model,
        "version": version,
        "mlflow_run": mlflow_run(members),
        "left_out": left_out(settings, model, version),
    }
    content = make_pack(members, about, signer)
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".{out.name}.partial")
    aside.write_bytes(content)
    aside.replace(out)
    return Packed(out, sha256_of(content), len(members), signer.key_id)


def verify_evidence(file: Path, *, public_key: Path | None = None) -> Verified:
    """A pack proved whole, with no records and no data; see `verify_pack`.

    Raises
    ------
    EvidenceError
        With everything that is wrong, or if the file cannot be read.
    AuditError
        If the file of public keys cannot be used.
    """
    keys = None if public_key is None else read_public_keys(public_key)
    try:
        too_large = file.stat().st_size > MOST_BYTES
        content = b"" if too_large else file.read_bytes()
    except OSError as error:
        found = f"cannot be read ({type(error).__name__})"
        raise EvidenceError([Fault(str(file), "", found, "name the pack's file")]) from None
    if too_large:
        found = f"has more than {MOST_BYTES} bytes, which no pack has"
        raise EvidenceError([Fault(file.name, STRUCTURE, found, "name the pack's file")])
    return verify_pack(content, file.name, keys=keys)
