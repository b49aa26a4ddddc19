"""Snapshots: one extract of one source, validated, in its contract's types, with its provenance."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features import artefacts
from features.ingest import coerce, extract, quality
from features.ingest.extract import read_extract
from features.ingest.quality import (
    IN_THE_FUTURE,
    Finding,
    completeness,
    describe,
    examine,
    repeated_keys,
)
from features.ingest.quarantine import check_threshold, quarantine
from hearth.source_contract import SourceContract

DATA, QUARANTINE, QUALITY = "data.parquet", "quarantine.parquet", "quality.json"
BATCH = 500_000
"""Rows read at a time: some tens of megabytes."""

_CODE = (*(Path(str(module.__file__)) for module in (coerce, extract, quality)), Path(__file__))


@dataclass(frozen=True)
class Ingested:
    """What became of one extract; `up_to_date` where it had been ingested before."""

    source: str
    rows: int
    duplicates: int
    quarantined: int
    up_to_date: bool

    @classmethod
    def of(cls, manifest: dict[str, Any], *, up_to_date: bool) -> "Ingested":
        """What a manifest says of it."""
        counts = (manifest["rows"], manifest["duplicates"], manifest["quarantined"])
        return cls(manifest["source"], *counts, up_to_date)


def snapshot_folder(state_dir: Path, source: str) -> Path:
    """Folder that holds the snapshot of a source."""
    return state_dir / "snapshots" / source


def snapshot_manifest(state_dir: Path, source: str) -> dict[str, Any]:
    """Provenance of a source's snapshot; NotFoundError where there is none."""
    return artefacts.need_manifest(snapshot_folder(state_dir, source), "run `hearth ingest`")


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


def take_snapshot(
    contract: SourceContract, workspace: Path, state_dir: Path, *, run_on: date
) -> Ingested:
    """Snapshot of a source, made anew only where file, contract or code has changed.

    Exact copies of a row are dropped and counted. Rows that break a rule are set aside with their
    reasons and counted.

    Parameters
    ----------
    contract
        The source's contract.
    workspace, state_dir
        Where the extract lies, and where artefacts are kept.
    run_on
        Day of the run; an event or knowledge of a later day is unusable.

    Raises
    ------
    DataError
        If the file cannot be used, or more of its rows are unusable than its contract allows.
    """
    folder = snapshot_folder(state_dir, contract.source)
    path = workspace / contract.read.file
    made_from = {
        "file_sha256": artefacts.file_sha256(path) if path.is_file() else "",
        "contract_sha256": artefacts.model_sha256(contract),
        "code_sha256": artefacts.code_sha256(*_CODE),
    }
    key = artefacts.canonical_sha256(made_from)
    before = artefacts.read_manifest(folder)
    if before is not None and before["key"] == key and _still_holds(before, run_on):
        return Ingested.of(before, up_to_date=True)
    held = read_extract(contract, workspace)
    examined = examine(contract, held, run_on=run_on)
    good = np.flatnonzero(~examined.bad)
    single = _without_copies(examined.table, good)
    clash = np.zeros(len(examined.table), dtype=bool)
    clash[single] = repeated_keys(contract, examined.table.take(single))
    repeated = Finding(contract.row_key or "", "stands on more than one row", clash)
    findings = (*examined.findings, *([repeated] if clash.any() else []))
    set_aside = quarantine(held, findings)
    check_threshold(contract, held, findings, len(set_aside))
    kept = in_order(contract, examined.table.take(single[~clash[single]]))
    counts = {
        "rows": len(kept),
        "duplicates": len(good) - len(single),
        "quarantined": len(set_aside),
    }
    manifest = {
        "key": key,
        "source": contract.source,
        "file": contract.read.file,
        **made_from,
        **counts,
        "ignored_columns": list(held.ignored_columns),
        "run_on": run_on.isoformat(),
        "holds_future_dates": any(f.reason == IN_THE_FUTURE for f in findings),
        "last_known_on": _last_known_on(contract, kept),
        "hearth_version": version("hearth-council"),
    }
    report = {
        **counts,
        "misshapen": len(held.misshapen),
        "findings": describe(findings, held.numbers),
        "completeness": completeness(kept),
    }
    with artefacts.made_aside(folder) as aside:
        manifest["data_sha256"] = artefacts.write_table(aside / DATA, kept)
        artefacts.write_table(aside / QUARANTINE, set_aside)
        artefacts.write_json(aside / QUALITY, report)
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)
    return Ingested.of(manifest, up_to_date=False)


def in_order(contract: SourceContract, table: pa.Table) -> pa.Table:
    """Rows in the source's own order, however they came: by dates, row key, then all else.

    Of two rows with the same dates, this order says which is the later.
    """
    first = (contract.event_date, contract.starts_on, contract.knowledge_date, contract.row_key)
    names = dict.fromkeys([*(n for n in first if n is not None), *table.column_names])
    keys = [(name, "ascending") for name in names]
    return table.take(pc.sort_indices(table, sort_keys=keys))


def _still_holds(manifest: dict[str, Any], run_on: date) -> bool:
    """Whether a run on this day would judge the same rows to be in the future."""
    same_day = manifest["run_on"] == run_on.isoformat()
    return same_day or (
        not manifest["holds_future_dates"] and manifest["run_on"] <= run_on.isoformat()
    )


def _without_copies(table: pa.Table, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Positions of the first of each set of rows that are alike in every column."""
    chosen = table.take(pa.array(rows)).append_column("#", pa.array(rows))
    first = chosen.group_by(table.column_names, use_threads=False).aggregate([("#", "min")])
    return np.sort(first["#_min"].to_numpy())


def _last_known_on(contract: SourceContract, table: pa.Table) -> str | None:
    """Latest day on which the source says that something happened or was known."""
    columns = (contract.event_date, contract.knowledge_date, contract.end_knowledge_date)
    days = [pc.max(table[name]).as_py() for name in columns if name is not None]
    held = [day for day in (*days, contract.known_on) if day is not None]
    return max(held).isoformat() if held else None
