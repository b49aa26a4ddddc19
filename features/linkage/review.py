"""Clerical review: doubtful pairs drawn for clerks to look at, and what their decisions say of the weights."""

import csv
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.ingest.snapshot import read_snapshot
from features.linkage.decisions import NO, YES, read_decisions
from features.linkage.evaluation import wilson
from features.linkage.identities import held_fields
from features.linkage.persons import Linkage, link_of, read_candidates
from hearth.audit_log import AuditLog
from hearth.errors import StateError
from hearth.private_files import make_private_folder
from hearth.source_contract import PersonLink, SourceContract

PAIRS: Final = "pairs.csv"
KEYS: Final = ("source", "reference", "person_id")
ANSWERS: Final = ("decision", "decided_by", "decided_on")
BAND: Final = 5.0
"""Width of a band of match weights: pairs of the next are 32 times as likely to be one person."""

_OWN, _THEIRS = "in the council's list", "in the other table"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet begins a formula


@dataclass(frozen=True)
class BandPrecision:
    """Of the decided pairs of one band of match weights, how many are one person."""

    at_least: float
    pairs: int
    right: int

    @property
    def precision(self) -> float:
        """Share that clerks hold for one person, in [0, 1]."""
        return self.right / self.pairs

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of the share."""
        return wilson(self.right, self.pairs)


def write_sample(job: Linkage, pairs: int, *, audit: AuditLog, actor: str) -> tuple[Path, int]:
    """Write pairs for clerks to decide, in a file that only its owner can read; how many there are.

    It holds personal data, so the audit log says first that it is written. It does not say what
    weight a pair has: clerks decide by what they see.

    Parameters
    ----------
    job
        The workspace's linkage, up to date.
    pairs
        At most how many.
    audit, actor
        Where it is recorded, and as whose act.

    Raises
    ------
    StateError
        If no pair is left to decide.
    """
    drawn = draw_pairs(_undecided(job), pairs, job)
    if not len(drawn):
        raise StateError("no pair is left to decide; every one that was weighed has been decided")
    rows = [*_spelt_out(job, drawn)]
    folder = job.state_dir / "linkage" / "review"
    make_private_folder(folder)
    path, aside = folder / PAIRS, folder / f".{PAIRS}.new"
    details = {"pairs": len(rows), "pairs_sha256": _pairs_sha256(drawn)}
    audit.append("linkage.sample", actor=actor, details=details)
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    aside.replace(path)
    return path, len(rows)


def draw_pairs(candidates: pa.Table, pairs: int, job: Linkage) -> pa.Table:
    """Pairs to review: doubtful ones first, evenly from every band of weights, then surer ones.

    The surer ones are drawn so that clerks check the links too. The seed is that of the training.
    """
    review = job.given.review
    confidence = candidates["confidence"].to_numpy()
    doubtful = (confidence > review.above) & (confidence < review.below)
    rng = np.random.default_rng(job.given.training.seed)
    bands = np.floor(candidates["match_weight"].to_numpy() / BAND)
    chosen = np.concatenate(
        [_in_turn(np.flatnonzero(part), bands, rng) for part in (doubtful, ~doubtful)]
    )
    return candidates.take(pa.array(np.sort(chosen[:pairs])))


def precision_by_band(decided: pa.Table) -> list[BandPrecision]:
    """Precision by band of match weight, from the pairs that clerks decided; the lowest band first."""
    settled = decided.filter(pc.is_in(decided["decision"], value_set=pa.array([YES, NO])))
    bands = np.floor(settled["match_weight"].to_numpy() / BAND) * BAND
    is_yes = np.array([one == YES for one in settled["decision"].to_pylist()], dtype=bool)
    return [
        BandPrecision(float(band), int((bands == band).sum()), int(is_yes[bands == band].sum()))
        for band in np.unique(bands)
    ]


def _in_turn(
    rows: npt.NDArray[np.int64], bands: npt.NDArray[np.float64], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Rows in random order, one of each band in turn."""
    shuffled = rng.permutation(rows)
    turn = np.zeros(len(rows), dtype=np.int64)
    for band in np.unique(bands[shuffled]):
        here = bands[shuffled] == band
        turn[here] = np.arange(int(here.sum()))
    ordered: npt.NDArray[np.int64] = shuffled[np.argsort(turn, kind="stable")]
    return ordered


def _undecided(job: Linkage) -> pa.Table:
    """Weighed pairs of all sources that nobody has decided, in a fixed order."""
    decided = {tuple(row[key] for key in KEYS) for row in read_decisions(job.state_dir).to_pylist()}
    tables = []
    for contract in job.contracts:
        held = read_candidates(job.state_dir, contract.source)
        is_open = [
            (contract.source, reference, person) not in decided
            for reference, person in zip(
                held["reference"].to_pylist(), held["person_id"].to_pylist(), strict=True
            )
        ]
        kept = held.filter(pa.array(is_open, pa.bool_()))
        tables.append(kept.append_column("source", pa.repeat(contract.source, len(kept))))
    return pa.concat_tables(tables)


def _spelt_out(job: Linkage, drawn: pa.Table) -> Iterator[dict[str, str]]:
    """Rows of the file: keys, every spelling of each field on both sides, and room for the answer."""
    own = _spellings(job, job.spine, job.own, drawn["person_id"])
    fields = sorted(held_fields(job.own))
    for contract in job.contracts:
        here = drawn.filter(pc.equal(drawn["source"], contract.source))
        theirs = _spellings(job, contract, link_of(contract), here["reference"])
        for row in here.to_pylist():
            yield {
                **{key: _safe(row[key]) for key in KEYS},
                **{
                    f"{field} {side}": _safe(held.get(field, ""))
                    for field in fields
                    for side, held in (
                        (_OWN, own[row["person_id"]]),
                        (_THEIRS, theirs[row["reference"]]),
                    )
                },
                **dict.fromkeys(ANSWERS, ""),
            }


def _spellings(
    job: Linkage, contract: SourceContract, columns: PersonLink, wanted: pa.ChunkedArray
) -> Mapping[str, Mapping[str, str]]:
    """Every spelling of each field, as the source writes it, of the wanted owners."""
    held = read_snapshot(job.state_dir, contract.source)
    owner = pc.cast(held[columns.reference], pa.string())
    rows = held.filter(pc.is_in(owner, value_set=pc.unique(wanted)))
    found: dict[str, dict[str, dict[str, None]]] = {}
    for row in rows.to_pylist():
        fields = found.setdefault(str(row[columns.reference]), {})
        for field in held_fields(columns):
            value = row[getattr(columns, field)]
            if value is not None:
                fields.setdefault(field, {})[str(value)] = None
    return {
        one: {field: " | ".join(values) for field, values in fields.items()}
        for one, fields in found.items()
    }


def _safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _pairs_sha256(drawn: pa.Table) -> str:
    rows: Sequence[tuple[Any, ...]] = sorted(
        tuple(row[key] for key in KEYS) for row in drawn.to_pylist()
    )
    return hashlib.sha256(repr(rows).encode()).hexdigest()
