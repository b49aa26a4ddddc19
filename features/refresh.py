"""The feature store brought up to a date; only the rows that new data touch are computed again."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa

from features import artefacts
from features.assembly import Assembly
from features.feature_parts import part_table
from features.matrix_code import code_key
from features.point_in_time.partitions import in_parallel
from features.refresh_changes import Basis, Flags, read_basis, touched_rows, write_basis
from features.store import AREA, FeatureStore, Row
from hearth.catalogue import Catalogue
from hearth.cores import core_count
from hearth.private_files import make_private_folder
from hearth.progress import Progress, silent
from hearth.settings import Settings

_BATCH = 10_000


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did: rows held now, computed again and taken out; `up_to_date` where nothing.

    `why_all` says why every row was computed, where that was so.
    """

    model: str
    as_of: date
    rows: int
    computed: int
    removed: int
    up_to_date: bool = False
    why_all: str | None = None


def refresh_store(
    catalogue: Catalogue,
    settings: Settings,
    model: str,
    *,
    as_of: date,
    run_on: date,
    progress: Progress = silent,
) -> Refreshed:
    """Put a model's features as known at a date in the store; the matrix is left as it is.

    Where the store holds that date already, made by the same definition and code, only subjects
    whom new, changed or vanished rows concern are computed again. Otherwise all are.

    Parameters
    ----------
    catalogue, settings
        The workspace.
    model
        Name of the model.
    as_of
        Date at which the features are as known.
    run_on
        Day of the run, by which agreements are judged.
    progress
        Told of each step.

    Raises
    ------
    LawError
        If a source does not allow the model's purpose, or its agreement has expired.
    NotFoundError, StateError
        If a source was never ingested, or not since its contract changed.
    """
    catalogue.check_law(model, run_on)
    assembly = Assembly(catalogue, settings.state_dir, catalogue.model(model)).at(as_of)
    made_from = {**assembly.made_from(), "code_sha256": code_key()}
    key = artefacts.canonical_sha256(made_from)
    store, folder = FeatureStore(settings.store_url), settings.state_dir / "refreshes" / model
    held, before = store.refresh_of(model), read_basis(folder)
    if held is not None and held.key == key:
        return Refreshed(model, as_of, store.count(model), 0, 0, up_to_date=True)
    basis = Basis.of(assembly, settings.state_dir, key, made_from)
    touched: Flags | str
    if held is None:
        touched = "the store held nothing of it"
    elif held.as_of != as_of:
        touched = f"the store held it as known at {held.as_of}"
    else:
        is_base = before is not None and before.key == held.key
        base = before if is_base else None
        touched = touched_rows(assembly, settings.state_dir, base, basis)
    if isinstance(touched, str) or before is None:
        written = store.replace(
            model, as_of, _rows(assembly, settings, progress), refreshed_on=run_on, key=key
        )
        removed = 0
    else:
        gone = before.entities_not_in(basis)
        part = assembly.of_rows(touched)
        written = store.update(
            model, _rows(part, settings, progress), gone=gone, refreshed_on=run_on, key=key
        )
        removed = len(gone)
    write_basis(folder, basis)
    why_all = touched if isinstance(touched, str) else None
    return Refreshed(model, as_of, len(assembly.cohort.rows), written, removed, why_all=why_all)


def _rows(assembly: Assembly, settings: Settings, progress: Progress) -> Iterator[Row]:
    """Rows as the store takes them, a partition in memory at a time."""
    model, partitions = assembly.definition.model, assembly.partitions
    if len(assembly.cohort.rows) == 0:  # no entity was touched
        return
    make_private_folder(settings.state_dir)
    scratch = Path(tempfile.mkdtemp(prefix=".refresh-", dir=settings.state_dir))
    try:
        groups = assembly.group_columns(scratch, progress)
        of_assessors = assembly.assessor_features

        areas = _areas_by_row(assembly)

        def make(part: int) -> tuple[pa.Table, list[str | None]]:
            rows = partitions.rows[part]
            mine = assembly.cohort.rows.take(pa.array(rows))
            made = part_table(mine, groups, part).drop_columns(of_assessors)
            return made, [areas.get(row) for row in rows.tolist()]

        parts = range(len(partitions.rows))
        for done, (table, lie_in) in enumerate(in_parallel(make, parts, workers=core_count())):
            progress(f"Refresh {model}", done, len(parts))
            yield from store_rows(table, lie_in)
        progress(f"Refresh {model}", len(parts), len(parts))
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _areas_by_row(assembly: Assembly) -> dict[int, str]:
    """Area of each row's home, of those that one is known of."""
    pairs = assembly.areas
    if pairs is None:
        return {}
    return dict(zip(pairs["row"].to_pylist(), pairs["key"].to_pylist(), strict=True))


def store_rows(table: pa.Table, areas: Sequence[str | None]) -> Iterator[Row]:
    """Rows of a table of features as the store takes them, the area of each with it where it is known."""
    values = table.drop_columns(["entity_id", "as_of"])
    for start in range(0, len(table), _BATCH):
        entities = table["entity_id"].slice(start, _BATCH).to_pylist()
        columns = [values[n].slice(start, _BATCH).to_pylist() for n in values.column_names]
        lie_in = areas[start : start + _BATCH]
        for entity, row, area in zip(entities, zip(*columns, strict=True), lie_in, strict=True):
            flags = {} if area is None else {AREA: area}
            yield entity, dict(zip(values.column_names, row, strict=True)), flags
