"""What the model would make of a record that said otherwise: only of what help can change, and no score."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from anyio import to_thread

from hearth.audit_log import Event
from hearth.errors import AuditError, Fault, UnusableInputError
from hearth.identity import Identity, Permission, Reference
from hearth.risk_model import RiskModel
from serving.answers import Explanation, ScoreAnswer, Value
from serving.held import Held
from serving.scores.desk import as_seen_by, look_up_subject, open_model
from serving.scores.inputs import Inputs, given_inputs
from serving.scores.many import make_scores
from serving.scores.schemas import decode_json, read_subject, read_values
from serving.scores.served_models import ServedModel
from serving.service import Service
from serving.what_if.answers import Change, ReasonChange, WhatIfAnswer

_LONGEST_WAIT_S = 30.0  # as for a score
_NOTHING = 1e-9
_FORM = 'send "subject" or "values", and "changes": {feature: value, …}'
_CAVEATS = (
    "This compares two sums of the model. It does not say what would happen: a record that reads "
    "otherwise, or help that makes it read otherwise, may change nothing about the outcome.",
    "This is no score. It is not kept, and nobody may decide anything on it.",
)
_UNMOVED = (
    "What was changed makes no difference here: the model does not use it for such a record, or it "
    "says what the record said before."
)


async def ask_what_if(
    service: Service, held: Held, identity: Identity, name: str, body: bytes
) -> WhatIfAnswer:
    """What the model makes of a record as it is and as a request supposes it, once the asking is on record.

    Raises
    ------
    UnusableInputError
        With every fault together: also where a feature is none that help can change.
    OutdatedError
        If what is held is no longer so: nothing was recorded, and nothing may leave.
    """
    served = open_model(service, held.models, identity, name)
    content = _read(body)
    changes = _fit_changes(served.model, content["changes"], identity)
    if "subject" in content:
        inputs, reference = await to_thread.run_sync(
            look_up_subject, service, held, identity, name, read_subject(content["subject"])
        )
    else:
        values = read_values(served.model.features, content["values"])
        inputs, reference = given_inputs(values, service.today(), identity=identity), None
    compare = partial(_compare, service, served, identity, inputs, reference=reference)
    answer = await to_thread.run_sync(partial(compare, changes=changes))
    await _record(service, held, identity, answer, reference)
    return answer


def _read(body: bytes) -> dict[str, Any]:
    content = decode_json(body)
    forms = ({"subject", "changes"}, {"values", "changes"})
    if not isinstance(content, dict) or set(content) not in forms:
        raise UnusableInputError([Fault("request", "", "is of neither form", _FORM)])
    if not isinstance(content["changes"], dict) or not content["changes"]:
        raise UnusableInputError([Fault("request", "changes", "changes nothing", _FORM)])
    return content


def _fit_changes(
    model: RiskModel, changes: Mapping[str, Any], identity: Identity
) -> dict[str, Value]:
    """Changes, each of a feature that help can change and to a value that it can have.

    A group of a restricted source is varied only by who may see it: the answer would tell.
    """
    sees = identity.may(Permission.EXPLAIN_SENSITIVE)
    groups = {
        words.group
        for words in model.reasons
        if words.changeable and (sees or words.sensitivity == "ordinary")
    }
    features = {feature.name: feature for feature in model.features}
    varied = {name for name, one in features.items() if one.group in groups and one.flag_of is None}
    remedy = "vary only features that GET /v1/models/{model} calls changeable"
    faults = [
        Fault("changes", name, "is nothing that a what-if may vary", remedy)
        for name in features
        if name in changes and name not in varied
    ]
    if set(changes) - set(features):
        faults.append(Fault("changes", "", "name what is no feature of the model", remedy))
    faults += [
        Fault("changes", name, "is null", "give a value that the record could hold")
        for name in varied
        if name in changes and changes[name] is None
    ]
    try:
        model.encode({name: value for name, value in changes.items() if name in varied})
    except UnusableInputError as error:
        faults += error.faults
    faults = faults or _out_of_range(model, changes)
    if faults:
        raise UnusableInputError(faults)
    return dict(changes)


def _out_of_range(model: RiskModel, changes: Mapping[str, Any]) -> list[Fault]:
    """Faults of numbers that lie outside all that the cohort recorded: the model knows nothing of such records."""
    faults = []
    for name, value in changes.items():
        distribution = model.cohort.distributions.get(name)
        if distribution is None or not distribution.values:
            continue
        if not distribution.values[0] <= float(value) <= distribution.values[-1]:
            found = "lies outside the range that the model's cohort has recorded"
            faults.append(Fault("changes", name, found, "give a value that records have held"))
    return faults


def _compare(
    service: Service,
    served: ServedModel,
    identity: Identity,
    inputs: Inputs,
    *,
    reference: Reference | None,
    changes: Mapping[str, Value],
) -> WhatIfAnswer:
    model = served.model
    flags = {f.name: 0.0 for f in model.features if f.flag_of in changes}  # no longer filled in
    supposed = replace(inputs, values={**inputs.values, **changes, **flags})
    made = make_scores(served, [inputs, supposed], [reference, None], now=service.now())
    before, after = (as_seen_by(identity, one) for one in made)
    if before.explanation is None or after.explanation is None:  # the route asks for explain:read
        raise AssertionError
    return WhatIfAnswer(
        model=before.model,
        subject_ref=before.subject_ref,
        as_of=before.as_of,
        changes=tuple(Change(name, inputs.values.get(name), to) for name, to in changes.items()),
        before=before.score,
        after=after.score,
        scale=before.explanation.scale,
        reasons=_differences(before.explanation, after.explanation),
        caveats=(*_CAVEATS, *_unused(before, after), *_new_caveats(before, after)),
    )


def _differences(before: Explanation, after: Explanation) -> tuple[ReasonChange, ...]:
    """Reasons whose contributions differ, most first."""
    now = {reason.code: reason for reason in after.reasons}
    found = [
        ReasonChange(
            reason.code,
            reason.title,
            reason.contribution,
            now[reason.code].contribution,
            now[reason.code].contribution - reason.contribution,
        )
        for reason in before.reasons
    ]
    differing = [one for one in found if abs(one.change) > _NOTHING]
    return tuple(sorted(differing, key=lambda one: (-abs(one.change), one.code)))


def _unused(before: ScoreAnswer, after: ScoreAnswer) -> tuple[str, ...]:
    """Says so where nothing differs, as where the model rests on other features."""
    if before.explanation is None or after.explanation is None or before.score != after.score:
        return ()
    return () if _differences(before.explanation, after.explanation) else (_UNMOVED,)


def _new_caveats(before: ScoreAnswer, after: ScoreAnswer) -> tuple[str, ...]:
    """What is said of either; what is supposed can be what the model cannot judge."""
    return tuple(dict.fromkeys((*before.caveats, *after.caveats)))


async def _record(
    service: Service,
    held: Held,
    identity: Identity,
    answer: WhatIfAnswer,
    reference: Reference | None,
) -> None:
    """Nothing, once it is durable that someone asked, and what they varied; never to which value."""
    details = {
        "model": answer.model.name,
        "version": answer.model.version,
        "bundle_sha256": answer.model.sha256,
        "features": sorted(change.name for change in answer.changes),
    }
    event = Event("what_if.asked", identity.key_id, subject=answer.subject_ref, details=details)
    rows = [] if reference is None or reference.row is None else [reference.row]
    try:
        async with asyncio.timeout(_LONGEST_WAIT_S):
            await service.writer.record(event, rows, generation=held.generation)
    except TimeoutError:
        raise AuditError("the audit log took too long; nothing leaves without its entry") from None
