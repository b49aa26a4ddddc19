"""Snapshots: what is held of one source, in its contract's types, with its provenance."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from features import artefacts

DATA, QUARANTINE, QUALITY = "data.parquet", "quarantine.parquet", "quality.json"
QUALITY_PAGE = "quality.html"
CHANGED_KEYS = "changed_keys.parquet"
BATCH = 500_000
"""Rows read at a time: some tens of megabytes."""


@dataclass(frozen=True)
class Ingested:
    """What became of a source; `up_to_date` where its extract had been ingested before.

    `expired` counts rows that retention no longer lets the council keep. `notes` are what its
    quality report asks somebody to look at.
    """

    source: str
    rows: int
    duplicates: int
    quarantined: int
    expired: int
    notes: list[str]
    up_to_date: bool

    @classmethod
    def of(cls, manifest: dict[str, Any], *, up_to_date: bool) -> "Ingested":
        """What a manifest says of it."""
        names = ("source", "rows", "duplicates", "quarantined", "expired", "notes")
        return cls(**{name: manifest[name] for name in names}, up_to_date=up_to_date)


def snapshot_folder(state_dir: Path, source: str) -> Path:
    """Folder that holds the snapshot of a source."""
    return state_dir / "snapshots" / source


def refused_folder(state_dir: Path, source: str) -> Path:
    """Folder that holds the quarantine of an extract that was refused."""
    return state_dir / "refused" / source


def snapshot_manifest(state_dir: Path, source: str) -> dict[str, Any]:
    """Provenance of a source's snapshot; NotFoundError where there is none."""
    return artefacts.need_manifest(snapshot_folder(state_dir, source), "run `hearth ingest`")


def read_quality(folder: Path) -> dict[str, Any] | None:
    """Quality report of the snapshot in a folder; None where there is none."""
    path = folder / QUALITY
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def read_snapshot(state_dir: Path, source: str) -> pa.Table:
    """Rows of a source's snapshot, in the contract's types and in the source's own order."""
    snapshot_manifest(state_dir, source)
    return artefacts.read_table(snapshot_folder(state_dir, source) / DATA)


def snapshot_batches(
    state_dir: Path, source: str, columns: Sequence[str], *, rows: int = BATCH
) -> Iterator[pa.Table]:
    """Rows of a source's snapshot as `read_snapshot` orders them, so many in memory at a time.

    The first batch is empty, so that there always is one.
    """
    snapshot_manifest(state_dir, source)
    with pq.ParquetFile(snapshot_folder(state_dir, source) / DATA) as file:
        schema = pa.schema([file.schema_arrow.field(name) for name in columns])
        yield pa.Table.from_batches([], schema=schema)
        for batch in file.iter_batches(batch_size=rows, columns=list(columns), use_threads=False):
            yield pa.Table.from_batches([batch]).select(columns)
