"""The steps of scoring in their order, the same for the API and the pages: may they, make, record, show."""

from uuid import uuid4

import msgspec

from hearth.identity import Identity, Permission
from serving.answers import DecisionAnswer, ScoreAnswer, Value
from serving.scores.reasons import withhold_restricted
from serving.scores.recording import find_score, record_decision, record_score, record_view
from serving.scores.schemas import DecisionRequest
from serving.scores.scoring import Inputs, check_release, make_score, stored_inputs
from serving.scores.served_models import ServedModel
from serving.service import Service
from serving.web.authentication import check_purpose


def score_request(service: Service, identity: Identity, name: str, body: bytes) -> ScoreAnswer:
    """Score that a request's body asks for, on record, as its asker may see it."""
    served = _open_model(service, identity, name)
    return _score(service, identity, served, served.schema.read(body))


def score_subject(service: Service, identity: Identity, name: str, subject: str) -> ScoreAnswer:
    """Score of a subject of the feature store, on record, as its asker may see it."""
    return _score(service, identity, _open_model(service, identity, name), subject)


def read_score(service: Service, identity: Identity, score_id: str) -> ScoreAnswer:
    """A score as it was made, the reading on record, as its reader may see it."""
    answer = _open_score(service, identity, score_id)
    record_view(service, identity, answer)
    return _as_seen_by(identity, answer)


def decide(
    service: Service, identity: Identity, score_id: str, decision: DecisionRequest
) -> DecisionAnswer:
    """Decision on a score, on record."""
    return record_decision(service, identity, _open_score(service, identity, score_id), decision)


def _open_model(service: Service, identity: Identity, name: str) -> ServedModel:
    """Model in use, if its scores are for this identity's purposes and released at all."""
    served = service.models.get(name)
    check_purpose(identity, str(served.model.about["purpose"]))
    check_release(served.model)
    return served


def _open_score(service: Service, identity: Identity, score_id: str) -> ScoreAnswer:
    """A score, if it is for this identity's purposes; otherwise there is none for them."""
    purpose, answer = find_score(service, score_id)
    check_purpose(identity, purpose)
    return answer


def _score(
    service: Service, identity: Identity, served: ServedModel, asked: str | dict[str, Value]
) -> ScoreAnswer:
    name = served.approval.model
    if isinstance(asked, str):
        inputs = stored_inputs(service.store.get(name, asked), asked)
        subject_ref = service.pseudonym_of(name, asked)
    else:
        inputs, subject_ref = Inputs(asked, as_of=service.today()), None
    answer = make_score(
        served, inputs, score_id=str(uuid4()), subject_ref=subject_ref, now=service.now()
    )
    purpose = str(served.model.about["purpose"])
    record_score(service, identity, answer, purpose=purpose, values=inputs.values)
    service.metrics.scored(name, served.approval.version)
    return _as_seen_by(identity, answer)


def _as_seen_by(identity: Identity, answer: ScoreAnswer) -> ScoreAnswer:
    """The answer without what the identity may not see."""
    if answer.explanation is None or not identity.may(Permission.EXPLAIN_READ):
        return msgspec.structs.replace(answer, explanation=None)
    if identity.may(Permission.EXPLAIN_SENSITIVE):
        return answer
    return msgspec.structs.replace(answer, explanation=withhold_restricted(answer.explanation))
