"""Many scores asked for in one request: made off the event loop, recorded together, answered in their order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec
import numpy as np
from anyio import to_thread
from msgspec import Raw
from numpy.typing import NDArray

from hearth.audit_log import Event, Row
from hearth.errors import AuditError
from hearth.identity import Identity, Reference
from serving.answers import Refused
from serving.held import Held
from serving.scores.answer_texts import AnswerTexts
from serving.scores.desk import open_model
from serving.scores.inputs import Inputs, given_inputs, stored_inputs
from serving.scores.many import make_outcomes, new_score_ids
from serving.scores.many_schemas import GivenRows, ManyAsked, asks_for_many
from serving.scores.record_texts import named_inputs, recorder_of
from serving.scores.restrictions import SUSPENDED
from serving.scores.seen import reasons_seen_by
from serving.scores.served_models import ServedModel
from serving.service import Service
from serving.web.idempotency import RequestKey

_LONGEST_WAIT_S = 30.0  # as for one score
_UNKNOWN = ("not-found", "The feature store has no such subject, or you may not see it.")
_RESTRICTED = ("processing-restricted", SUSPENDED)


@dataclass(frozen=True)
class _Sorted:
    """What is asked for, the refused apart; places count from 0.

    `recorded` is what goes on record of each row's inputs, `matrix` the inputs encoded where they are.
    """

    places: Sequence[int]
    inputs: Sequence[Inputs]
    recorded: Sequence[tuple[bytes, bytes]]
    references: Sequence[Reference | None]
    refused: Sequence[Refused]
    total: int
    matrix: NDArray[np.float64] | None = None


@dataclass(frozen=True)
class _Made:
    """The answer as its asker may see it, as JSON, and what puts its scores on record."""

    seen: Raw
    events: Sequence[Event]
    rows: list[Row]


def check_asked(service: Service, held: Held, identity: Identity, name: str, body: bytes) -> None:
    """Nothing, if what a body asks for may be answered now: an answer given before is given again only then."""
    served = open_model(service, held.models, identity, name)
    if asks_for_many(body):
        subjects = list(served.many.read(body).subjects)
    else:
        subjects = [subject] if (subject := served.schema.read(body).subject) else []
    for subject in subjects:
        held.restrictions.check(name, subject)


async def score_many(
    service: Service,
    held: Held,
    identity: Identity,
    name: str,
    body: bytes,
    *,
    key: RequestKey | None = None,
) -> Raw:
    """JSON of the scores that a request's body asks for, all on record, as their asker may see them.

    Raises
    ------
    OutdatedError
        If what is held is no longer so: nothing was recorded, and nothing may leave.
    """
    served = open_model(service, held.models, identity, name)
    made = await to_thread.run_sync(_make, service, held, identity, served, body)
    if made.events:
        if key is not None:
            made.rows.append(key.row(made.seen))
        try:
            async with asyncio.timeout(_LONGEST_WAIT_S):
                await service.writer.record_all(made.events, made.rows, generation=held.generation)
        except TimeoutError:
            raise AuditError(
                "the audit log took too long; no score leaves without its entry"
            ) from None
        service.metrics.scored(name, served.approval.version, len(made.events))
    return made.seen


def _make(
    service: Service, held: Held, identity: Identity, served: ServedModel, body: bytes
) -> _Made:
    """Scores, and what puts them on record."""
    asked = served.many.read(body)
    rows_asked = len(asked.subjects) if asked.rows is None else len(asked.rows.texts)
    service.limits.charge(identity.key_id, rows_asked - 1)  # the request itself counted as one
    if asked.rows is None:
        found = _look_up(service, held, identity, served.approval.model, asked)
    else:
        found = _given(service, identity, asked.rows)
    outcomes = make_outcomes(served, found.inputs, with_reasons=asked.reasons, matrix=found.matrix)
    now, purpose = service.now(), str(served.model.about["purpose"])
    texts, recorder = AnswerTexts(served, now), recorder_of(served.reference, purpose)
    seen: list[Raw | None] = [None] * found.total
    events: list[Event] = []
    rows: list[Row] = []
    new: set[str] = set()
    ids = new_score_ids(len(outcomes))
    for place, one, recorded, reference, outcome, score_id in zip(
        found.places, found.inputs, found.recorded, found.references, outcomes, ids, strict=True
    ):
        ref, reasons = None if reference is None else reference.text, outcome.explanation
        text = texts.write(one, outcome, reasons, score_id=score_id, subject_ref=ref)
        event, own = recorder.record(
            identity,
            text,
            recorded,
            score_id=score_id,
            area=one.area,
            reference=reference,
            subject_ref=ref,
            as_of=one.as_of,
            now=now,
        )
        events.append(event)
        if reference is not None and reference.row is not None:
            own = own[1:] if reference.text in new else own  # a subject asked for twice
            new.add(reference.text)
        rows += own
        shown = None if reasons is None else reasons_seen_by(identity, reasons)
        if shown is not reasons:
            text = texts.write(one, outcome, shown, score_id=score_id, subject_ref=ref)
        seen[place] = text
    whole = msgspec.json.encode({"scores": seen, "refused": found.refused})
    return _Made(Raw(whole), events, rows)


def _given(service: Service, identity: Identity, rows: GivenRows) -> _Sorted:
    """Inputs of rows that were sent; without their values they are all alike."""
    today, count = service.today(), len(rows.texts)
    if rows.values:
        inputs = [given_inputs(values, today, identity=identity) for values in rows.values]
    else:
        inputs = [given_inputs({}, today, identity=identity)] * count
    recorded = [(rows.before, text) for text in rows.texts]
    return _Sorted(range(count), inputs, recorded, [None] * count, (), count, matrix=rows.matrix)


def _look_up(
    service: Service, held: Held, identity: Identity, model: str, asked: ManyAsked
) -> _Sorted:
    """Inputs of the subjects that may be scored, and why the others are not."""
    known = service.store.get_many(model, asked.subjects)
    places, inputs, refused = [], [], []
    for place, subject in enumerate(asked.subjects):
        row = known.get(subject)
        if row is None or not identity.sees_area(row.area):
            refused.append(Refused(place + 1, *_UNKNOWN))
        elif held.restrictions.cover(model, subject):
            refused.append(Refused(place + 1, *_RESTRICTED))
        else:
            places.append(place)
            known_of = stored_inputs(row, subject, identity=identity)
            inputs.append(replace(known_of, disputed=held.disputes.of(model, subject)))
    subjects = [asked.subjects[place] for place in places]
    references = held.references.of_all(model, subjects, service.now())
    return _Sorted(
        places,
        inputs,
        [named_inputs(one.values) for one in inputs],
        [references[one] for one in subjects],
        refused,
        len(asked.subjects),
    )
