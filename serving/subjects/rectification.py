"""Rectifying an input: the dispute on record, a score with what the subject states, and how it ends.

References
----------
UK GDPR, article 16.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Engine, delete, select

from features.store import FeatureStore
from hearth.audit_log import AuditLog, append_all
from hearth.audit_log.chain import lock_chain
from hearth.errors import AreasOnlyError, NotFoundError, StateError, SunsetError, WithdrawnError
from hearth.identity import Identity, Reference, subject_reference
from hearth.risk_model import FeatureSpec
from hearth.storage.engine import reading, writing
from hearth.storage.inserts import insert_rows
from hearth.storage.published import current_approval
from hearth.storage.schema import precomputations, precomputed_scores
from serving.scores.inputs import Inputs, stored_inputs
from serving.scores.recording import record_of
from serving.scores.restrictions import Restrictions
from serving.scores.scoring import check_may_score, make_score
from serving.scores.served_models import ServedModel
from serving.subjects.disputes import (
    Outcome,
    Value,
    close_dispute,
    open_dispute,
    open_disputes,
)

_STATED = "Made with what the subject states in place of what is recorded; neither is settled yet."


@dataclass(frozen=True)
class Rectified:
    """The dispute, and the score made with the stated value; no score where none may be made."""

    dispute_id: str
    score_id: str | None


def feature_of(served: ServedModel, name: str) -> FeatureSpec:
    """A feature of a model by its name.

    Raises
    ------
    NotFoundError
        If the model has no such feature.
    """
    found = [feature for feature in served.model.features if feature.name == name]
    if not found:
        names = ", ".join(feature.name for feature in served.model.features)
        raise NotFoundError(f"the model has no such feature; its features are: {names}")
    return found[0]


def dispute_input(
    engine: Engine,
    store: FeatureStore,
    served: ServedModel,
    entity_id: str,
    feature: str,
    *,
    stated: Value,
    reason: str,
    identity: Identity,
    audit: AuditLog,
    now: datetime,
) -> Rectified:
    """The dispute on record and, where a value is stated, a second score made with it: both are kept.

    All of it is one transaction. From its commit on every score of the subject is flagged.

    Parameters
    ----------
    engine, store
        The records database and the feature store.
    served
        The model in use.
    stated
        What the subject says the feature is; None where they say only that it is wrong.
    reason
        Request that calls for it; never a name.
    identity
        Whoever acts.

    Raises
    ------
    NotFoundError
        If the model has no such feature, or the store no such subject.
    UnusableInputError
        If the stated value cannot be one of the feature's.
    StateError
        If the feature is disputed already, or the version is no longer the one in use.
    """
    feature_of(served, feature)
    model = served.approval.model
    inputs = stored_inputs(store.get(model, entity_id), entity_id, identity=identity)
    with writing(engine) as connection:
        lock_chain(connection)
        dispute_id = open_dispute(
            connection,
            entity_id,
            model,
            feature,
            stated=stated,
            reason=reason,
            actor=identity.key_id,
            audit=audit,
            now=now,
        )
        if stated is None or not _may_score(connection, served, entity_id, now):
            return Rectified(dispute_id, None)
        names = tuple(sorted(one.feature for one in open_disputes(connection, entity_id, model)))
        changed = replace(inputs, values={**inputs.values, feature: stated}, disputed=names)
        return Rectified(dispute_id, _score(connection, served, changed, identity, now))


def settle_dispute(
    engine: Engine,
    store: FeatureStore,
    entity_id: str,
    model: str,
    feature: str,
    *,
    outcome: Outcome,
    actor: str,
    audit: AuditLog,
    now: datetime,
) -> None:
    """Nothing, once the dispute is settled; scores are flagged no more.

    One that is upheld puts the stated value, or none where none was stated, in the feature store at
    once, and takes away scores made beforehand. The next refresh brings back what its source holds.

    Raises
    ------
    NotFoundError
        If the feature is not disputed.
    """
    with reading(engine) as connection:
        found = [
            one for one in open_disputes(connection, entity_id, model) if one.feature == feature
        ]
    if (
        found and outcome == "upheld"
    ):  # first, so that no score is made of it unflagged and unmended
        store.rectify(model, entity_id, feature, found[0].stated)
    with writing(engine) as connection:
        close_dispute(
            connection, entity_id, model, feature, outcome, actor=actor, audit=audit, now=now
        )
        if outcome == "upheld":
            of_model = select(precomputations.c.precomputation_id).where(
                precomputations.c.model == model
            )
            connection.execute(
                delete(precomputed_scores).where(
                    precomputed_scores.c.entity_id == entity_id,
                    precomputed_scores.c.precomputation_id.in_(of_model),
                )
            )


def _may_score(connection: Connection, served: ServedModel, entity_id: str, now: datetime) -> bool:
    """Whether anybody may score the subject with the model at all."""
    try:
        check_may_score(served, now.date())
    except (AreasOnlyError, SunsetError, WithdrawnError):
        return False
    if current_approval(connection, served.approval.model) != served.approval:
        raise StateError("the model's version changed meanwhile; run the same command again")
    return not Restrictions.read(connection).cover(served.approval.model, entity_id)


def _score(
    connection: Connection, served: ServedModel, inputs: Inputs, identity: Identity, now: datetime
) -> str:
    """Identifier of the score made with the stated value, on record."""
    model = served.approval.model
    reference = subject_reference(connection, model, str(inputs.entity_id), now)
    answer = make_score(served, inputs, score_id=str(uuid4()), subject_ref=reference, now=now)
    answer = msgspec.structs.replace(answer, caveats=(_STATED, *answer.caveats))
    event, rows = record_of(
        identity,
        answer,
        purpose=str(served.model.about["purpose"]),
        values=inputs.values,
        area=inputs.area,
        reference=Reference(reference),
    )
    for row in rows:
        insert_rows(connection, row.table, [row.values])
    append_all(connection, [event], now)
    return answer.score_id
