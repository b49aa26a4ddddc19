"""Scores of many rows: the same to the last bit however many threads make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hearth.risk_model import scorers

if TYPE_CHECKING:
    from collections.abc import Callable

    from hearth.risk_model import RiskModel


@pytest.mark.parametrize("count", [255, 511, 512, 1_000, 9_999, 10_001])
@pytest.mark.parametrize("order", ["C", "F"])
def test_rows_score_the_same_however_many_threads_there_are(
    make_risk_model: Callable[..., tuple[RiskModel, Any]],
    monkeypatch: pytest.MonkeyPatch,
    count: int,
    order: str,
) -> None:
    model, rows = make_risk_model("lightgbm", seed=1)
    many = np.asarray(np.resize(rows, (count, rows.shape[1])), order=order)
    alone = model.scorer.booster.predict(many, raw_score=True, num_threads=1)
    for cores in (1, 3):
        monkeypatch.setattr(scorers, "core_count", lambda cores=cores: cores)
        assert np.array_equal(model.raw_score(many), alone)
