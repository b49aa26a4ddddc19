"""Many scores at once: one matrix, one prediction, one explanation of all rows."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from hearth.identity import Reference
from hearth.risk_model import RiskModel
from serving.answers import Figures, Interval, ScoreAnswer
from serving.scores.many_schemas import Columns
from serving.scores.scoring import Inputs, Outcome, answer_with, own_caveats
from serving.scores.served_models import ServedModel


def make_scores(
    served: ServedModel,
    inputs: Sequence[Inputs],
    references: Sequence[Reference | None],
    *,
    now: datetime,
    with_reasons: bool = True,
    columns: Columns | None = None,
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
    with_reasons
        Whether their reasons are worked out.
    columns
        The same features by name, where they are at hand.

    Raises
    ------
    UnusableInputError
        If stored features are not those of the model, as after a new definition.
    """
    if not inputs:
        return []
    model = served.model
    matrix = model.encode_columns(columns_of(model, inputs) if columns is None else columns)
    raw = model.raw_score(matrix)
    flags = zip(*(flag.tolist() for flag in model.abstains(matrix, raw)), strict=True)
    figures = _Figures(model, raw)
    held = _held_back(model, inputs)
    contributions = model.contributions(matrix) if with_reasons else None
    answers = []
    for i, (one, reference, (wide, thin)) in enumerate(zip(inputs, references, flags, strict=True)):
        outcome = Outcome(
            figures(i, abstained=wide or thin),
            None if contributions is None else served.explain(one.values, contributions[i]),
            own_caveats(is_wide=wide, is_thin=thin, is_held_back=held[i]),
        )
        subject_ref = None if reference is None else reference.text
        answers.append(
            answer_with(
                served, one, outcome, score_id=str(uuid4()), subject_ref=subject_ref, now=now
            )
        )
    return answers


def columns_of(model: RiskModel, inputs: Sequence[Inputs]) -> Columns:
    """Features by name, None where one is not recorded."""
    return {f.name: [one.values.get(f.name) for one in inputs] for f in model.features}


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
