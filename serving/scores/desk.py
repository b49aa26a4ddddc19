"""The steps of scoring in their order, the same for the API and the pages: may they, make, record, show."""

from dataclasses import dataclass, replace
from uuid import uuid4

import msgspec
from anyio import to_thread

from hearth.identity import Identity, Permission, Reference
from hearth.storage.engine import reading
from serving.answers import ScoreAnswer
from serving.held import Held, on_what_is_held
from serving.oversight.standing import as_it_stands
from serving.scores.inputs import Inputs, given_inputs, stored_inputs
from serving.scores.opening import open_score
from serving.scores.recording import record_score, record_view
from serving.scores.schemas import Asked
from serving.scores.scoring import check_may_score, make_score
from serving.scores.seen import as_seen
from serving.scores.served_models import ServedModel, ServedModels
from serving.service import Service
from serving.web.authentication import check_purpose
from serving.web.idempotency import RequestKey


@dataclass(frozen=True)
class Scored:
    """A score on record, as its asker may see it, and the JSON of that."""

    seen: ScoreAnswer
    json: msgspec.Raw


async def score_request(
    service: Service,
    held: Held,
    identity: Identity,
    name: str,
    body: bytes,
    *,
    key: RequestKey | None = None,
) -> msgspec.Raw:
    """JSON of the score that a body asks for, on record, as its asker may see it; kept under a key if given.

    Raises
    ------
    OutdatedError
        If what is held is no longer so: nothing was recorded, and nothing may leave.
    """
    served = open_model(service, held.models, identity, name)
    asked = served.schema.read(body)
    return (await _score(service, held, identity, served, asked, key=key)).json


async def score_subject(
    service: Service, identity: Identity, name: str, subject: str
) -> ScoreAnswer:
    """Score of a subject of the feature store, on record, as its asker may see it."""

    async def step(held: Held) -> ScoreAnswer:
        served = open_model(service, held.models, identity, name)
        return (await _score(service, held, identity, served, Asked(subject=subject))).seen

    return await on_what_is_held(service.held, step)


def read_score(service: Service, identity: Identity, score_id: str) -> ScoreAnswer:
    """A score as it was made and as it stands now, the reading on record, as its reader may see it."""
    answer = open_score(service, identity, score_id)
    with reading(service.engine) as connection:
        answer = as_it_stands(connection, answer, service.today())
    record_view(service, identity, answer)
    return as_seen_by(identity, answer)


def open_model(
    service: Service, models: ServedModels, identity: Identity, name: str
) -> ServedModel:
    """Model in use, if its scores are for this identity's purposes and released at all."""
    served = models.get(name)
    check_purpose(identity, str(served.model.about["purpose"]))
    check_may_score(served, service.today())
    return served


async def _score(
    service: Service,
    held: Held,
    identity: Identity,
    served: ServedModel,
    asked: Asked,
    *,
    key: RequestKey | None = None,
) -> Scored:
    name, reference = served.approval.model, None
    if asked.subject is None:
        inputs = given_inputs(asked.values, service.today(), identity=identity)
    else:
        inputs, reference = await to_thread.run_sync(
            look_up_subject, service, held, identity, name, asked.subject
        )
    answer = make_score(
        served,
        inputs,
        score_id=str(uuid4()),
        subject_ref=None if reference is None else reference.text,
        now=service.now(),
        with_reasons=asked.reasons,
    )
    purpose = str(served.model.about["purpose"])
    seen, whole = as_seen_by(identity, answer), msgspec.Raw(msgspec.json.encode(answer))
    shown = whole if seen is answer else msgspec.Raw(msgspec.json.encode(seen))
    await record_score(
        service,
        identity,
        answer,
        whole=whole,
        purpose=purpose,
        values=inputs.values,
        area=inputs.area,
        reference=reference,
        generation=held.generation,
        kept=None if key is None else key.row(shown, score_id=answer.score_id),
    )
    service.metrics.scored(name, served.approval.version)
    return Scored(seen, shown)


def look_up_subject(
    service: Service, held: Held, identity: Identity, name: str, subject: str
) -> tuple[Inputs, Reference]:
    """What the feature store holds of a subject, and the reference it is recorded under."""
    inputs = stored_inputs(service.store.get(name, subject), subject, identity=identity)
    held.restrictions.check(name, subject)
    inputs = replace(inputs, disputed=held.disputes.of(name, subject))
    return inputs, held.references.of(name, subject, service.now())


def as_seen_by(identity: Identity, answer: ScoreAnswer) -> ScoreAnswer:
    """The answer without what the identity may not see."""
    return as_seen(
        answer,
        reads_reasons=identity.may(Permission.EXPLAIN_READ),
        sees_restricted=identity.may(Permission.EXPLAIN_SENSITIVE),
    )
