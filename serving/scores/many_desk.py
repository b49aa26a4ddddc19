"""Many scores asked for in one request: made off the event loop, recorded together, answered in their order."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from anyio import to_thread

from hearth.audit_log import Event, Row
from hearth.errors import AuditError
from hearth.identity import Identity, Reference
from serving.answers import ManyScoresAnswer, Refused, ScoreAnswer
from serving.held import Held
from serving.scores.desk import as_seen_by, open_model
from serving.scores.many import make_scores
from serving.scores.many_schemas import Columns, ManyAsked, asks_for_many
from serving.scores.recording import record_of
from serving.scores.restrictions import SUSPENDED
from serving.scores.scoring import Inputs, given_inputs, stored_inputs
from serving.scores.served_models import ServedModel
from serving.service import Service
from serving.web.idempotency import RequestKey

_LONGEST_WAIT_S = 30.0  # as for one score
_UNKNOWN = ("not-found", "The feature store has no such subject, or you may not see it.")
_RESTRICTED = ("processing-restricted", SUSPENDED)


@dataclass(frozen=True)
class _Sorted:
    """What is asked for, the refused apart; places count from 0."""

    places: Sequence[int]
    inputs: Sequence[Inputs]
    references: Sequence[Reference | None]
    refused: Sequence[Refused]
    total: int
    columns: Columns | None = None


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
) -> ManyScoresAnswer:
    """Scores that a request's body asks for, all on record together, as their asker may see them.

    Raises
    ------
    OutdatedError
        If what is held is no longer so: nothing was recorded, and nothing may leave.
    """
    served = open_model(service, held.models, identity, name)
    found, made, events, rows = await to_thread.run_sync(
        _make, service, held, identity, served, body
    )
    answers: list[ScoreAnswer | None] = [None] * found.total
    for place, answer in zip(found.places, made, strict=True):
        answers[place] = as_seen_by(identity, answer)
    seen = ManyScoresAnswer(tuple(answers), tuple(found.refused))
    if events:
        if key is not None:
            rows.append(await to_thread.run_sync(key.row, seen))
        try:
            async with asyncio.timeout(_LONGEST_WAIT_S):
                await service.writer.record_all(events, rows, generation=held.generation)
        except TimeoutError:
            raise AuditError(
                "the audit log took too long; no score leaves without its entry"
            ) from None
        service.metrics.scored(name, served.approval.version, len(made))
    return seen


def _make(
    service: Service, held: Held, identity: Identity, served: ServedModel, body: bytes
) -> tuple[_Sorted, list[ScoreAnswer], list[Event], list[Row]]:
    """Scores, and what puts them on record."""
    asked = served.many.read(body)
    rows_asked = len(asked.subjects) or len(asked.rows)
    service.limits.charge(identity.key_id, rows_asked - 1)  # the request itself counted as one
    if asked.subjects:
        found = _look_up(service, held, identity, served.approval.model, asked)
    else:
        today = service.today()
        found = _Sorted(
            range(len(asked.rows)),
            [given_inputs(row, today, identity=identity) for row in asked.rows],
            [None] * len(asked.rows),
            (),
            len(asked.rows),
            asked.columns,
        )
    made = make_scores(
        served,
        found.inputs,
        found.references,
        now=service.now(),
        with_reasons=asked.reasons,
        columns=found.columns,
    )
    purpose = str(served.model.about["purpose"])
    events: list[Event] = []
    rows: list[Row] = []
    new: set[str] = set()
    for answer, one, reference in zip(made, found.inputs, found.references, strict=True):
        event, own = record_of(
            identity,
            answer,
            purpose=purpose,
            values=one.values,
            area=one.area,
            reference=reference,
        )
        events.append(event)
        if reference is not None and reference.row is not None:
            own = own[1:] if reference.text in new else own  # a subject asked for twice
            new.add(reference.text)
        rows += own
    return found, made, events, rows


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
        places, inputs, [references[one] for one in subjects], refused, len(asked.subjects)
    )
