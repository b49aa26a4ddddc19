"""What people send about a score: a decision, a challenge, a step of one; every fault told at once."""

from datetime import datetime
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from hearth.errors import Fault, UnusableInputError
from serving.oversight.answers import Ground, Outcome, ReasonCode
from serving.oversight.challenge_states import Step
from serving.scores.schemas import decode_json

LONGEST_TEXT = 2_000
Prose = Annotated[str, Meta(max_length=LONGEST_TEXT)]
_Asked = TypeVar("_Asked")


class DecisionRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a person decided after reading a score."""

    outcome: Outcome
    reason_code: Annotated[ReasonCode | None, Meta(description="Needed on override.")] = None
    reason: Annotated[Prose, Meta(description="Needed on override.")] = ""
    considered: Annotated[Prose, Meta(description="What else was looked at.")] = ""
    viewed_at: Annotated[
        datetime | None,
        Meta(
            description="When the person saw the score, with its offset; never before it was made."
        ),
    ] = None


class ChallengeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why somebody objects to a score."""

    ground: Ground
    statement: Annotated[
        str,
        Meta(min_length=1, max_length=LONGEST_TEXT, pattern=r"\S", description="In their words."),
    ]


class StepRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A step of a challenge."""

    step: Step
    reason: Annotated[Prose, Meta(description="Needed to uphold or reject.")] = ""


def read_decision(body: bytes) -> DecisionRequest:
    """Decision of a request.

    Raises
    ------
    UnusableInputError
        If its outcome is none of the three, an override has no reason or no code, or a field is wrong.
    """
    decision = _read(
        body,
        DecisionRequest,
        "send outcome (agree, override or defer); reason_code, one of the codes of the OpenAPI "
        "document; texts of at most 2,000 characters as reason and considered; viewed_at is a time "
        "with its offset",
    )
    _refuse(
        (
            decision.viewed_at is None or decision.viewed_at.tzinfo is not None,
            Fault("request", "viewed_at", "has no offset", "write one, such as Z"),
        ),
        (
            decision.outcome != "override" or bool(decision.reason.strip()),
            Fault("request", "reason", "is needed on override", "say why in a sentence"),
        ),
        (
            decision.outcome != "override" or decision.reason_code is not None,
            Fault(
                "request", "reason_code", "is needed on override", "give the code that fits best"
            ),
        ),
    )
    return decision


def read_challenge_request(body: bytes) -> ChallengeRequest:
    """Challenge of a request.

    Raises
    ------
    UnusableInputError
        If its ground is none we know, or it says nothing.
    """
    return _read(
        body,
        ChallengeRequest,
        "send ground, one of those of the OpenAPI document, and statement, a text of 1 to 2,000 "
        "characters",
    )


def read_step(body: bytes) -> StepRequest:
    """Step of a request.

    Raises
    ------
    UnusableInputError
        If it is none of the four, or an outcome comes without its reason.
    """
    asked = _read(
        body,
        StepRequest,
        "send step (acknowledge, uphold, reject or withdraw), and reason, a text of at most 2,000 "
        "characters",
    )
    is_told = asked.step not in {Step.UPHOLD, Step.REJECT} or bool(asked.reason.strip())
    _refuse((is_told, Fault("request", "reason", "is needed for an outcome", "say why")))
    return asked


def _read(body: bytes, kind: type[_Asked], remedy: str) -> _Asked:
    content = decode_json(body)
    try:
        return msgspec.convert(content, kind)
    except msgspec.ValidationError:
        raise UnusableInputError(
            [Fault("request", "", "is not of the form asked for", remedy)]
        ) from None


def _refuse(*rules: tuple[bool, Fault]) -> None:
    faults = [fault for holds, fault in rules if not holds]
    if faults:
        raise UnusableInputError(faults)
