"""What the service says of a model and of a score, field by field; the OpenAPI document is made from it."""

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Share = Annotated[float, Meta(ge=0, le=1)]
Value = float | str | None


class ModelReference(msgspec.Struct, frozen=True):
    """Which model made a score, what it asks of what unit, and who approved it."""

    name: str
    title: str
    question: str
    unit: str
    version: str
    sha256: Annotated[str, Meta(description="SHA-256 of the bundle that made the score.")]
    approved_by_role: str
    approved_on: date
    sunset: Annotated[
        date | None, Meta(description="Day from which the model is no longer used.")
    ] = None


class Interval(msgspec.Struct, frozen=True, gc=False):
    """Range in which the probability likely lies, how likely, and how it was found."""

    low: Share
    high: Share
    level: Annotated[
        float,
        Meta(gt=0, lt=1, description="Share of such ranges that are meant to hold what they say."),
    ]
    method: str


class Figures(msgspec.Struct, frozen=True, gc=False):
    """The score in figures: how likely, and where that lies in the cohort."""

    probability: Share
    interval: Annotated[
        Interval | None, Meta(description="Null where the model gives none; never made up.")
    ]
    band: Annotated[str | None, Meta(description="Null where the model abstains.")]
    rank_percentile: Annotated[
        float, Meta(ge=0, le=100, description="Percent of the cohort that scores lower.")
    ]
    base_rate: Annotated[
        float,
        Meta(
            ge=0,
            le=1,
            description="Share with the outcome among those of the cohort whose outcome is known.",
        ),
    ]
    abstained: Annotated[
        bool,
        Meta(description="The model says that it cannot tell; the first caveat says why."),
    ] = False


class FeatureShown(msgspec.Struct, frozen=True, gc=False):
    """One feature behind a reason."""

    name: str
    value: Value
    display: str
    contribution: float


class Reason(msgspec.Struct, frozen=True, gc=False):
    """One concept: what the record says of it and, apart from that, what the model made of it."""

    code: str
    title: str
    text: Annotated[
        str,
        Meta(description="The value and where it lies in the cohort; says nothing of its effect."),
    ]
    direction: Literal["raises", "lowers", "neither"]
    strength: Literal["strong", "moderate", "weak"]
    contribution: float
    source: str
    sensitivity: Literal["ordinary", "restricted"]
    is_missing: bool
    features: tuple[FeatureShown, ...]


class Withheld(msgspec.Struct, frozen=True, gc=False):
    """How many reasons are summed into one because they need `explain:sensitive`."""

    count: int


class Explanation(msgspec.Struct, frozen=True, gc=False):
    """Reasons by size; their contributions and the base value add up to the raw score."""

    method: str
    scale: Literal["log_odds", "rule_value"]
    base_value: float
    reasons: tuple[Reason, ...]
    withheld: Withheld
    missing: Annotated[
        tuple[str, ...], Meta(description="Codes of the reasons that rest on nothing recorded.")
    ]


class DataQuality(msgspec.Struct, frozen=True):
    """How far the data behind a score can be leant on."""

    freshness_days: int | None
    link_confidence: float | None
    flags: tuple[str, ...]


class Oversight(msgspec.Struct, frozen=True):
    """What a person must still do, and what stands against acting on the score at all."""

    decision_required: Annotated[
        bool, Meta(description="True until a person has agreed or overridden.")
    ]
    decisions: str
    challenges: str = ""
    suspended: Annotated[bool, Meta(description="A challenge to it is open.")] = False
    expired: bool = False
    obstacles: Annotated[
        tuple[str, ...],
        Meta(
            description="Why nobody may act on it, as the types of the problems that would say so, "
            "gravest first; empty where a person may."
        ),
    ] = ()


class Links(msgspec.Struct, frozen=True):
    """Where to read on."""

    fairness_report: str
    model: str


class ScoreAnswer(msgspec.Struct, frozen=True):
    """One score with its reasons, caveats and what must follow."""

    score_id: str
    model: ModelReference
    subject_ref: Annotated[
        str | None, Meta(description="Pseudonym; null where values came without a subject.")
    ]
    as_of: date
    scored_at: datetime
    expires_at: date
    score: Figures
    explanation: Annotated[
        Explanation | None,
        Meta(description="Null without the scope `explain:read`, or where none was asked for."),
    ]
    caveats: tuple[str, ...]
    data_quality: DataQuality
    oversight: Oversight
    links: Links


class Refused(msgspec.Struct, frozen=True):
    """A subject of a batch that has no score, and why; `row` counts from 1."""

    row: int
    code: str
    detail: str


class ManyScoresAnswer(msgspec.Struct, frozen=True):
    """Scores of a batch in the order asked for; null for each subject that is refused."""

    scores: tuple[ScoreAnswer | None, ...]
    refused: tuple[Refused, ...]


class FeatureDescribed(msgspec.Struct, frozen=True):
    """One input of a model."""

    name: str
    kind: Literal["number", "category"]
    categories: tuple[str, ...]
    unit: str | None
    reason: str
    changeable: Annotated[bool, Meta(description="Whether a what-if may vary it.")]


class ModelSummary(msgspec.Struct, frozen=True):
    """A model in use: what it predicts, for what, and until when."""

    name: str
    title: str
    question: str
    purpose: str
    unit: str
    intervention: str
    release_level: str
    kind: str
    version: str
    sha256: str
    approved_by_role: str
    approved_on: date
    owner: str
    contact: str
    review_every: str
    review_on: Annotated[
        date | None, Meta(description="Day on which its approval expires, if it is not reviewed.")
    ]
    sunset: Annotated[date | None, Meta(description="Day from which it is no longer used.")]
    ended: Annotated[bool, Meta(description="That day has come: it gives no scores.")]
    fairness_report: str
    notice: str


class ModelDetail(ModelSummary, frozen=True):
    """A model in use with its inputs and its cohort."""

    base_rate: Share
    cohort_rows: int
    cohort_as_of: str
    caveats: tuple[str, ...]
    features: tuple[FeatureDescribed, ...]


class ModelClosed(msgspec.Struct, frozen=True):
    """A model that was in use and is not."""

    name: str
    version: str
    state: Literal["withdrawn", "expired", "voided"]
    closed_on: date | None


class ModelList(msgspec.Struct, frozen=True):
    """Every model in use, and those that were."""

    models: tuple[ModelSummary, ...]
    closed: tuple[ModelClosed, ...]


class Readiness(msgspec.Struct, frozen=True, omit_defaults=True):
    """Whether the service can answer, and which models it does not serve and why."""

    ready: bool
    models: dict[str, str]
    problems: tuple[str, ...] = ()


class Liveness(msgspec.Struct, frozen=True):
    """The process answers."""

    live: bool = True
