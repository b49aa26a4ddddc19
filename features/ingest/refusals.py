"""Extracts that were refused: on what day and why, until one of the source is taken in."""

import json
import shutil
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from features import artefacts
from features.ingest.snapshot import refused_folder
from hearth.errors import Fault

_REFUSAL = "refusal.json"


def note_refusal(state_dir: Path, source: str, faults: Sequence[Fault], *, on: date) -> None:
    """Put on record that a source's extract was refused on a day, and why."""
    with artefacts.written(refused_folder(state_dir, source) / _REFUSAL) as path:
        artefacts.write_json(path, {"on": on.isoformat(), "because": [str(f) for f in faults]})


def read_refusal(state_dir: Path, source: str) -> dict[str, Any] | None:
    """`on` what day, and `because` of what faults, a source's last extract was refused; None if it was not."""
    path = refused_folder(state_dir, source) / _REFUSAL
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def forget_refusal(state_dir: Path, source: str) -> None:
    """Take away what is kept of a refused extract, its quarantine too."""
    shutil.rmtree(refused_folder(state_dir, source), ignore_errors=True)
