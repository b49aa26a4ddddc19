"""Scoring a file: rows in, scores with reasons out, a chunk at a time, so that memory follows the chunk."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from features.store import FeatureStore
from hearth.audit_log import AuditLog
from hearth.digest import canonical_json, sha256_of
from hearth.errors import DataError, Fault, StateError
from hearth.identity import Identity, Permission
from hearth.progress import Progress, silent
from hearth.risk_model import RiskModel
from hearth.storage.engine import reading, writing
from hearth.storage.published import current_approval
from serving.files.leading import leading_reasons
from serving.files.rows import CHUNK, SUBJECT, Rows, open_rows
from serving.files.tables import Columns, check_format
from serving.files.unfinished import UnfinishedFile
from serving.scores.restrictions import Restrictions
from serving.scores.scoring import check_may_score
from serving.scores.served_models import ServedModel


@dataclass(frozen=True)
class BatchSummary:
    """What became of a file: rows scored, the model that scored them, and the hash of what was written.

    `suspended` counts rows left out because their subject objected, or has processing restricted.
    """

    rows: int
    model: str
    version: str
    sha256: str
    suspended: int = 0


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

    A run that is killed goes on from its last whole chunk when it is made again with the same file,
    version and key; the file is the same, byte for byte.

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
        With every fault of the file together, up to a hundred, or if there is no folder to write
        into; then nothing is written.
    PermissionDeniedError
        If the identity may not score with this model, or nobody may for a household.
    SunsetError
        From the model's sunset on.
    StateError
        If the approval ended while the file was scored; then no file appears.
    """
    _check_may_score(served, identity, audit)
    _check_target(target)
    name = served.approval.model
    everything = open_rows(source, name, served.model.features, store, identity=identity)
    with reading(audit.engine) as connection:
        restrictions = Restrictions.read(connection)
    rows = everything.without(partial(restrictions.cover, name))
    given = _sha256_of(source)
    unfinished = UnfinishedFile(target, _key(served, given, rows, identity, restrictions))
    total = unfinished.rows()
    if total is None:
        total = rows.check(source.name)
        unfinished.begin(total)
    _score_rest(
        served.model, rows, unfinished, identity, lambda done: progress("scoring", done, total)
    )
    whole = unfinished.join()
    suspended = everything.count() - total if restrictions.models_by_subject else 0
    summary = BatchSummary(
        total, name, served.approval.version, _sha256_of(whole), suspended=suspended
    )
    try:
        _record(served, summary, given, identity, restrictions=restrictions, audit=audit)
        whole.replace(target)
    finally:
        unfinished.remove()
    return summary


def _check_target(target: Path) -> None:
    check_format(target)
    if not target.parent.is_dir():
        found = "would be in a folder that does not exist"
        raise DataError([Fault(target.name, "", found, "make the folder, or name another")])


def _check_may_score(served: ServedModel, identity: Identity, audit: AuditLog) -> None:
    identity.require(Permission.SCORE_WRITE)
    identity.require_purpose(str(served.model.about["purpose"]))
    check_may_score(served, audit.clock().date())


def _key(
    served: ServedModel, given: str, rows: Rows, identity: Identity, restrictions: Restrictions
) -> str:
    """Hash of all that the scores rest on: another of it, and nothing done so far counts."""
    rests_on = {
        "source_sha256": given,
        "known_as": rows.known_as,
        "bundle_sha256": served.approval.bundle_sha256,
        "version": served.approval.version,
        "chunk": CHUNK,
        "permissions": sorted(identity.permissions),
        "areas": None if identity.areas is None else sorted(identity.areas),
        "suspended": restrictions.of_model(served.approval.model),
    }
    return sha256_of(canonical_json(rests_on))


def _score_rest(
    model: RiskModel,
    rows: Rows,
    unfinished: UnfinishedFile,
    identity: Identity,
    tell: Callable[[int], None],
) -> None:
    finished = len(unfinished.parts())
    done = finished * CHUNK
    tell(done)
    for chunk, _ in rows.read(finished):
        scores = _scores(model, chunk, identity)
        unfinished.add(scores)
        done += len(scores["probability"])
        tell(done)


def _scores(model: RiskModel, chunk: Columns, identity: Identity) -> Columns:
    """Scores of one chunk, by column."""
    matrix = model.encode_columns(chunk)
    reads_reasons = identity.may(Permission.EXPLAIN_READ)
    raw, contributions = (
        model.explained(matrix)
        if reads_reasons and len(matrix)
        else (model.raw_score(matrix), None)
    )
    percentiles = model.cohort.percentiles(raw)
    abstained = np.logical_or(*model.abstains(matrix, raw))
    bands = model.cohort.bands_of(percentiles)
    scores = _subjects(model, chunk) | {
        "probability": model.probability(raw),
        "band": ["" if no else band for band, no in zip(bands, abstained, strict=True)],
        "rank_percentile": percentiles,
    }
    ends = model.interval(raw)
    if ends is not None:
        scores |= dict(zip(("low", "high"), ends, strict=True))
    if not reads_reasons:
        return scores
    texts = leading_reasons(
        model,
        chunk,
        np.empty((0, len(model.features) + 1)) if contributions is None else contributions,
        sees_restricted=identity.may(Permission.EXPLAIN_SENSITIVE),
    )
    return scores | {f"reason_{k}": column for k, column in enumerate(texts, start=1)}


def _subjects(model: RiskModel, chunk: Columns) -> Columns:
    """Whom the rows are of, and whether a lot holds each back, where the definition says so."""
    if SUBJECT not in chunk:
        return {}
    held = model.held_back([str(subject) for subject in chunk[SUBJECT]])
    marks: Columns = {} if held is None else {"held_back": held}
    return {SUBJECT: chunk[SUBJECT], **marks}


def _record(
    served: ServedModel,
    summary: BatchSummary,
    given: str,
    identity: Identity,
    *,
    restrictions: Restrictions,
    audit: AuditLog,
) -> None:
    """Entry of the batch, if approval and restrictions are still those that it rests on."""
    with writing(audit.engine) as connection:
        audit.append(
            "scores.made_in_batch",
            actor=identity.key_id,
            details={
                **vars(summary),
                "source_sha256": given,
                "bundle_sha256": served.approval.bundle_sha256,
            },
            connection=connection,
        )
        # the entry above holds the chain's lock, which whoever ends an approval needs too
        if current_approval(connection, summary.model) != served.approval:
            raise StateError(
                f"version {summary.version} of {summary.model} is no longer the one in use; no file "
                "was written: run the same command again, which scores with the one in use now"
            )
        if Restrictions.read(connection) != restrictions:
            raise StateError(
                "a subject objected, or a restriction changed, while the file was scored; no file "
                "was written: run the same command again, which honours it"
            )


def _sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
