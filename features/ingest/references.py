"""Values that another source is expected to know, such as UPRNs of the gazetteer."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from features.artefacts import read_manifest
from features.ingest.quarantine import rows_in_words
from features.ingest.sift import Sifted
from features.ingest.snapshot import DATA
from hearth.errors import DataError, Fault
from hearth.source_contract import SourceContract
from hearth.source_contract.quality import Reference

_NAMED_ROWS = 5


@dataclass(frozen=True)
class Unknown:
    """Rows of one column that refer to what the other source does not know."""

    column: str
    source: str
    rows: int
    share: float
    at_most: float
    first_rows: tuple[int, ...]


def unknown_references(
    contract: SourceContract,
    sifted: Sifted,
    sources: Mapping[str, SourceContract],
    snapshots: Path,
) -> list[Unknown]:
    """What each reference of a contract does not find.

    Parameters
    ----------
    contract, sifted
        The contract, and its extract; rows held from earlier extracts were looked at then.
    sources
        Contracts by name: they say which column is the key.
    snapshots
        Folder of the snapshots, that of each source referred to among them.
    """
    return [
        _unknown(reference, sifted, sources[reference.source], snapshots)
        for reference in contract.quality.references
    ]


def reference_faults(contract: SourceContract, found: list[Unknown]) -> list[Fault]:
    """Faults where more rows refer to what is not known than the contract allows."""
    return [
        Fault(
            contract.read.place,
            one.column,
            f"names nothing that {one.source} knows in {rows_in_words(one.rows, one.first_rows)}, "
            f"{one.share:.2%} of them; its contract allows {one.at_most:.2%}",
            f"bring {one.source} up to date, have the extract mended, or agree another at_most",
        )
        for one in found
        if one.share > one.at_most
    ]


def reference_hashes(contract: SourceContract, snapshots: Path) -> dict[str, str]:
    """SHA-256 of the data of each source referred to.

    Raises
    ------
    DataError
        If one of them was never ingested.
    """
    hashes, faults = {}, []
    for i, reference in enumerate(contract.quality.references):
        manifest = read_manifest(snapshots / reference.source)
        if manifest is None:
            file, place = f"features/sources/{contract.source}.yaml", f"quality.references[{i}]"
            found = f"names {reference.source}, which has not been ingested"
            faults.append(
                Fault(file, place, found, f"run `hearth ingest {reference.source}` first")
            )
        else:
            hashes[reference.source] = str(manifest["data_sha256"])
    if faults:
        raise DataError(faults)
    return hashes


def _unknown(
    reference: Reference, sifted: Sifted, other: SourceContract, snapshots: Path
) -> Unknown:
    key = other.entity_column
    with pq.ParquetFile(snapshots / other.source / DATA) as file:
        known = file.read(columns=[key])[key].combine_chunks()
    column = sifted.table[reference.column].take(pa.array(sifted.new))
    missing = pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, value_set=known)))
    rows = np.flatnonzero(np.asarray(missing))
    places = sifted.new[rows[:_NAMED_ROWS]] - sifted.held
    first = tuple(int(n) for n in np.asarray(sifted.numbers)[places])
    share = len(rows) / max(1, len(column))
    return Unknown(reference.column, reference.source, len(rows), share, reference.at_most, first)
