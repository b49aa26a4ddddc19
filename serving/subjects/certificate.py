"""The certificate of a purge: what went, how many, by which rule and when, and where the log says so."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from hearth.audit_log.recorded import Recorded, recorded
from hearth.private_files import make_private_folder
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries
from serving.subjects.purge import PURGED

_WORDS = {
    "scores": "scores, with what people wrote on them",
    "log_payloads": "payloads of audit entries",
    "made_beforehand": "scores made beforehand",
    "references": "references to subjects",
    "inputs": "rows of the feature store",
    "idempotency_keys": "answers kept for replay",
}


def write_certificates(folder: Path, engine: Engine) -> list[Path]:
    """Certificates of purges on record that had none yet, as JSON and as text, earliest first.

    A purge that was stopped between its last entry and its certificate is certified by the next.
    They hold no personal data.
    """
    with reading(engine) as connection:
        found = recorded(connection, PURGED)
        hashes = {
            row.sequence: row.entry_hash
            for row in connection.execute(
                select(audit_entries.c.sequence, audit_entries.c.entry_hash).where(
                    audit_entries.c.action == PURGED
                )
            )
        }
    written = []
    for entry in found:
        path = folder / f"purge-{entry.sequence:08}.json"
        if not path.exists():
            _write(path, _certificate(entry, hashes[entry.sequence]))
            written.append(path)
    return written


def _certificate(entry: Recorded, entry_hash: str) -> dict[str, Any]:
    return {
        "purged_at": entry.recorded_at.isoformat(),
        "audit_entry": {"sequence": entry.sequence, "entry_hash": entry_hash},
        **entry.details,
    }


def _write(path: Path, certificate: dict[str, Any]) -> None:
    """The text first: a certificate is there once its JSON is."""
    make_private_folder(path.parent)
    for file, text in (
        (path.with_suffix(".txt"), "\n".join(_lines(certificate)) + "\n"),
        (path, json.dumps(certificate, indent=2, sort_keys=True) + "\n"),
    ):
        aside = file.with_name(f".partial-{file.name}")
        aside.write_text(text, encoding="utf-8")
        aside.replace(file)


def _lines(certificate: dict[str, Any]) -> Sequence[str]:
    entry = certificate["audit_entry"]
    rules = {rule["model"]: rule for rule in certificate["rules"]}
    lines = ["Certificate of erasure", "", f"Erased on {certificate['purged_at'][:10]}", ""]
    for model, kinds in sorted(certificate["erased"].items()):
        rule = rules.get(model)
        by = f" kept for {rule['keep']}, {rule['origin']}" if rule else " kept for 24 hours"
        lines.append(f"{model or 'All models'}:{by}")
        lines += [f"  {count:,} {_WORDS[kind]}" for kind, count in sorted(kinds.items())]
    for model, count in sorted(certificate["held"].items()):
        lines.append(f"{model}: {count:,} scores stay under a legal hold")
    lines += ["", f"Audit entry {entry['sequence']}, hash {entry['entry_hash']}"]
    return lines
