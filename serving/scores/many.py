"""Many scores at once: one matrix, one prediction, one explanation of all rows."""

import os
from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from hearth.identity import Reference
from hearth.risk_model import RiskModel
from serving.answers import Figures, Interval, ScoreAnswer
from serving.scores.inputs import Inputs
from serving.scores.scoring import Outcome, answer_with, own_caveats
from serving.scores.served_models import ServedModel

_VARIANTS = "89ab"  # of an identifier of RFC 9562


def make_scores(
    served: ServedModel,
    inputs: Sequence[Inputs],
    references: Sequence[Reference | None],
    *,
    now: datetime,
) -> list[ScoreAnswer]:
    """Answers in full, nothing withheld, as `make_score` gives them one by one.

    Parameters
    ----------
    served
        The model in use.
    inputs
        Features of each row, found fit.
    references
        Reference of each row's subject, if it is known.
    now
        When they are made.

    Raises
    ------
    UnusableInputError
        If stored features are not those of the model, as after a new definition.
    """
    outcomes = make_outcomes(served, inputs)
    given = zip(inputs, outcomes, references, new_score_ids(len(inputs)), strict=True)
    return [
        answer_with(
            served,
            one,
            outcome,
            score_id=score_id,
            subject_ref=None if reference is None else reference.text,
            now=now,
        )
        for one, outcome, reference, score_id in given
    ]


def make_outcomes(
    served: ServedModel,
    inputs: Sequence[Inputs],
    *,
    with_reasons: bool = True,
    matrix: NDArray[np.float64] | None = None,
) -> list[Outcome]:
    """What the model makes of each row.

    Parameters
    ----------
    served
        The model in use.
    inputs
        Features of each row, found fit.
    with_reasons
        Whether their reasons are worked out.
    matrix
        The same features encoded, where they are at hand; then `inputs` need their values for reasons only.

    Raises
    ------
    UnusableInputError
        As `make_scores`.
    """
    if not inputs:
        return []
    model = served.model
    if matrix is None:
        columns = {f.name: [one.values.get(f.name) for one in inputs] for f in model.features}
        matrix = model.encode_columns(columns)
    raw, contributions = (
        model.explained(matrix) if with_reasons else (model.raw_score(matrix), None)
    )
    flags = zip(*(flag.tolist() for flag in model.abstains(matrix, raw)), strict=True)
    figures = _Figures(model, raw)
    held = _held_back(model, inputs)
    return [
        Outcome(
            figures(i, abstained=wide or thin),
            None if contributions is None else served.explain(one.values, contributions[i]),
            own_caveats(is_wide=wide, is_thin=thin, is_held_back=held[i]),
        )
        for i, (one, (wide, thin)) in enumerate(zip(inputs, flags, strict=True))
    ]


def new_score_ids(count: int) -> list[str]:
    """Random identifiers, each as `str(uuid4())` would be.

    References
    ----------
    RFC 9562, section 5.4: UUID version 4.
    """
    digits = os.urandom(16 * count).hex()
    drawn = (digits[at : at + 32] for at in range(0, 32 * count, 32))
    return [
        f"{d[:8]}-{d[8:12]}-4{d[13:16]}-{_VARIANTS[int(d[16], 16) % 4]}{d[17:20]}-{d[20:]}"
        for d in drawn
    ]


class _Figures:
    """Figures of every row, made at once and taken one by one."""

    def __init__(self, model: RiskModel, raw: NDArray[np.float64]) -> None:
        self._cohort, table, ends = model.cohort, model.uncertainty, model.interval(raw)
        self._probability = np.clip(model.probability(raw), 0.0, 1.0).tolist()
        percentiles = model.cohort.percentiles(raw)
        self._percentiles, self._bands = percentiles.tolist(), model.cohort.bands_of(percentiles)
        self._intervals: list[Interval | None] = [None] * len(raw)
        if table is not None and ends is not None:
            pairs = zip(*(end.tolist() for end in ends), strict=True)
            self._intervals = [
                Interval(low, high, table.level, table.method) for low, high in pairs
            ]

    def __call__(self, row: int, *, abstained: bool) -> Figures:
        """Figures of one row."""
        return Figures(
            probability=self._probability[row],
            interval=self._intervals[row],
            band=None if abstained else self._bands[row],
            rank_percentile=self._percentiles[row],
            base_rate=self._cohort.base_rate,
            abstained=abstained,
        )


def _held_back(model: RiskModel, inputs: Sequence[Inputs]) -> list[bool]:
    """Whether a lot spares each row's subject; never one that is not known."""
    held = model.held_back([one.entity_id or "" for one in inputs])
    if held is None:
        return [False] * len(inputs)
    return [
        bool(drawn) and one.entity_id is not None for drawn, one in zip(held, inputs, strict=True)
    ]
