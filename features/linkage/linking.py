"""One linking of a workspace: read spellings, have weights, score pairs, choose links."""

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.ingest.snapshot import read_snapshot
from features.linkage import model
from features.linkage.assignment import assign
from features.linkage.charts import draw_charts
from features.linkage.decisions import apply_decisions, read_decisions
from features.linkage.identities import identities, number_spellings
from features.linkage.likeness import pattern_sql
from features.linkage.model import LEFT, RIGHT
from features.linkage.persons import CANDIDATES, LINKS, SCHEMA, Linkage, link_of, links_folder
from features.linkage.share import how_many, too_few
from features.linkage.weights import WEIGHTS, read_weights, shipped_weights, weights_folder
from hearth.errors import DataError, Fault
from hearth.progress import Progress
from hearth.source_contract import PersonLink, SourceContract

ENOUGH: Final = 10_000
"""Spellings on each side from which weights are learned; from fewer, estimates go astray."""

_STEPS = 4


def link(job: Linkage, progress: Progress) -> None:
    """Make the weights and links that are not up to date; DataError where a source has too few links."""
    with model.opened(job.state_dir / "linkage" / "scratch") as connection:
        progress("Link: read names", 0, _STEPS)
        spellings = _read_spellings(connection, job)
        progress("Link: learn weights", 1, _STEPS)
        if not job.weights_are_current():
            _make_weights(connection, job, spellings)
        progress("Link: compare pairs", 2, _STEPS)
        stale = job.stale()
        candidates = _candidates(connection, job, [contract.source for contract in stale])
        progress("Link: write links", 3, _STEPS)
        faults = list[Fault]()
        for contract in stale:
            chosen = candidates.filter(pc.equal(candidates["source"], contract.source))
            faults += _write(connection, job, contract, chosen.drop_columns(["source"]))
    progress("Link", _STEPS, _STEPS)
    if faults:
        raise DataError(faults)


def choose_links(
    candidates: pa.Table, decided: pa.Table, *, link_at: float
) -> tuple[pa.Table, pa.Table]:
    """Candidates with their confidence, and the links; what clerks decided goes first.

    Parameters
    ----------
    candidates
        `reference`, `person_id`, `match_weight` and `rule`, one row a pair.
    decided
        `reference`, `person_id` and `decision` of clerks.
    link_at
        Least confidence of a link.
    """
    kept, made = apply_decisions(candidates, decided)
    found = assign(
        _numbered(kept["reference"]),
        _numbered(kept["person_id"]),
        kept["match_weight"].to_numpy(),
        link_at=link_at,
    )
    judged = kept.append_column("confidence", pa.array(found.confidence, pa.float64()))
    judged = judged.select(SCHEMA.names).append_column(
        "is_link", pa.array(found.is_link, pa.bool_())
    )
    links = judged.filter(judged["is_link"]).select(SCHEMA.names).cast(SCHEMA)
    return judged, pa.concat_tables([links, made.cast(SCHEMA)]).sort_by("reference")


def _read_spellings(connection: duckdb.DuckDBPyConnection, job: Linkage) -> tuple[int, int]:
    """Spellings of both sides in the database; how many there are on each."""
    fields = frozenset(comparison.field for comparison in job.settings.comparisons)
    mine = number_spellings(
        connection, _identities(job, job.spine, job.own), into=LEFT, fields=fields
    )
    others = pa.concat_tables([_identities(job, c, link_of(c)) for c in job.contracts])
    return mine, number_spellings(connection, others, into=RIGHT, fields=fields)


def _identities(job: Linkage, contract: SourceContract, columns: PersonLink) -> pa.Table:
    held = read_snapshot(job.state_dir, contract.source)
    return identities(held, columns, source=contract.source)


def _make_weights(
    connection: duckdb.DuckDBPyConnection, job: Linkage, spellings: tuple[int, int]
) -> None:
    """Learn the weights and draw them, or keep the shipped ones where there is too little to learn from."""
    with artefacts.made_aside(weights_folder(job.state_dir)) as aside:
        if min(spellings) >= ENOUGH:
            origin = "estimated from these data"
            weights, linker = model.estimate(connection, job.settings, tables=(LEFT, RIGHT))
            draw_charts(linker, aside)
        else:
            origin = (
                f"shipped with Hearth; fewer than {ENOUGH:,} spellings are too few to learn from"
            )
            weights = shipped_weights(job.settings, spellings=spellings[0])
        artefacts.write_json(aside / WEIGHTS, asdict(weights))
        manifest = {
            **job.weights_made_from(),
            "spellings": {"own": spellings[0], "other": spellings[1]},
            "weights": origin,
            "weights_sha256": artefacts.file_sha256(aside / WEIGHTS),
        }
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)


def _candidates(
    connection: duckdb.DuckDBPyConnection, job: Linkage, sources: Sequence[str]
) -> pa.Table:
    """Pairs worth a thought: `source`, `reference`, `person_id`, `match_weight`, `rule`.

    Of several spellings of a pair the likest counts.
    """
    scored = model.score(
        connection,
        job.settings,
        read_weights(job.state_dir),
        tables=(LEFT, RIGHT),
        at_least=_weight_of(job.given.review.above),
    )
    return connection.execute(
        "SELECT r.source, r.owner AS reference, l.owner AS person_id, "  # noqa: S608 - names are this package's own
        "max(match_weight) AS match_weight, max_by(pattern, (match_weight, pattern)) AS rule "
        "FROM (SELECT unique_id_l, unique_id_r, match_weight, "
        f"{pattern_sql(job.settings.comparisons)} AS pattern FROM {scored}) AS pairs "
        f"JOIN {LEFT}_holders AS l ON unique_id_l = l.unique_id "
        f"JOIN {RIGHT}_holders AS r ON unique_id_r = r.unique_id "
        "WHERE list_contains(?, r.source) GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        [list(sources)],
    ).to_arrow_table()


def _write(
    connection: duckdb.DuckDBPyConnection,
    job: Linkage,
    contract: SourceContract,
    candidates: pa.Table,
) -> list[Fault]:
    """Choose the links of a source and put them in place of what was there, unless they are too few."""
    decided = read_decisions(job.state_dir, contract.source)
    judged, links = choose_links(candidates, decided, link_at=job.given.link_at)
    folder = links_folder(job.state_dir, contract.source)
    linked, among = len(links), _references(connection, contract)
    if faults := too_few(contract, folder, linked=linked, among=among):
        return faults
    with artefacts.made_aside(folder) as aside:
        artefacts.write_table(aside / CANDIDATES, judged)
        manifest = {
            **job.made_from(contract),
            **how_many(contract, folder, linked=linked, among=among),
            "data_sha256": artefacts.write_table(aside / LINKS, links),
        }
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)
    return []


def _references(connection: duckdb.DuckDBPyConnection, contract: SourceContract) -> int:
    """How many references of a source there are to link."""
    counted = connection.execute(
        f"SELECT count(DISTINCT owner) FROM {RIGHT}_holders WHERE source = ?",  # noqa: S608 - the name is this package's own
        [contract.source],
    ).fetchone()
    return int(counted[0]) if counted else 0


def _numbered(column: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    encoded: Any = pc.dictionary_encode(column.combine_chunks())
    return np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.int64)


def _weight_of(probability: float) -> float:
    """Match weight, log2 of the odds, of a probability."""
    return math.log2(max(probability, 1e-12) / max(1 - probability, 1e-12))
