"""One score: from a subject or given values to an answer with reasons, caveats and what must follow."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hearth.errors import SunsetError
from hearth.periods import Period
from hearth.release import check_release
from hearth.risk_model import RiskModel
from serving.answers import (
    DataQuality,
    Explanation,
    Figures,
    Interval,
    Oversight,
    ScoreAnswer,
)
from serving.scores.inputs import Inputs
from serving.scores.served_models import ServedModel, sunset_of

Ends = tuple[float, float] | None
"""Low and high end of an interval; None where a model gives none."""

STALE = "stale"
"""Flag of a score whose features are old."""

EXPIRES_AFTER = Period(months=1)
"""How long a score may be leant on before it must be asked for again; never past its model's sunset."""

STALE_AFTER_DAYS = 100
"""A quarterly refresh with some days' grace; older features are flagged, not refused."""


_STANDING_CAVEATS = (
    "A score is one thing to consider. A person decides, and records the decision.",
    "Reasons say what the record holds and how the model weighed it; they do not say what would help.",
)
_NO_INTERVAL = "This model gives no range around its probability; read it as rough."
_RANGE = (
    "The range is that of people who score alike; one person's own chance may lie outside it, and "
    "a model trained anew may score differently."
)
_TOO_WIDE = (
    "The model abstains: the range around its probability is too wide. Decide without the score."
)
_TOO_THIN = "The model abstains: too little is on record. Decide without the score."
_HELD_BACK = (
    "By lot this subject is not to be approached because of the list, so that what visits do can be "
    "told. Where there is any other reason to help, help."
)
_DISPUTED = (
    "The subject says that something recorded here is wrong, and nobody has settled it yet. Ask "
    "before you lean on the score."
)
_STALE = "The records behind this score are more than three months old."


def check_may_score(served: ServedModel, today: date) -> None:
    """Nothing, if a household, home or person may be scored with a model in use: every path asks this.

    Raises
    ------
    AreasOnlyError
        If its results are released for areas only, whoever asks.
    SunsetError
        From its sunset on.
    WithdrawnError
        From the day on by which its approval was to be reviewed.
    """
    check_release(str(served.model.about.get("release_level")))
    if has_ended(served.model, today):
        raise SunsetError(
            f"this model is no longer used from {sunset_of(served.model)} on, as its definition says; have a "
            "version with a later sunset approved"
        )
    served.approval.check_not_expired(today)


def has_ended(model: RiskModel, today: date) -> bool:
    """Whether a model's sunset has come."""
    return (sunset_of(model) or date.max) <= today


def make_score(
    served: ServedModel,
    inputs: Inputs,
    *,
    score_id: str,
    subject_ref: str | None,
    now: datetime,
    with_reasons: bool = True,
) -> ScoreAnswer:
    """Answer in full, nothing withheld; it may leave only once it is recorded.

    Parameters
    ----------
    served
        The model in use.
    inputs
        Its features, found fit.
    score_id
        Identifier of the score, random.
    subject_ref
        Pseudonym of the subject, if there is one.
    now
        When it is made.
    with_reasons
        Whether its reasons are worked out.

    Raises
    ------
    UnusableInputError
        If stored features are not those of the model, as after a new definition.
    """
    model = served.model
    row = model.encode(inputs.values)
    scores, contributions = model.explained(row) if with_reasons else (model.raw_score(row), None)
    raw = float(scores[0])
    ends = model.one_score.interval(raw)
    unsure = _unsure(model, row, ends)
    outcome = Outcome(
        _figures(model, raw, ends, abstained=bool(unsure)),
        None if contributions is None else served.explain(inputs.values, contributions[0]),
        (*unsure, *_held_back(model, inputs)),
    )
    return answer_with(served, inputs, outcome, score_id=score_id, subject_ref=subject_ref, now=now)


class Outcome(NamedTuple):
    """What a model makes of one row: figures, reasons where they are asked for, and caveats of its own."""

    figures: Figures
    explanation: Explanation | None
    caveats: tuple[str, ...]


