"""Whom the chosen candidate abstains on by the definition's rule, and how it does without them."""

from dataclasses import replace
from typing import Any

import numpy as np

from hearth.risk_model.abstention import Abstention
from training.experiment import SplitResult
from training.figures.evaluation import Scores, evaluate
from training.figures.ranking import Bools
from training.findings import Finding, Training
from training.probabilities.uncertainty import uncertainty


def abstention(training: Training) -> Finding | None:
    """Share abstained on by test date, of everybody and of the list, and figures without them.

    None where the definition has no rule.
    """
    if training.definition.abstain is None:
        return None
    rule = Abstention(**training.definition.abstain.model_dump())
    chosen = training.experiment.chosen.name
    dates = [_date(result, chosen, rule) for result in training.experiment.splits]
    share = float(np.mean([each["share"] for each in dates]))
    listed = float(np.mean([each["share_of_list"] for each in dates]))
    said = (
        f"By its rule {chosen} would have abstained on {share:.1%} of everybody and on {listed:.1%} "
        "of the list, on average over test dates."
    )
    return Finding("abstention", {"candidate": chosen, "dates": dates}, sentences=[said])


def _date(result: SplitResult, chosen: str, rule: Abstention) -> dict[str, Any]:
    cohort, scores = result.cohort, result.scores[chosen]
    abstained = _abstained(result, chosen, rule)
    found: dict[str, Any] = {
        "test_as_of": result.name,
        "share": float(abstained.mean()),
        "share_of_list": float(abstained[cohort.selected(cohort.order(scores.raw))].mean()),
    }
    kept = np.flatnonzero(~abstained)
    if not len(kept):
        return {**found, "precision_at_capacity": None, "without_them": None}
    rest = replace(
        cohort,
        entities=result.test.entities[kept].tolist(),
        outcomes=cohort.outcomes.at(kept),
        capacity=min(cohort.capacity, len(kept)),
        visited_on=None,
    )
    kept_scores = Scores(
        scores.raw[kept], None if scores.probability is None else scores.probability[kept]
    )
    own = evaluate(rest, {chosen: kept_scores})[chosen]
    return {
        **found,
        "precision_at_capacity": vars(result.figures[chosen].precision_at_capacity),
        "without_them": vars(own.precision_at_capacity),
    }


def _abstained(result: SplitResult, chosen: str, rule: Abstention) -> Bools:
    """Whether the rule abstains on each row of a test cohort, shape (n,)."""
    fitted, scores = result.fitted[chosen], result.scores[chosen]
    test = result.test
    thin = [rule.is_too_thin(test.features, rows) for rows in test.rows.batches()]
    table = uncertainty(fitted.held_out, fitted.calibration)
    ends = table.interval(scores.raw, fitted.calibration.probability(scores.raw))
    return np.concatenate(thin) | rule.is_too_wide(*ends)
