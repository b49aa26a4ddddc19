"""Keys whose rows differ from those of the snapshot before: what an incremental refresh looks at."""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.artefacts import write_table
from features.ingest.snapshot import CHANGED_KEYS, DATA
from hearth.source_contract import SourceContract


def record_changes(
    contract: SourceContract,
    folder: Path,
    aside: Path,
    before: dict[str, Any] | None,
    manifest: dict[str, Any],
) -> dict[str, Any] | None:
    """Write the changed keys beside a new snapshot; what its manifest says of them.

    Nothing is written where there is no snapshot before, or one of other columns. Where the data
    are the same byte for byte, what changed from the snapshot before them stands as it was.

    Parameters
    ----------
    contract
        The source's contract.
    folder, aside
        Where the snapshot before lies, and where the new one is being written.
    before, manifest
        Manifest of the one, or None, and of the other.
    """
    if before is None or not (folder / DATA).exists():
        return None
    if before["data_sha256"] == manifest["data_sha256"]:
        if before.get("changes") is not None:
            shutil.copyfile(folder / CHANGED_KEYS, aside / CHANGED_KEYS)
        return before.get("changes")
    if not _columns(folder / DATA).equals(_columns(aside / DATA)):
        return None
    found = changed_keys(contract, folder / DATA, aside / DATA)
    write_table(aside / CHANGED_KEYS, pa.table({"key": found.keys}))
    return {
        "from": before["data_sha256"],
        "keys": len(found.keys),
        "new_keys": found.new,
        "vanished_keys": found.vanished,
    }


def _columns(path: Path) -> pa.Schema:
    with pq.ParquetFile(path) as file:
        return file.schema_arrow


@dataclass(frozen=True)
class Changes:
    """Keys whose set of rows changed, and how many of them are new or have no row any more."""

    keys: pa.Array
    new: int
    vanished: int


def changed_keys(contract: SourceContract, before: Path, after: Path) -> Changes:
    """Keys of a source whose rows differ between two snapshots of the same columns.

    Rows are hashed and the hashes added up by key, so that neither order nor memory matters: the
    snapshots are streamed from their files.

    Parameters
    ----------
    contract
        The contract; its key, or the reference it is linked by.
    before, after
        Parquet files of the two snapshots.
    """
    key = contract.entity_column
    columns = ", ".join(f'"{name}"' for name in contract.columns)
    rows = f'SELECT CAST("{key}" AS VARCHAR) AS key, CAST(hash({columns}) AS HUGEINT) AS hash'
    query = (
        f"WITH both_held AS ({rows}, 1 AS held FROM read_parquet(?)"  # noqa: S608 - names of a contract
        f" UNION ALL {rows}, -1 FROM read_parquet(?))"
        " SELECT key, bool_and(held = 1) AS is_new, bool_and(held = -1) AS has_vanished"
        " FROM both_held WHERE key IS NOT NULL"
        " GROUP BY key HAVING sum(held) <> 0 OR sum(hash * held) <> 0 ORDER BY key"
    )
    with duckdb.connect() as connection:
        connection.execute("SET preserve_insertion_order = false")
        found = connection.execute(query, [str(after), str(before)]).to_arrow_table()
    keys = found["key"].combine_chunks().cast(pa.string())
    return Changes(keys, *(_true(found[name]) for name in ("is_new", "has_vanished")))


def _true(flags: pa.ChunkedArray) -> int:
    return int(pc.sum(flags).as_py() or 0)
