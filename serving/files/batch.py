"""Scoring a file: rows in, scores with reasons out, a chunk at a time, so that memory follows the chunk."""

import hashlib
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from features.store import FeatureStore
from hearth.audit_log import AuditLog
from hearth.errors import DataError, Fault, PermissionDeniedError
from hearth.identity import Identity, Permission
from hearth.progress import Progress, silent
from hearth.risk_model import FeatureSpec, RiskModel
from serving.files.tables import Columns, check_format, read_chunks, read_names, writing_chunks
from serving.scores.reasons import explain, withhold_restricted
from serving.scores.scoring import AREAS_ONLY, is_for_areas_only
from serving.scores.served_models import ServedModel

SUBJECT = "entity_id"
"""Column that names whom a row is of; carried to the scores, or looked up where it stands alone."""

_CHUNK = 1_000
_MOST_FAULTS = 100
_TOP_REASONS = 3


@dataclass(frozen=True)
class BatchSummary:
    """What became of a file: rows scored, the model that scored them, and the hash of what was written."""

    rows: int
    model: str
    version: str
    sha256: str


def score_file(
    served: ServedModel,
    source: Path,
    target: Path,
    *,
    identity: Identity,
    store: FeatureStore,
    audit: AuditLog,
    progress: Progress = silent,
) -> BatchSummary:
    """Scores of a file's rows, written aside, put on record, and only then given their name.

    Parameters
    ----------
    served
        The model in use.
    source
        CSV or Parquet: every feature of the model, an empty cell where nothing is recorded, and
        `entity_id` if rows are to be told apart; or `entity_id` alone, looked up in the feature store.
    target
        CSV or Parquet to write: `entity_id` if given, with `held_back` where the definition holds some
        back, probability, band (empty where the model abstains), rank_percentile, low and high and, for
        whoever may read reasons, the three largest.
    identity
        Whoever asks.
    store
        Features by subject.
    audit
        Log that records the batch before its file appears.
    progress
        Told of rows as they are scored.

    Raises
    ------
    DataError
        With every fault of the file together, up to a hundred; then nothing is written.
    PermissionDeniedError
        If the identity may not score with this model, or nobody may for a household.
    """
    identity.require(Permission.SCORE_WRITE)
    identity.require_purpose(str(served.model.about["purpose"]))
    if is_for_areas_only(served.model):
        raise PermissionDeniedError(AREAS_ONLY)
    check_format(target)
    read = _reader(served, source, store)
    total = _check_all(read)
    aside = target.with_name(f".partial-{target.name}")
    try:
        rows = _write_scores(
            served.model, read, aside, identity, lambda done: progress("scoring", done, total)
        )
        summary = BatchSummary(
            rows, served.approval.model, served.approval.version, _sha256_of(aside)
        )
        audit.append(
            "scores.made_in_batch",
            actor=identity.key_id,
            details={**vars(summary), "bundle_sha256": served.approval.bundle_sha256},
        )
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)
    return summary


_Read = Callable[[], Iterator[tuple[Columns, list[Fault]]]]


def _reader(served: ServedModel, source: Path, store: FeatureStore) -> _Read:
    """Reads the file's chunks, typed, each with its faults."""
    features, names = served.model.features, read_names(source)
    if names == [SUBJECT]:
        return lambda: _looked_up(source, served.approval.model, features, store)
    _check_names(source, names, features)
    return lambda: _given(source, features)


def _check_names(source: Path, names: Sequence[str], features: Sequence[FeatureSpec]) -> None:
    wanted = {feature.name for feature in features}
    faults = [
        Fault(source.name, feature.name, "is no column of it", "add it, empty where unrecorded")
        for feature in features
        if feature.name not in names
    ]
    unknown = len(set(names) - wanted - {SUBJECT})
    if unknown:
        found = f"has {unknown} columns that are no feature of the model"
        faults.append(Fault(source.name, "header", found, f"leave only features and {SUBJECT}"))
    if len(set(names)) < len(names):
        faults.append(Fault(source.name, "header", "names a column twice", "leave one of the two"))
    if faults:
        raise DataError(faults)


def _check_all(read: _Read) -> int:
    """Number of rows, once every one was found fit: a file is scored as a whole or not at all."""
    faults: list[Fault] = []
    rows = 0
    for chunk, found in read():
        rows += len(next(iter(chunk.values())))
        faults += found
        if len(faults) >= _MOST_FAULTS:
            break
    if faults:
        raise DataError(faults[:_MOST_FAULTS])
    return rows


def _given(source: Path, features: Sequence[FeatureSpec]) -> Iterator[tuple[Columns, list[Fault]]]:
    start = 1
    for chunk in read_chunks(source, _CHUNK):
        faults: list[Fault] = []
        for feature in features:
            chunk[feature.name] = _typed(source, feature, chunk[feature.name], start, faults)
        yield chunk, faults
        start += len(next(iter(chunk.values())))


