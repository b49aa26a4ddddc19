"""What is asked of a what-if, and what it answers: two sets of figures beside each other, and no score."""

from datetime import date
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from serving.answers import Figures, ModelReference, Value
from serving.scores.schemas import LONGEST_SUBJECT

_Changes = Annotated[
    dict[str, float | str],
    Meta(min_length=1, description="Values to put in place of the recorded ones, by feature."),
]


class WhatIfOfSubject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A subject of the feature store, and what of their record is supposed to be otherwise."""

    subject: Annotated[str, Meta(min_length=1, max_length=LONGEST_SUBJECT)]
    changes: _Changes


class WhatIfOfValues(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Every feature of the model by name, and what of it is supposed to be otherwise."""

    values: dict[str, float | str | None]
    changes: _Changes


class Change(msgspec.Struct, frozen=True):
    """One feature that is supposed to be otherwise."""

    name: str
    before: Value
    after: Value


class ReasonChange(msgspec.Struct, frozen=True):
    """One reason whose contribution differs."""

    code: str
    title: str
    before: float
    after: float
    change: float


class WhatIfAnswer(msgspec.Struct, frozen=True):
    """What the model makes of a record, and of the same record with something otherwise. No score."""

    model: ModelReference
    subject_ref: str | None
    as_of: date
    changes: tuple[Change, ...]
    before: Figures
    after: Figures
    scale: Literal["log_odds", "rule_value"]
    reasons: Annotated[
        tuple[ReasonChange, ...], Meta(description="Reasons that differ, most first.")
    ]
    caveats: tuple[str, ...]
