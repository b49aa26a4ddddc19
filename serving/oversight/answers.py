"""What the service says of decisions and challenges, and of the notice; the OpenAPI document is made from it."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from serving.oversight.challenge_states import State, Step

Outcome = Literal["agree", "override", "defer"]
ReasonCode = Literal[
    "already_helped",
    "records_wrong",
    "known_otherwise",
    "question_does_not_fit",
    "not_now",
    "other",
]
"""Why somebody does not go by a score: help is there already; the records are wrong or old; something
is known that no record holds; the model's question does not fit this case; right, but not at this
time; anything else."""

Ground = Literal["inaccurate_data", "wrong_person", "unfair", "unlawful_use", "other"]
"""Why somebody objects to a score."""


class DecisionAnswer(msgspec.Struct, frozen=True):
    """A decision as it was recorded."""

    decision_id: str
    score_id: str
    outcome: Outcome
    reason_code: ReasonCode | None
    reason: Annotated[str | None, Meta(description="Null where none was given, or it is erased.")]
    considered: str | None
    reviewer_role: str
    viewed_at: datetime | None
    decided_at: datetime
    dwell_seconds: Annotated[
        Annotated[float, Meta(ge=0)] | None,
        Meta(description="From viewing to deciding; null where the viewing was not told."),
    ]


class DecisionList(msgspec.Struct, frozen=True):
    """Decisions on a score, earliest first. The last counts."""

    decisions: tuple[DecisionAnswer, ...]


class ChallengeAnswer(msgspec.Struct, frozen=True):
    """An objection to a score: its ground, its clock and its outcome."""

    challenge_id: str
    score_id: str
    model: str
    version: str
    ground: Ground
    statement: Annotated[str | None, Meta(description="Null once it is erased.")]
    state: State
    opened_at: datetime
    acknowledge_by: date
    overdue: Annotated[
        bool, Meta(description="It is not acknowledged, and the day to do so by has passed.")
    ]
    acknowledged_at: datetime | None
    closed_at: datetime | None
    closed_by_role: str | None
    closed_reason: str | None
    steps: Annotated[tuple[Step, ...], Meta(description="Steps that can be taken from here.")]


class ChallengeList(msgspec.Struct, frozen=True):
    """Challenges, earliest first."""

    challenges: tuple[ChallengeAnswer, ...]


class NoticeAnswer(msgspec.Struct, frozen=True):
    """What the people a model is about are told of it, for one version."""

    model: str
    version: str
    media_type: Literal["text/markdown"]
    text: str
