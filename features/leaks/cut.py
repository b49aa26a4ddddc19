"""The state folder as it would have been had every extract been taken just before a day."""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features import artefacts
from features.households import build_households
from features.ingest.snapshot import DATA, snapshot_batches, snapshot_folder, snapshot_manifest
from hearth.source_contract import SourceContract, SourceKind
from hearth.source_use import residence_sources

SCRATCH = "leaks"
"""Where states are cut, inside the state folder."""
_MADE_OF_SNAPSHOTS = ("snapshots", "households", "matrices", SCRATCH)


def cut_state(
    sources: Mapping[str, SourceContract],
    state_dir: Path,
    folder: Path,
    day: date,
    *,
    assumed_known: frozenset[str] = frozenset(),
) -> None:
    """Fill `folder` with the snapshots cut at a day, and the households made of them.

    Links are taken as they are: who somebody is, is no fact placed in time.

    Parameters
    ----------
    sources
        Contracts by name; those never ingested are passed over.
    state_dir, folder
        The state folder, and one that does not exist yet.
    day
        What was known on this day or later is left out.
    assumed_known
        Sources without dates that are declared to be taken as known before they were.
    """
    folder.mkdir(parents=True)
    for child in state_dir.iterdir():
        if child.name not in _MADE_OF_SNAPSHOTS:
            (folder / child.name).symlink_to(child.resolve())
    held = {
        name: contract
        for name, contract in sources.items()
        if artefacts.read_manifest(snapshot_folder(state_dir, name)) is not None
    }
    for name, contract in held.items():
        target = snapshot_folder(folder, name)
        target.mkdir(parents=True)
        batches = snapshot_batches(state_dir, name, list(contract.columns))
        whole = name in assumed_known
        _write(target / DATA, (b if whole else cut_rows(contract, b, day) for b in batches))
        manifest = snapshot_manifest(state_dir, name)
        artefacts.write_json(target / artefacts.MANIFEST, {**manifest, "cut_at": str(day)})
    if held.keys() >= set(residence_sources(dict(sources))):
        build_households(sources, folder)


def _write(path: Path, batches: Iterator[pa.Table]) -> None:
    """Write tables under one another, one in memory at a time."""
    first = next(batches)
    with pq.ParquetWriter(path, first.schema, compression="zstd") as writer:
        for batch in batches:
            writer.write_table(batch)


def cut_rows(contract: SourceContract, rows: pa.Table, day: date) -> pa.Table:
    """Rows known before a day, spells whose end was learned later without their end.

    With the rows learned later go the corrections they made: what they superseded stands again.
    """
    begun = contract.event_date or contract.starts_on
    kept = rows.filter(_before(contract, rows, contract.knowledge_date, begun, day))
    if contract.kind is not SourceKind.SPELL or contract.ends_on is None:
        return kept
    ended = _before(contract, kept, contract.end_knowledge_date, contract.ends_on, day)
    columns = {contract.ends_on: None}
    if contract.end_knowledge_date not in (None, contract.knowledge_date):
        columns[str(contract.end_knowledge_date)] = None
    for name in columns:
        blanked = pc.if_else(ended, kept[name], pa.scalar(None, kept[name].type))
        kept = kept.set_column(kept.schema.get_field_index(name), kept.schema.field(name), blanked)
    return kept


def _before(
    contract: SourceContract, rows: pa.Table, column: str | None, happened: str | None, day: date
) -> pa.ChunkedArray | pa.Array:
    """Whether each row's fact was known before a day, by its contract; no where it has no date."""
    if contract.known_on is not None:
        return pa.repeat(contract.known_on < day, len(rows))
    if contract.recording_lag is None:
        return pc.fill_null(pc.less(rows[str(column)], pa.scalar(day)), False)
    days = pc.unique(rows[str(happened)]).drop_null().to_pylist()
    known = [one for one in days if contract.recording_lag.period.after(one) < day]
    return pc.is_in(rows[str(happened)], value_set=pa.array(known, pa.date32()))
