"""Which rows of a refresh new data touch: what each followed then and now, and whose rows changed."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.assembly import Assembly
from features.entity_keys import EntityKeys
from features.followed import Followed
from features.ingest.snapshot import CHANGED_KEYS, snapshot_folder, snapshot_manifest
from hearth.source_contract import AddressLink, PersonLink, SourceContract

ROWS = "rows.parquet"
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Basis:
    """What a refresh was made from, kept so that the next can tell what has changed.

    Attributes
    ----------
    key, made_from
        Key of the refresh, and hashes of all that went in.
    rows
        `entity_id`, and `digest` of the keys that it follows in every role.
    links
        Links of each linked source, as they were.
    """

    key: str
    made_from: dict[str, Any]
    rows: pa.Table
    links: dict[str, pa.Table]

    @classmethod
    def of(
        cls, assembly: Assembly, state_dir: Path, key: str, made_from: dict[str, Any]
    ) -> "Basis":
        """Basis of a refresh of all rows of an assembly at one date."""
        digest = _digests(assembly)
        rows = assembly.cohort.rows.select(["entity_id"]).append_column("digest", digest)
        links = {
            contract.source: table
            for contract in assembly.group_sources
            if (table := EntityKeys.read(contract, state_dir).links) is not None
        }
        return cls(key, made_from, rows, links)

    def entities_not_in(self, other: "Basis") -> list[str]:
        """Entities that the other does not hold."""
        held = pc.is_in(self.rows["entity_id"], value_set=other.rows["entity_id"])
        return list(self.rows["entity_id"].filter(pc.invert(held)).to_pylist())


def write_basis(folder: Path, basis: Basis) -> None:
    """Put a basis in place of the one before."""
    with artefacts.made_aside(folder) as aside:
        artefacts.write_table(aside / ROWS, basis.rows)
        for source, links in basis.links.items():
            artefacts.write_table(aside / f"{source}.parquet", links)
        manifest = {"key": basis.key, "made_from": basis.made_from, "links": [*basis.links]}
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)


def read_basis(folder: Path) -> Basis | None:
    """Basis of the last refresh, or None where there is none."""
    manifest = artefacts.read_manifest(folder)
    if manifest is None:
        return None
    links = {
        source: artefacts.read_table(folder / f"{source}.parquet") for source in manifest["links"]
    }
    rows = artefacts.read_table(folder / ROWS)
    return Basis(manifest["key"], manifest["made_from"], rows, links)


def touched_rows(
    assembly: Assembly, state_dir: Path, before: Basis | None, now: Basis
) -> Flags | str:
    """Rows of an assembly whose features may differ from the last refresh, (rows,); why, where any may.

    Rows that are new or follow other keys than before, and rows that follow a key whose rows in a
    source have changed, or that is linked otherwise.
    """
    if before is None:
        return "what the last refresh was made from is not kept"
    concerns_all = _concerns_all(assembly, before, now)
    if concerns_all is not None:
        return concerns_all
    place = pc.index_in(now.rows["entity_id"], value_set=before.rows["entity_id"])
    digest = before.rows["digest"].take(place)
    touched = ~np.asarray(pc.fill_null(pc.equal(digest, now.rows["digest"]), False))
    for at, group in enumerate(assembly.definition.features):
        contract = assembly.source_of(group)
        if group.around is not None and _differ(assembly.around_sources(group), before, now):
            return f"{group.group} looks around each home, and any may stand near what changed"
        keys = _changed_keys(contract, state_dir, before, now)
        if isinstance(keys, str):
            return keys
        followed = Followed.of(assembly.pairs(at))
        has_changed = np.asarray(pc.is_in(followed.keys, value_set=keys))
        touched[followed.row[has_changed[followed.code]]] = True
    return touched


def _concerns_all(assembly: Assembly, before: Basis, now: Basis) -> str | None:
    """Why every row may differ whatever the data; None where only what changed can tell."""
    for name, what in (("definition_sha256", "its definition"), ("code_sha256", "Hearth's code")):
        if before.made_from[name] != now.made_from[name]:
            return f"{what} has changed"
    for group in assembly.definition.features:
        if group.fill_missing is not None and group.fill_missing.statistic is not None:
            statistic = group.fill_missing.statistic
            return f"{group.group} is filled by {statistic}, which is taken of the whole cohort"
    return None


def _differ(sources: Iterable[SourceContract], before: Basis, now: Basis) -> bool:
    """Whether what is held of any of these sources has changed."""
    then, held = before.made_from["sources"], now.made_from["sources"]
    return any(then[source.source] != held[source.source] for source in sources)


def _changed_keys(
    contract: SourceContract, state_dir: Path, before: Basis, now: Basis
) -> pa.Array | str:
    """Keys whose rows in a source changed since; why, where that cannot be told, or concerns others."""
    name = contract.source
    then, held = before.made_from["sources"][name], now.made_from["sources"][name]
    if then == held:
        return pa.array([], pa.string())
    if isinstance(contract.link, AddressLink):
        return f"{name} has changed, and is linked by address"
    given = pa.array([], pa.string())
    if then["data_sha256"] != held["data_sha256"]:
        if contract.supersedes is not None:  # a correction may stand under another key
            return f"{name} has changed, and its rows correct one another"
        changes = snapshot_manifest(state_dir, name).get("changes")
        if changes is None or changes["from"] != then["data_sha256"]:
            return f"what has changed in {name} since the last refresh is not kept"
        table = artefacts.read_table(snapshot_folder(state_dir, name) / CHANGED_KEYS)
        given = table["key"].combine_chunks()
    if not isinstance(contract.link, PersonLink):
        return given
    return _linked(given, before.links[name], now.links[name])


def _linked(references: pa.Array, then: pa.Table, now: pa.Table) -> pa.Array:
    """Persons whom these references stood for, or stand for, and whose links differ."""
    is_same = pc.equal(
        now["person_id"],
        then["person_id"].take(pc.index_in(now["reference"], value_set=then["reference"])),
    )
    is_kept = pc.is_in(then["reference"], value_set=now["reference"])
    moved = now["reference"].filter(pc.invert(pc.fill_null(is_same, False)))
    lost = then["reference"].filter(pc.invert(is_kept))
    given = pc.unique(pa.chunked_array([references, *moved.chunks, *lost.chunks], pa.string()))
    persons = [
        links["person_id"].filter(pc.is_in(links["reference"], value_set=given))
        for links in (then, now)
    ]
    return pc.unique(
        pa.chunked_array([c for column in persons for c in column.chunks], pa.string())
    )


def _digests(assembly: Assembly) -> pa.Array:
    """One number for all keys that each row follows, whatever their order, (rows,) uint64."""
    found = np.zeros(len(assembly.cohort.rows), dtype=np.uint64)
    seen = set[int]()
    groups = range(len(assembly.definition.features))
    followed = [assembly.pairs(at) for at in groups]
    areas = [] if assembly.areas is None else [assembly.areas]
    for at, pairs in enumerate([*followed, *areas]):
        if id(pairs) in seen:  # groups that follow alike have the same pairs
            continue
        seen.add(id(pairs))
        with duckdb.connect() as connection:
            connection.register("pairs", pairs)
            query = 'SELECT "row", hash(CAST(key AS VARCHAR), ?) AS digest FROM pairs'
            hashed = connection.execute(query, [at]).to_arrow_table()
        np.bitwise_xor.at(found, np.asarray(hashed["row"]), np.asarray(hashed["digest"]))
    return pa.array(found)
