"""A bootstrap as one writes it first: rows drawn, each figure computed anew."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from engines.training_data import judged


def bootstrap(rows: int, replicates: int) -> dict[str, Any]:
    """Six figures of one candidate: at capacity, by rank, and of its probabilities."""
    cohort, scores = judged(rows, 1)
    chance, happened = scores["candidate 0"].probability, cohort.outcomes.positive
    random, start = np.random.default_rng(0), time.perf_counter()
    found = [
        _figures(chance[drawn], happened[drawn], cohort.capacity)
        for drawn in (random.integers(rows, size=rows) for _ in range(replicates))
    ]
    seconds = time.perf_counter() - start
    return {"seconds": seconds, "figures": len(found[0])}


def _figures(chance: np.ndarray, happened: np.ndarray, capacity: int) -> list[float]:
    listed = happened[np.argpartition(-chance, capacity)[:capacity]]
    return [
        listed.mean(),
        listed.sum() / happened.sum(),
        roc_auc_score(happened, chance),
        average_precision_score(happened, chance),
        brier_score_loss(happened, chance),
        chance.sum() / happened.sum(),
    ]
