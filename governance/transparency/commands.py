"""The records of a version: made, written aside, compared with those of another, published."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from governance.disclosure.control import disclosure_policy
from governance.report.document import Document
from governance.transparency import record as atrs
from governance.transparency.dpia import QUESTIONS, dpia_document, open_questions
from governance.transparency.equality import equality_document, unsaid
from governance.transparency.facts import Facts, read_facts
from governance.transparency.markdown import markdown_of
from governance.transparency.minimisation import minimisation_document
from governance.transparency.notice_record import make_notice, notice_document, spoken_part
from governance.transparency.page import page_of
from governance.transparency.reading_age import reading_age
from hearth.audit_log import AuditLog
from hearth.catalogue import Catalogue
from hearth.digest import sha256_of
from hearth.errors import BundleError, NotFoundError
from hearth.identity import Identity, Permission
from hearth.risk_model.files import check_files, read_folder, with_manifest, write_folder
from hearth.settings import Settings
from hearth.storage.engine import writing
from hearth.storage.publications import MANIFEST, find_publication, publish_folder

RECORD = "atrs.json"
_DOCUMENTS: Mapping[str, tuple[str, Callable[[Facts], Document]]] = {
    "dpia": ("data protection impact assessment, a draft", dpia_document),
    "notice": ("notice", notice_document),
    "equality": ("equality duty", equality_document),
    "minimisation": ("data minimisation", minimisation_document),
}


@dataclass(frozen=True)
class Made:
    """Records of a version that were made.

    Attributes
    ----------
    to_write : list of str
        What a person must still write, a line each, with the key to write it under.
    reading_age : float
        Age in years at which the notice can be read.
    """

    folder: Path
    files: Mapping[str, bytes]
    to_write: list[str]
    reading_age: float


def transparency_path(settings: Settings, model: str, version: str) -> Path:
    """Folder of a version's records."""
    return settings.state_dir / "transparency" / model / version


def make_records(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    version: str,
    *,
    records: Engine,
    now: datetime,
    out: Path | None = None,
) -> Made:
    """Make and write every record of a reported version; the same day and facts give the same bytes.

    Parameters
    ----------
    records : Engine
        The records database, for usage and approvals.
    now : datetime
        Its day is printed.
    out : Path, optional
        Folder to write into; state/transparency/MODEL/VERSION if not given.

    Raises
    ------
    NotFoundError
        If the version was not trained or not reported.
    DefinitionError
        If what people wrote is at fault, or names a person as owner.
    """
    facts = read_facts(catalogue, settings, model, version, records=records, now=now)
    record = atrs.make_record(facts)
    documents = {name: (kind, make(facts)) for name, (kind, make) in _DOCUMENTS.items()}
    documents["atrs"] = ("transparency record", atrs.record_document(record))
    files = {RECORD: atrs.as_json(record), "atrs.csv": atrs.as_csv(record)}
    for name, (kind, document) in documents.items():
        files[f"{name}.html"] = page_of(document, kind)
        files[f"{name}.md"] = markdown_of(document)
        files.setdefault(f"{name}.json", _json_of(document))
    if facts.card is not None and _is_public(facts):
        files["model_card.md"] = facts.card
    folder = out or transparency_path(settings, model, version)
    folder.parent.mkdir(parents=True, exist_ok=True)
    whole = with_manifest(files)
    write_folder(folder, whole)
    return Made(
        folder, whole, _to_write(facts, record), reading_age(spoken_part(make_notice(facts)))
    )


def _is_public(facts: Facts) -> bool:
    """Whether nothing need be withheld: the card of training has figures that no disclosure control saw."""
    return disclosure_policy(facts.definition.fairness.disclosure).name == "none"


def _to_write(facts: Facts, record: atrs.Record) -> list[str]:
    lines = [
        f"fields.{a.field.key}: {a.field.ref} {a.field.label}. {a.field.prompt}"
        for a in record.to_write
    ]
    lines += [f"dpia.{key}: {QUESTIONS[key]}" for key in open_questions(facts)]
    lines += [
        f"fairness.not_held of model.yaml: why {each.lower()} is not held" for each in unsaid(facts)
    ]
    return lines


def compare_records(
    settings: Settings, model: str, against: str, files: Mapping[str, bytes]
) -> list[atrs.Change]:
    """Fields of a transparency record that differ from those of another version.

    Parameters
    ----------
    against : str
        The other version, whose records were made before.
    files : mapping of str to bytes
        Records just made.

    Raises
    ------
    NotFoundError
        If the records of the other were not made.
    """
    path = transparency_path(settings, model, against) / RECORD
    if not path.exists():
        raise NotFoundError(
            f"the records of {model} version {against} were not made; "
            f"run: hearth transparency {model} --version {against}"
        )
    return atrs.changes_between(atrs.read_json(path.read_bytes()), atrs.read_json(files[RECORD]))


def publish(folder: Path, name: str, *, identity: Identity, audit: AuditLog) -> bool:
    """Lay a folder of records open: the service shows it from the next request on.

    False if just these files are published already, and then nothing is done.

    Parameters
    ----------
    folder : Path
        With a manifest; refused if a file is not as it lists.
    name : str
        Under which it is published; see `hearth.storage.publications`.
    identity : Identity
        Holder of `model:submit`.

    Raises
    ------
    PermissionDeniedError
        If the identity may not.
    BundleError
        If a file was altered since it was made.
    """
    identity.require(Permission.MODEL_SUBMIT)
    files = read_folder(folder)
    manifest = check_files(files)
    with writing(audit.engine) as connection:
        if _is_published(connection, name, manifest):
            return False
        publish_folder(connection, name, files, at=audit.clock(), by=identity.key_id)
        audit.append(
            "records.publish",
            actor=identity.key_id,
            details={"folder": name, "manifest_sha256": manifest},
            connection=connection,
        )
    return True


def _is_published(connection: Connection, name: str, manifest_sha256: str) -> bool:
    """Whether a whole folder with this manifest is published under the name."""
    try:
        found = find_publication(connection, name)
    except BundleError:
        return False
    return found is not None and sha256_of(found.files[MANIFEST]) == manifest_sha256


def _json_of(document: Document) -> bytes:
    return (json.dumps(document.as_json(), indent=1, ensure_ascii=False) + "\n").encode()
