"""One row at a time: the same raw score to the last bit, from any number of threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hearth.risk_model.single_row import SingleRowScorer

if TYPE_CHECKING:
    from collections.abc import Callable

    from hearth.risk_model import RiskModel

    Make = Callable[..., tuple[RiskModel, Any]]


@given(st.integers(0, 50), st.sampled_from([0.0, 0.3, 0.9]))
def test_a_row_alone_scores_what_it_scores_in_a_table(
    make_risk_model: Make, seed: int, missing: float
) -> None:
    model, rows = make_risk_model("lightgbm", seed=seed, missing=missing)
    scorer = SingleRowScorer(model.scorer.booster)
    assert [scorer(row) for row in rows] == list(model.scorer.booster.predict(rows, raw_score=True))


def test_threads_do_not_disturb_each_other(make_risk_model: Make) -> None:
    model, rows = make_risk_model("lightgbm", seed=1)
    scorer, expected = SingleRowScorer(model.scorer.booster), model.raw_score(rows)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(scorer, [row for _ in range(50) for row in rows]))
    assert found == list(np.tile(expected, 50))


def test_a_row_of_another_width_is_refused(make_risk_model: Make) -> None:
    model, rows = make_risk_model("lightgbm", seed=1)
    with pytest.raises(ValueError, match="4 values"):
        SingleRowScorer(model.scorer.booster)(rows[0, :3])


def test_handles_outlive_neither_their_thread_nor_their_scorer(make_risk_model: Make) -> None:
    model, rows = make_risk_model("lightgbm", seed=1)
    for _ in range(20):
        scorer = SingleRowScorer(model.scorer.booster)
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(scorer, rows[0]).result() == model.raw_score(rows[:1])[0]
