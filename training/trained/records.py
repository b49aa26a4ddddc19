"""What a run leaves on disk: scored rows for the assessment, and its metrics."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from training.choosing.preregistration import Look
from training.experiment import Experiment, SplitResult
from training.figures.ranking import ranks
from training.findings import Finding

SCORED_SCHEMA = pa.schema(
    [
        ("split", pa.string()),
        ("as_of", pa.date32()),
        ("entity_id", pa.string()),
        ("candidate", pa.string()),
        ("raw", pa.float64()),
        ("score", pa.float64()),
        ("calibrated", pa.bool_()),
        ("rank", pa.int32()),
        ("selected", pa.bool_()),
        ("label", pa.bool_()),
        ("observed", pa.bool_()),
        ("visited", pa.bool_()),
    ]
)
"""One row per split, entity and candidate, ranked by `raw`; `score` is a probability where `calibrated`.

`visited` says whom a list led to, and is null where the definition names no visits."""


def scored_table(experiment: Experiment) -> pa.Table:
    """Everybody scored on every test date by every candidate, of `SCORED_SCHEMA`."""
    parts = [
        _scored(result, candidate) for result in experiment.splits for candidate in result.scores
    ]
    return pa.concat_tables(parts)


def _scored(result: SplitResult, candidate: str) -> pa.Table:
    scores, rows = result.scores[candidate], len(result.test)
    order = result.cohort.order(scores.raw)
    outcomes = result.test.outcomes
    shown = scores.raw if scores.probability is None else scores.probability
    columns = {
        "split": np.full(rows, result.name),
        "as_of": pa.array(result.test.as_of, pa.date32()),
        "entity_id": result.test.entities,
        "candidate": np.full(rows, candidate),
        "raw": scores.raw,
        "score": shown,
        "calibrated": np.full(rows, scores.probability is not None),
        "rank": ranks(order),
        "selected": result.cohort.selected(order),
        "label": pa.array(outcomes.positive, mask=~outcomes.observed),
        "observed": outcomes.observed,
        "visited": pa.nulls(rows, pa.bool_())
        if result.test.visited is None
        else result.test.visited,
    }
    return pa.table(columns, schema=SCORED_SCHEMA)


def metrics_of(
    experiment: Experiment, findings: Sequence[Finding], looked: Look | None = None
) -> dict[str, Any]:
    """Metrics as metrics.json holds them; `looked` says how the bar stood when results were seen."""
    registered = {} if looked is None else {"registered": looked.as_json()}
    return {
        "chosen": experiment.chosen.name,
        "candidates": list(experiment.splits[0].scores),
        "selection": experiment.selection.as_json(),
        "splits": [_split_metrics(result) for result in experiment.splits],
        "comparison": [difference.as_json() for difference in experiment.differences],
        "success": {**experiment.verdict.as_json(), **registered},
        "analyses": {finding.name: finding.as_json() for finding in findings},
    }


def _split_metrics(result: SplitResult) -> dict[str, Any]:
    outcomes = result.test.outcomes
    base_rate = outcomes.base_rate
    return {
        "test_as_of": result.name,
        "train_as_of": [day.isoformat() for day in result.split.training_dates],
        "trained_rows": result.trained_rows,
        "rows": len(result.test),
        "observed": int(outcomes.observed.sum()),
        "observed_share": float(outcomes.observed.mean()),
        "base_rate": base_rate if np.isfinite(base_rate) else None,
        "capacity": result.cohort.capacity,
        "candidates": {name: figures.as_json() for name, figures in result.figures.items()},
    }
