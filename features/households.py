"""Households: the people whose spell at a UPRN covers a date, as was known before that date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.ingest.snapshot import snapshot_manifest
from features.known_rows import (
    END_DATE,
    END_KNOWLEDGE_DATE,
    EVENT_DATE,
    KEY,
    KNOWLEDGE_DATE,
    known_rows,
)
from hearth.periods import Period
from hearth.source_contract import ColumnType, SourceContract
from hearth.source_use import residence_sources

SPELLS = "spells.parquet"
SCHEMA = pa.schema(
    {
        "person_id": pa.string(),
        "uprn": pa.string(),
        "start": pa.date32(),
        "end": pa.date32(),
        "start_known": pa.date32(),
        "end_known": pa.date32(),
        "date_of_birth": pa.date32(),
    }
)
ADULT_AT = Period(months=18 * 12)
"""A child is a person under 18 (Children Act 1989 s.105)."""


@dataclass(frozen=True)
class Households:
    """Spells of persons at UPRNs, one row each, with the days on which each end was known."""

    spells: pa.Table

    def members_at(self, as_of: date) -> pa.Table:
        """People by UPRN: `uprn`, `person_id`, `date_of_birth`; a pair stands once.

        A spell covers [start, end). An end learned on or after the as-of date does not end the
        spell at it, so somebody may be held to live at two addresses for a time.
        """
        day, spells = pa.scalar(as_of), self.spells
        begun = pc.and_(
            pc.less_equal(spells["start"], day),
            pc.fill_null(pc.less(spells["start_known"], day), False),
        )
        ended = pc.and_(
            pc.fill_null(pc.less_equal(spells["end"], day), False),
            pc.fill_null(pc.less(spells["end_known"], day), False),
        )
        here = spells.filter(pc.and_not(begun, ended))
        pairs = here.group_by(["uprn", "person_id"], use_threads=False)
        members = pairs.aggregate([("date_of_birth", "min")])
        named = members.rename_columns({"date_of_birth_min": "date_of_birth"})
        return named.sort_by([("uprn", "ascending"), ("person_id", "ascending")])


def aged(
    members: pa.Table, as_of: date, youngest: Period, oldest: Period | None = None
) -> pa.Table:
    """Members whose age at the as-of date lies in [youngest, oldest); nobody of unknown age."""
    born = members["date_of_birth"]
    fits = pc.less_equal(born, pa.scalar(youngest.before(as_of)))
    if oldest is not None:
        fits = pc.and_(fits, pc.greater(born, pa.scalar(oldest.before(as_of))))
    return members.filter(pc.fill_null(fits, False))


def households_folder(state_dir: Path) -> Path:
    """Folder that holds the spells."""
    return state_dir / "households"


def build_households(sources: Mapping[str, SourceContract], state_dir: Path) -> bool:
    """Write the spells of all sources that say who lived where; False where they were up to date."""
    folder = households_folder(state_dir)
    names = residence_sources(dict(sources))
    made_from = {
        "sources": {name: snapshot_manifest(state_dir, name)["key"] for name in names},
        "code_sha256": artefacts.code_sha256(Path(__file__)),
    }
    key = artefacts.canonical_sha256(made_from)
    if not names or artefacts.is_current(folder, key):
        return False
    spells = pa.concat_tables([_spells(sources[name], state_dir) for name in names])
    with artefacts.made_aside(folder) as aside:
        manifest = {
            "key": key,
            **made_from,
            "rows": len(spells),
            "data_sha256": artefacts.write_table(aside / SPELLS, spells),
        }
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)
    return True


def read_households(state_dir: Path) -> Households:
    """Households of the workspace; NotFoundError where they were never built."""
    folder = households_folder(state_dir)
    artefacts.need_manifest(folder, "run `hearth ingest`")
    return Households(artefacts.read_table(folder / SPELLS))


def _spells(contract: SourceContract, state_dir: Path) -> pa.Table:
    """Spells of one source; a row without a UPRN places nobody and is left out."""
    table = known_rows(contract, state_dir).table
    uprn = next(n for n, column in contract.columns.items() if column.type is ColumnType.UPRN)
    has_birth = "date_of_birth" in contract.columns
    columns = {
        "person_id": table[KEY],
        "uprn": table[uprn],
        "start": table[EVENT_DATE],
        "end": table[END_DATE],
        "start_known": table[KNOWLEDGE_DATE],
        "end_known": table[END_KNOWLEDGE_DATE],
        "date_of_birth": table["date_of_birth"] if has_birth else pa.nulls(len(table), pa.date32()),
    }
    spells = pa.table(columns, schema=SCHEMA)
    return spells.filter(pc.is_valid(spells["uprn"]))