def _looked_up(
    source: Path, model: str, features: Sequence[FeatureSpec], store: FeatureStore
) -> Iterator[tuple[Columns, list[Fault]]]:
    start = 1
    for chunk in read_chunks(source, _CHUNK):
        subjects = [str(subject) for subject in chunk[SUBJECT]]
        rows = [store.get(model, subject) for subject in subjects]
        faults = [
            Fault(
                source.name,
                f"row {start + i}",
                "is of no subject in the feature store",
                "leave it out",
            )
            for i, row in enumerate(rows)
            if row is None
        ]
        found = [row.values for row in rows if row is not None]
        columns: Columns = {f.name: [values.get(f.name) for values in found] for f in features}
        yield {SUBJECT: subjects, **columns}, faults
        start += len(subjects)


def _typed(
    source: Path, feature: FeatureSpec, cells: Sequence[Any], start: int, faults: list[Fault]
) -> list[Any]:
    """Cells as the model reads them; what cannot be is added to the faults by row, never by value."""
    read = _category_reader(feature) if feature.kind == "category" else _number
    typed: list[Any] = []
    for i, cell in enumerate(cells):
        try:
            typed.append(None if cell is None else read(cell))
        except (TypeError, ValueError):
            found, remedy = _EXPECTED[feature.kind]
            faults.append(Fault(source.name, f"row {start + i}, {feature.name}", found, remedy))
            typed.append(None)
    return typed


_EXPECTED = {
    "number": ("is not a finite number", "give a number, or nothing where it is not recorded"),
    "category": ("is no category of it", "see `hearth check` for its categories, or give nothing"),
}


def _number(cell: Any) -> float:
    if isinstance(cell, bool):
        raise TypeError
    number = float(cell)
    if not math.isfinite(number):
        raise ValueError
    return number


def _category_reader(feature: FeatureSpec) -> Callable[[Any], str]:
    known = frozenset(feature.categories)

    def read(cell: Any) -> str:
        if cell not in known:
            raise ValueError
        return str(cell)

    return read


def _write_scores(
    model: RiskModel,
    read: _Read,
    target: Path,
    identity: Identity,
    tell: Callable[[int], None],
) -> int:
    done = 0
    with writing_chunks(target) as write:
        for chunk, _ in read():
            scores = _scores(model, chunk, identity)
            write(scores)
            done += len(scores["probability"])
            tell(done)
    return done


def _scores(model: RiskModel, chunk: Columns, identity: Identity) -> Columns:
    """Scores of one chunk, by column."""
    matrix = model.encode_columns(chunk)
    raw = model.raw_score(matrix)
    percentiles = [model.cohort.percentile(float(one)) for one in raw]
    scores = _subjects(model, chunk)
    abstained = np.logical_or(*model.abstains(matrix, raw))
    bands = [model.cohort.band(one) for one in percentiles]
    scores |= {
        "probability": [float(one) for one in model.probability(raw)],
        "band": ["" if no else band for band, no in zip(bands, abstained, strict=True)],
        "rank_percentile": percentiles,
        **_ends(model, raw),
    }
    if not identity.may(Permission.EXPLAIN_READ):
        return scores
    contributions = model.contributions(matrix)
    texts = [_reason_texts(model, chunk, i, row, identity) for i, row in enumerate(contributions)]
    return scores | {
        f"reason_{j + 1}": [reasons[j] for reasons in texts] for j in range(_TOP_REASONS)
    }


def _subjects(model: RiskModel, chunk: Columns) -> Columns:
    """Whom the rows are of, and whether a lot holds each back, where the definition says so."""
    if SUBJECT not in chunk:
        return {}
    held = model.held_back([str(subject) for subject in chunk[SUBJECT]])
    marks: Columns = {} if held is None else {"held_back": held.tolist()}
    return {SUBJECT: chunk[SUBJECT], **marks}


def _ends(model: RiskModel, raw: NDArray[np.float64]) -> Columns:
    """Low and high ends of the intervals; no column where the model gives none."""
    ends = model.interval(raw)
    return (
        {} if ends is None else dict(zip(("low", "high"), (e.tolist() for e in ends), strict=True))
    )


def _reason_texts(
    model: RiskModel, chunk: Columns, i: int, contributions: Any, identity: Identity
) -> list[str]:
    """The largest reasons of one row, each with its effect apart; empty where there are fewer."""
    values = {feature.name: chunk[feature.name][i] for feature in model.features}
    explanation = explain(model, values, contributions)
    if not identity.may(Permission.EXPLAIN_SENSITIVE):
        explanation = withhold_restricted(explanation)
    texts = [
        f"{reason.text} [{reason.direction} the score, {reason.strength}]"
        for reason in explanation.reasons
        if reason.direction != "neither"
    ]
    return [*texts, *[""] * _TOP_REASONS][:_TOP_REASONS]


def _sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
