"""Hearth's training step, and its figures with their intervals."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from engines.training_data import judged
from features import artefacts
from training.data.examples import read_examples
from training.figures.evaluation import evaluate
from training.learners.estimator import LightGBM


def train(folder: str, rounds: int) -> dict[str, Any]:
    """Its examples read, its learner fitted."""
    labels = artefacts.read_table(Path(folder) / "labels.parquet")
    manifest = json.loads((Path(folder) / artefacts.MANIFEST).read_text())
    examples = read_examples(Path(folder) / "features", labels, manifest)
    learner = LightGBM(examples.features, seed=1, parameters={"num_iterations": rounds})
    return {"model": learner.fit(examples.observed()).text}


def bootstrap(rows: int, candidates: int, replicates: int) -> dict[str, Any]:
    """Every figure of some candidates, with intervals from so many replicates."""
    evaluate(*judged(1_000, candidates), replicates=1)  # compiles, once for a machine
    cohort, scores = judged(rows, candidates)
    start = time.perf_counter()
    figures = evaluate(cohort, scores, replicates=replicates)
    seconds = time.perf_counter() - start
    bounded = [each for each in vars(figures["candidate 0"]).values() if hasattr(each, "low")]
    return {"seconds": seconds, "figures": sum(each.low is not None for each in bounded)}