def answer_with(
    served: ServedModel,
    inputs: Inputs,
    outcome: Outcome,
    *,
    score_id: str,
    subject_ref: str | None,
    now: datetime,
) -> ScoreAnswer:
    """The outcome with all that must be said beside it; see `make_score`."""
    today = now.date()
    freshness = (today - inputs.as_of).days if inputs.is_from_store else None
    return ScoreAnswer(
        score_id=score_id,
        model=served.reference,
        subject_ref=subject_ref,
        as_of=inputs.as_of,
        scored_at=now,
        expires_at=min(_a_month_after(today), served.reference.sunset or date.max),
        score=outcome.figures,
        explanation=outcome.explanation,
        caveats=(
            *outcome.caveats,
            *((_DISPUTED,) if inputs.disputed else ()),
            *_caveats(served.model, freshness),
        ),
        data_quality=DataQuality(freshness, inputs.link_confidence, _flags(freshness, inputs)),
        oversight=Oversight(
            decision_required=True,
            decisions=f"/v1/scores/{score_id}/decisions",
            challenges=f"/v1/scores/{score_id}/challenges",
        ),
        links=served.links,
    )


def _unsure(model: RiskModel, row: NDArray[np.float64], ends: Ends) -> tuple[str, ...]:
    """Why the model abstains; nothing where it does not."""
    rule = model.abstention
    return own_caveats(
        is_wide=ends is not None
        and rule.wider_than is not None
        and ends[1] - ends[0] > rule.wider_than,
        is_thin=rule.fewer_recorded_than is not None
        and bool(rule.is_too_thin(model.features, row)[0]),
        is_held_back=False,
    )


@lru_cache(maxsize=8)  # every one there is
def own_caveats(*, is_wide: bool, is_thin: bool, is_held_back: bool) -> tuple[str, ...]:
    """What is said of a row where its interval is too wide, its record too thin, or a lot spares it."""
    said = ((is_wide, _TOO_WIDE), (is_thin, _TOO_THIN), (is_held_back, _HELD_BACK))
    return tuple(text for holds, text in said if holds)


def _held_back(model: RiskModel, inputs: Inputs) -> tuple[str, ...]:
    """What is said of a subject that a lot holds back."""
    held = None if inputs.entity_id is None else model.held_back([inputs.entity_id])
    return () if held is None or not held[0] else (_HELD_BACK,)


def _figures(model: RiskModel, raw: float, ends: Ends, *, abstained: bool) -> Figures:
    percentile, table = model.cohort.percentile(raw), model.uncertainty
    return Figures(
        probability=min(max(model.one_score.probability(raw), 0.0), 1.0),
        interval=None
        if table is None or ends is None
        else Interval(*ends, table.level, table.method),
        band=None if abstained else model.cohort.band(percentile),
        rank_percentile=percentile,
        base_rate=model.cohort.base_rate,
        abstained=abstained,
    )


@lru_cache(maxsize=8)
def _a_month_after(day: date) -> date:
    return EXPIRES_AFTER.after(day)


def _caveats(model: RiskModel, freshness: int | None) -> tuple[str, ...]:
    own = tuple(str(caveat) for caveat in model.about.get("caveats", ()))
    stale = (_STALE,) if _is_stale(freshness) else ()
    rough = (_NO_INTERVAL,) if model.uncertainty is None else (_RANGE,)
    return (*stale, *_STANDING_CAVEATS, *rough, *own)


def _flags(freshness: int | None, inputs: Inputs) -> tuple[str, ...]:
    return (*((STALE,) if _is_stale(freshness) else ()), *dispute_flags(inputs.disputed))


def dispute_flags(disputed: Iterable[str]) -> tuple[str, ...]:
    """How a score flags the features that its subject says are wrong."""
    return tuple(f"disputed:{name}" for name in disputed)


def _is_stale(freshness: int | None) -> bool:
    return freshness is not None and freshness > STALE_AFTER_DAYS
