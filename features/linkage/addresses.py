"""Addresses of tables without UPRNs, linked to the one list of properties that has them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.ingest.snapshot import read_snapshot, snapshot_manifest
from features.linkage import address_matching, address_rules, address_text
from features.linkage.address_matching import LINKED, Outcome, match_addresses
from features.linkage.address_text import address_keys, standardise_addresses
from features.linkage.persons import LINKS, links_folder
from features.linkage.share import forget_refusal, how_many, too_few
from hearth.errors import DataError, DefinitionError, Fault, StateError
from hearth.progress import Progress, silent
from hearth.source_contract import AddressLink, ColumnType, SourceContract, Subject

SCHEMA = pa.schema(
    {
        "address_key": pa.string(),
        "uprn": pa.string(),
        "rule": pa.string(),
        "match_weight": pa.float64(),
        "confidence": pa.float64(),
    }
)
_GAZETTEER = AddressLink(address="address", postcode="postcode")
_MODULES = (address_matching, address_rules, address_text)
_CODE = (*(Path(str(module.__file__)) for module in _MODULES), Path(__file__))


def gazetteer_of(sources: Mapping[str, SourceContract]) -> SourceContract:
    """The source that lists the council's properties: a UPRN as key, `address` and `postcode`.

    Raises
    ------
    DefinitionError
        If there is none, or more than one.
    """
    found = [contract for _, contract in sorted(sources.items()) if _is_gazetteer(contract)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(contract.source for contract in found) or "none"
    remedy = "keep just one about properties with a UPRN as key and the columns address, postcode"
    raise DefinitionError([Fault("features/sources", "", f"lists addresses in: {names}", remedy)])


def link_addresses(
    contracts: Sequence[SourceContract],
    gazetteer: SourceContract,
    state_dir: Path,
    *,
    progress: Progress = silent,
) -> None:
    """Link the addresses of each source to UPRNs, where its links are not up to date.

    Which address is meant is judged by every spelling that the gazetteer holds, whenever it was
    known: a link is not a fact about the property and is not placed in time. A text that stands in
    several sources is matched once.

    Parameters
    ----------
    contracts
        Contracts whose `link` is of addresses.
    gazetteer
        Contract of the list of properties.
    state_dir
        Where snapshots lie and links go.
    progress
        Told of the matching.

    Raises
    ------
    DataError
        If fewer are linked of a source than its contract demands: its links of before stay, and
        the other sources are linked.
    """
    waiting: list[tuple[SourceContract, pa.Table, dict[str, Any]]] = []
    faults: list[Fault] = []
    for contract in contracts:
        made_from = {
            "source_key": snapshot_manifest(state_dir, contract.source)["key"],
            "gazetteer_key": snapshot_manifest(state_dir, gazetteer.source)["key"],
            "code_sha256": artefacts.code_sha256(*_CODE),
        }
        key = artefacts.canonical_sha256(made_from)
        if not artefacts.is_current(links_folder(state_dir, contract.source), key):
            written = _standard(contract, read_snapshot(state_dir, contract.source))
            waiting.append((contract, written, {"key": key, **made_from}))
        else:
            forget_refusal(links_folder(state_dir, contract.source))
    if waiting:
        progress("Match addresses", 0, 1)
        outcomes = _outcomes([written for _, written, _ in waiting], gazetteer, state_dir)
        for contract, written, made_from in waiting:
            folder = links_folder(state_dir, contract.source)
            faults += _write(contract, written, outcomes, folder, made_from)
        progress("Match addresses", 1, 1)
    if faults:
        raise DataError(faults)


def written_keys(link: AddressLink, rows: pa.Table) -> pa.ChunkedArray:
    """Hash of the address of each row, (rows,) string, by which its link is found; null where none."""
    return _standard_by(link, rows)["address_key"]


def _is_gazetteer(contract: SourceContract) -> bool:
    columns = contract.columns
    return (
        contract.about is Subject.PROPERTY
        and contract.key is not None
        and columns[contract.key].type is ColumnType.UPRN
        and {"address", "postcode"} <= columns.keys()
    )


def _outcomes(written: Sequence[pa.Table], gazetteer: SourceContract, state_dir: Path) -> pa.Table:
    """What became of each different text."""
    held = read_snapshot(state_dir, gazetteer.source)
    listed = _standard_by(_GAZETTEER, held)
    uprns = pc.cast(held[str(gazetteer.key)], pa.string())
    listed = listed.append_column("uprn", uprns).filter(pc.is_valid(listed["address_key"]))
    return match_addresses(_different(pa.concat_tables(written)), _different(listed))


def _different(table: pa.Table) -> pa.Table:
    """Different rows that have an address."""
    known = table.filter(pc.is_valid(table["address_key"]))
    return known.group_by(table.column_names, use_threads=False).aggregate([])


def _write(
    contract: SourceContract,
    written: pa.Table,
    outcomes: pa.Table,
    folder: Path,
    made_from: dict[str, Any],
) -> list[Fault]:
    """Put the links of one source in place of what was there, with counts of what became of its texts.

    Where they are too few, those of before stay, and the fault says so.
    """
    keys = pc.unique(pc.drop_null(written["address_key"]))
    own = outcomes.filter(pc.is_in(outcomes["address_key"], value_set=keys))
    counted = pc.value_counts(own["outcome"]).to_pylist()
    is_linked = pc.is_in(own["outcome"], value_set=pa.array(sorted(LINKED)))
    links = own.filter(is_linked).rename_columns({"outcome": "rule"}).select(SCHEMA.names)
    linked, among = len(links), len(own)
    if faults := too_few(contract, folder, linked=linked, among=among):
        return faults
    with artefacts.made_aside(folder) as aside:
        manifest = {
            **made_from,
            "rows": len(written),
            "rows_without_address": written["address_key"].null_count,
            **how_many(contract, folder, linked=linked, among=among),
            "outcomes": dict.fromkeys(Outcome, 0) | {o["values"]: o["counts"] for o in counted},
            "data_sha256": artefacts.write_table(aside / LINKS, links),
        }
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)
    return []


def _standard(contract: SourceContract, table: pa.Table) -> pa.Table:
    """`address`, `postcode` and `address_key` of each row of a source."""
    if not isinstance(contract.link, AddressLink):
        found = f"features/sources/{contract.source}.yaml: `link` is of no addresses"
        raise StateError(f"{found}; a source with a key needs no linkage")
    return _standard_by(contract.link, table)


def _standard_by(link: AddressLink, table: pa.Table) -> pa.Table:
    postcodes = None if link.postcode is None else table[link.postcode]
    standard = standardise_addresses(table[link.address], postcodes)
    return standard.append_column("address_key", address_keys(standard))
