"""Scores with reasons of every subject of a model, made beforehand and shown from when all of them are there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from math import fsum

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError

from features.store import FeatureStore, StoredRow
from hearth.audit_log import Clock, Event, Row, append_all
from hearth.audit_log.chain import lock_chain
from hearth.errors import NotFoundError, OutdatedError, PermissionDeniedError, StateError
from hearth.identity import Identity, Permission, SubjectReferences
from hearth.progress import Progress, silent
from hearth.storage.engine import reading, writing
from hearth.storage.generation import current_generation
from hearth.storage.inserts import insert_rows
from hearth.storage.published import current_approval
from hearth.storage.schema import scores, subject_references
from serving.answers import ScoreAnswer
from serving.precomputed import records
from serving.precomputed.capacity import capacity_of
from serving.scores.inputs import stored_inputs
from serving.scores.many import make_scores
from serving.scores.recording import record_of
from serving.scores.restrictions import Restrictions
from serving.scores.scoring import check_may_score
from serving.scores.served_models import ServedModel
from serving.subjects.disputes import Disputes

_CHUNK = 1_000  # subjects in one transaction, and done again at most where a run was killed
_MOST_TRIES = 3
_RAW_DIGITS = (
    9  # equal raw scores stay equal, though their contributions were added up in another order
)


@dataclass(frozen=True)
class PrecomputeSummary:
    """What is shown from now on: scores, those left out because they are not to be scored, and by what."""

    scores: int
    suspended: int
    model: str
    version: str


@dataclass(frozen=True)
class _Run:
    """One precomputation under way."""

    served: ServedModel
    identity: Identity
    engine: Engine
    clock: Clock
    precomputation_id: str


def precompute(
    served: ServedModel,
    *,
    identity: Identity,
    store: FeatureStore,
    engine: Engine,
    clock: Clock,
    progress: Progress = silent,
) -> PrecomputeSummary:
    """What became of the subjects of a model: every score on record, and all of them shown at once.

    A run that is stopped goes on after its last whole thousand when it is made again with the same
    version, refresh of the feature store and key. Until it ends, the scores of the one before are shown.

    Parameters
    ----------
    served
        The model in use.
    identity
        Whoever asks; they must see every area.
    store
        Features by subject.
    engine
        The records.
    clock
        Tells the time, with its offset.
    progress
        Told of subjects as they are scored.

    Raises
    ------
    PermissionDeniedError
        If the identity may not score every subject with this model, or nobody may for a household.
    NotFoundError
        If the feature store holds no subject.
    StateError
        If the approval ended, or the feature store was refreshed, meanwhile.
    """
    name = served.approval.model
    _check_may(served, identity, clock)
    refresh = store.refresh_of(name)
    total = store.count(name)
    if refresh is None or total == 0:
        raise NotFoundError(
            f"the feature store has no subjects of {name}; run `hearth refresh {name}`"
        )
    with writing(engine) as connection:
        begun = records.begin(
            connection, served.approval, refresh.mark, key_id=identity.key_id, now=clock()
        )
    run, done = _Run(served, identity, engine, clock, begun), 0
    for rows in _chunks(store.stored_rows(name)):
        _add(run, rows)
        done += len(rows)
        progress("scoring", done, total)
    if store.refresh_of(name) != refresh:
        raise StateError(
            f"the feature store was refreshed while {name} was scored; run the same command again"
        )
    made = _finish(run)
    return PrecomputeSummary(made, total - made, name, served.approval.version)


def _check_may(served: ServedModel, identity: Identity, clock: Clock) -> None:
    identity.require(Permission.SCORE_WRITE)
    identity.require_purpose(str(served.model.about["purpose"]))
    if identity.areas is not None:
        raise PermissionDeniedError(
            f"key {identity.key_id} is for some areas, and every subject is scored; use one for all"
        )
    check_may_score(served, clock().date())


def _chunks(rows: Iterator[StoredRow]) -> Iterator[list[StoredRow]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def _add(run: _Run, rows: Sequence[StoredRow]) -> None:
    """Scores of some subjects, on record, but of those made already and those not to be scored."""
    for _ in range(_MOST_TRIES):
        try:
            return _try_to_add(run, rows)
        except (OutdatedError, IntegrityError):  # a reference drawn meanwhile, or an objection
            continue
    raise OutdatedError("keys, models or restrictions changed under every try; run it again")


def _try_to_add(run: _Run, rows: Sequence[StoredRow]) -> None:
    name, now = run.served.approval.model, run.clock()
    with reading(run.engine) as connection:
        generation = current_generation(connection)
        _check_approved(connection, run)
        restrictions, disputes = Restrictions.read(connection), Disputes.read(connection)
        made = records.made_of(connection, run.precomputation_id, [row.entity_id for row in rows])
    wanted = [
        row
        for row in rows
        if row.entity_id not in made and not restrictions.cover(name, row.entity_id)
    ]
    if not wanted:
        return
    subjects = [row.entity_id for row in wanted]
    inputs = [
        replace(
            stored_inputs(row, row.entity_id, identity=run.identity),
            disputed=disputes.of(name, row.entity_id),
        )
        for row in wanted
    ]
    references = SubjectReferences(run.engine).of_all(name, subjects, now)
    answers = make_scores(
        run.served, inputs, [references[subject] for subject in subjects], now=now
    )
    purpose = str(run.served.model.about["purpose"])
    events: list[Event] = []
    added: dict[str, list[Row]] = {subject_references.name: [], scores.name: []}
    for answer, one, subject in zip(answers, inputs, subjects, strict=True):
        event, own = record_of(
            run.identity,
            answer,
            purpose=purpose,
            values=one.values,
            area=one.area,
            reference=references[subject],
        )
        events.append(event)
        for row in own:
            added[row.table.name].append(row)
    with writing(run.engine) as connection:
        lock_chain(connection)
        if current_generation(connection) != generation:
            raise OutdatedError("something changed meanwhile; try again")
        for group in added.values():
            if group:
                insert_rows(connection, group[0].table, [row.values for row in group])
        records.add(
            connection,
            run.precomputation_id,
            [_made(one, answer) for one, answer in zip(wanted, answers, strict=True)],
        )
        append_all(connection, events, now)


def _made(row: StoredRow, answer: ScoreAnswer) -> records.Made:
    explanation = answer.explanation
    if explanation is None:
        raise AssertionError("every score made beforehand has its reasons")
    added = [reason.contribution for reason in explanation.reasons]
    return records.Made(
        entity_id=row.entity_id,
        score_id=answer.score_id,
        raw=round(fsum([explanation.base_value, *added]), _RAW_DIGITS),
        band=answer.score.band,
        area=row.area,
    )


def _finish(run: _Run) -> int:
    """How many scores are shown from now on."""
    approval = run.served.approval
    with writing(run.engine) as connection:
        lock_chain(connection)
        _check_approved(connection, run)
        suspended = Restrictions.read(connection)
        covered = [s for s in suspended.models_by_subject if suspended.cover(approval.model, s)]
        records.drop(connection, run.precomputation_id, covered)
        records.rank(connection, approval, run.precomputation_id, capacity_of(run.served.model))
        made = records.finish(connection, approval.model, run.precomputation_id, run.clock())
        details = {
            "precomputation_id": run.precomputation_id,
            "model": approval.model,
            "version": approval.version,
            "bundle_sha256": approval.bundle_sha256,
            "scores": made,
        }
        event = Event("scores.precomputed", run.identity.key_id, details=details)
        append_all(connection, [event], run.clock())
    return made


def _check_approved(connection: Connection, run: _Run) -> None:
    """Nothing, if the version that scores is still the one in use."""
    approval = run.served.approval
    if current_approval(connection, approval.model) != approval:
        raise StateError(
            f"version {approval.version} of {approval.model} is no longer the one in use; run the same "
            "command again, which scores with the one in use now"
        )
