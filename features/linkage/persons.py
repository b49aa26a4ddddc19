"""Persons of other bodies' tables linked to the council's own spine of residents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.ingest.snapshot import read_snapshot, snapshot_manifest
from features.linkage import matching, standardise
from features.linkage.matching import Identity, Index, match
from features.linkage.standardise import (
    standardise_forename,
    standardise_postcode,
    standardise_surname,
)
from hearth.errors import DefinitionError, Fault, StateError
from hearth.progress import Progress, silent
from hearth.source_contract import Link, SourceContract, Subject

LINKS = "links.parquet"
SCHEMA = pa.schema(
    {
        "reference": pa.string(),
        "person_id": pa.string(),
        "rule": pa.string(),
        "confidence": pa.float64(),
    }
)
_IDENTITY = ("forename", "surname", "date_of_birth", "postcode")
_CODE = (*(Path(str(m.__file__)) for m in (matching, standardise)), Path(__file__))


def links_folder(state_dir: Path, source: str) -> Path:
    """Folder that holds the links of a source."""
    return state_dir / "links" / source


def spine_of(sources: Mapping[str, SourceContract]) -> SourceContract:
    """The source that lists the council's own persons: a key, names, date of birth and postcode.

    Raises
    ------
    DefinitionError
        If there is none, or more than one.
    """
    found = [
        contract
        for _, contract in sorted(sources.items())
        if contract.about is Subject.PERSON
        and contract.key
        and contract.columns.keys() >= {*_IDENTITY}
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(contract.source for contract in found) or "none"
    remedy = f"keep just one source about persons with a key and the columns {', '.join(_IDENTITY)}"
    raise DefinitionError([Fault("features/sources", "", f"lists persons in: {names}", remedy)])


def link_persons(
    contracts: Sequence[SourceContract],
    spine: SourceContract,
    state_dir: Path,
    *,
    progress: Progress = silent,
) -> None:
    """Link the persons of each source to the spine, where its links are not up to date.

    Who somebody is, is judged by every spelling held, whenever it was known: a link is not a fact
    about the person and is not placed in time.

    Parameters
    ----------
    contracts
        Contracts with a `link`.
    spine
        Contract of the council's own persons.
    state_dir
        Where snapshots lie and links go.
    progress
        Told of each source.
    """
    index: Index | None = None
    for done, contract in enumerate(contracts):
        progress(f"Link {contract.source}", done, len(contracts))
        made_from = {
            "source_key": snapshot_manifest(state_dir, contract.source)["key"],
            "spine_key": snapshot_manifest(state_dir, spine.source)["key"],
            "code_sha256": artefacts.code_sha256(*_CODE),
        }
        key = artefacts.canonical_sha256(made_from)
        if not artefacts.is_current(links_folder(state_dir, contract.source), key):
            index = index or _index(spine, state_dir)
            _write(contract, index, state_dir, {"key": key, **made_from})
    progress("Link", len(contracts), len(contracts))


def _index(spine: SourceContract, state_dir: Path) -> Index:
    """The council's own persons, ready to be matched with."""
    own = Link(reference=str(spine.key), **{name: name for name in _IDENTITY})
    return Index(_identities(read_snapshot(state_dir, spine.source), own))


def _write(
    contract: SourceContract, index: Index, state_dir: Path, made_from: dict[str, Any]
) -> None:
    """Match one source and put its links in place of what was there."""
    held = read_snapshot(state_dir, contract.source)
    references = list(_identities(held, _link(contract)))
    found = [asdict(one) for one in match(references, index)]
    links = pa.Table.from_pylist(found, schema=SCHEMA).sort_by("reference")
    with artefacts.made_aside(links_folder(state_dir, contract.source)) as aside:
        manifest = {
            **made_from,
            "references": len({identity.owner for identity in references}),
            "linked": len(links),
            "data_sha256": artefacts.write_table(aside / LINKS, links),
        }
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)


def read_links(state_dir: Path, source: str) -> pa.Table:
    """Links of a source: `reference`, `person_id`, `rule`, `confidence`, one row per reference."""
    folder = links_folder(state_dir, source)
    artefacts.need_manifest(folder, "run `hearth ingest`")
    return artefacts.read_table(folder / LINKS)


def linked_persons(contract: SourceContract, table: pa.Table, state_dir: Path) -> pa.ChunkedArray:
    """Person of each row of a linked source, (rows,) string; null where not linked."""
    links = read_links(state_dir, contract.source)
    places = pc.index_in(_references(table, _link(contract)), value_set=links["reference"])
    return links["person_id"].take(places)


def _link(contract: SourceContract) -> Link:
    if contract.link is None:
        found = f"features/sources/{contract.source}.yaml: `link` is missing"
        raise StateError(f"{found}; a source with a key needs no linkage")
    return contract.link


def _references(table: pa.Table, link: Link) -> pa.ChunkedArray:
    return pc.cast(table[link.reference], pa.string())


def _identities(table: pa.Table, link: Link) -> Iterator[Identity]:
    """Different spellings in a table, one each."""
    columns = [link.forename, link.surname, link.date_of_birth, link.postcode]
    known = table.select([link.reference, *columns]).filter(pc.is_valid(table[link.reference]))
    single = known.group_by(known.column_names, use_threads=False).aggregate([])
    for row in zip(*(single[name].to_pylist() for name in (link.reference, *columns)), strict=True):
        reference, forename, surname, date_of_birth, postcode = row
        yield Identity(
            str(reference),
            standardise_forename(forename),
            standardise_surname(surname),
            date_of_birth,
            standardise_postcode(postcode),
        )
