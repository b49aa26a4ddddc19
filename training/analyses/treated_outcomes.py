"""Outcomes after help: those whom a list led to, apart from those it did not."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from training.experiment import SplitResult
from training.figures.bootstrap import Statistic, each_once, interval, replicate, sums_over
from training.figures.evaluation import Estimate
from training.figures.metrics import Outcomes, quotient
from training.figures.ranking import Bools, Ints
from training.findings import Finding, Training

_WARNING = (
    "An outcome after a visit is an outcome after help. Where the visits work, precision among the "
    "visited falls and the model looks worse for it: do not read that as drift. Compare those who "
    "were not visited with earlier ones who were not."
)


def treated_outcomes(training: Training) -> Finding | None:
    """Precision of the lists among the visited and the others; None where the definition names no visits.

    The two are not a measure of what visits do: those visited were chosen.

    References
    ----------
    Perdomo et al. (2020), "Performative prediction", ICML; Lenert, Matheny & Walsh (2019),
    "Prognostic models will be victims of their own success, unless…", JAMIA 26: 1645-1650.
    """
    splits, examples = training.experiment.splits, training.examples
    if examples.visited is None:
        return None
    chosen = training.experiment.chosen.name
    learnt_from = examples.on({day for r in splits for day in r.split.training_dates}).observed()
    treated = int(learnt_from.visited.sum()) if learnt_from.visited is not None else 0
    pooled = _split_up(splits, chosen, seed=training.definition.learner.seed)
    figures = {
        "candidate": chosen,
        "test_dates": {
            result.name: _split_up([result], chosen, seed=training.definition.learner.seed)
            for result in splits
        },
        "all": pooled,
        "learnt_from": {"rows": len(learnt_from), "after_a_visit": treated},
    }
    said = list(_sentences(pooled, treated, len(learnt_from)))
    return Finding("treated_outcomes", figures, sentences=said)


def _split_up(splits: Sequence[SplitResult], chosen: str, *, seed: int) -> dict[str, Any]:
    """Of the lists: how many were visited, and precision among the visited and the others."""
    listed = np.concatenate(
        [r.cohort.selected(r.cohort.order(r.scores[chosen].raw)) for r in splits]
    )
    visited = np.concatenate([_visited(result) for result in splits])
    outcomes = Outcomes(
        np.concatenate([result.test.outcomes.positive for result in splits]),
        np.concatenate([result.test.outcomes.observed for result in splits]),
    )
    _, entities = np.unique(
        np.concatenate([result.test.entities for result in splits]), return_inverse=True
    )
    return {
        "on_list": int(listed.sum()),
        "visited": _of(listed & visited, outcomes, entities, seed),
        "unvisited": _of(listed & ~visited, outcomes, entities, seed),
    }


def _visited(result: SplitResult) -> Bools:
    visited = result.test.visited
    return np.zeros(len(result.test), dtype=bool) if visited is None else visited


def _of(rows: Bools, outcomes: Outcomes, entities: Ints, seed: int) -> dict[str, Any]:
    looked = np.flatnonzero(rows & outcomes.observed)
    found = np.column_stack([outcomes.positive[looked], np.ones(len(looked))])
    precision = _estimate(sums_over(looked, found, quotient), entities, seed)
    return {
        "rows": int(rows.sum()),
        "looked_at": len(looked),
        "precision": asdict(precision),
    }


def _estimate(statistic: Statistic, entities: Ints, seed: int) -> Estimate:
    value = float(statistic(each_once(len(entities)))[0])
    if not np.isfinite(value):
        return Estimate(None)
    drawn = replicate({"precision": statistic}, entities.astype(np.int64), seed=seed)["precision"]
    return Estimate(value, *(interval(drawn) or (None, None)))


def _sentences(pooled: dict[str, Any], treated: int, rows: int) -> Iterator[str]:
    said = [
        f"{part['rows']:,} {name} ({_with_interval(part['precision'])})"
        for name, part in (("were visited", pooled["visited"]), ("were not", pooled["unvisited"]))
    ]
    yield (
        f"Of {pooled['on_list']:,} on the lists {' and '.join(said)}; in brackets precision among "
        "those looked at."
    )
    yield _WARNING
    if treated:
        yield (
            f"{treated / rows:.0%} of the {rows:,} outcomes learnt from came after a visit: the model "
            "learns how those cases ended with help, not how they would have without."
        )


def _with_interval(precision: dict[str, float | None]) -> str:
    value, low, high = (precision[part] for part in ("value", "low", "high"))
    if value is None:
        return "nobody looked"
    if low is None or high is None:
        return f"{value:.1%}"
    return f"{value:.1%}, 95 % interval {low:.1%} to {high:.1%}"
