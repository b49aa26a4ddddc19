"""What the lists are worth where only some were looked at: shares, bounds and corrected figures."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from training.figures.bootstrap import each_once
from training.figures.metrics import Outcomes, auc
from training.figures.ranking import Bools
from training.findings import Finding, Training
from training.selective.bounds import worst_case
from training.selective.corrected import Judged, estimates
from training.selective.drawing import drawings
from training.selective.lists import judged_lists
from training.selective.propensity import overlap
from training.selective.verdict import ASSUMPTION, sentences, verdicts


def selective_labels(training: Training) -> Finding | None:
    """What can be said of the chosen candidate's lists, and under which assumption.

    None where everybody scored on a test date was looked at, or would be.

    References
    ----------
    Lakkaraju et al. (2017), "The selective labels problem", KDD; Kleinberg et al. (2018), "Human
    decisions and machine predictions", Quarterly Journal of Economics 133: 237-293.
    """
    label, experiment = training.definition.label, training.experiment
    everybody_seen = all(result.test.outcomes.observed.all() for result in experiment.splits)
    if label.observed == "always" or everybody_seen:
        return None
    seed = training.definition.learner.seed
    judged = judged_lists(
        experiment.splits,
        experiment.chosen.name,
        training.examples,
        training.periods,
        seed=seed,
    )
    bounds = worst_case(judged.on_list, judged.outcomes)
    found = estimates(judged, seed=seed)
    observed = judged.outcomes.observed
    overlaps = {
        "list": overlap(judged.on_list, observed, judged.propensity),
        "everybody": overlap(np.ones_like(observed), observed, judged.propensity),
    }
    verdict = verdicts(label.inspection, judged, overlaps)
    false = found["precision"]["plain"]
    figures = {
        "candidate": experiment.chosen.name,
        "inspection": label.inspection,
        "assumption": ASSUMPTION,
        "test_dates": {
            result.name: _known(judged, judged.dates == number)
            for number, result in enumerate(experiment.splits)
        },
        "all": _known(judged, np.ones_like(observed)),
        "precision_of_looked_at": asdict(false),
        "false_discovery_rate_of_looked_at": {
            "value": _less(false.value),
            "low": _less(false.high),
            "high": _less(false.low),
        },
        "bounds": {name: asdict(bound) for name, bound in bounds.items()},
        "propensity": {
            "auc": float(auc(judged.propensity, _looked(judged))(each_once(len(observed)))[0]),
            "mean": float(judged.propensity.mean()),
            "overlap": {
                name: {**asdict(each), "holds": each.holds} for name, each in overlaps.items()
            },
        },
        "estimates": {
            figure: {way: asdict(each) for way, each in ways.items()}
            for figure, ways in found.items()
        },
        "verdicts": {
            figure: {"read": each.said, "because": each.because} for figure, each in verdict.items()
        },
    }
    return Finding(
        "selective_labels",
        figures,
        list(drawings(judged, bounds, found)),
        list(sentences(judged, bounds, found, verdict)),
    )


def _known(judged: Judged, rows: Bools) -> Mapping[str, Any]:
    """How many of some rows, and of the list among them, were looked at."""
    listed, observed = judged.on_list & rows, judged.outcomes.observed
    return {
        "scored": int(rows.sum()),
        "looked_at": int((rows & observed).sum()),
        "on_list": int(listed.sum()),
        "on_list_looked_at": int((listed & observed).sum()),
        "known_share_of_list": float(observed[listed].mean()) if listed.any() else None,
        "drawn_by_lot": 0 if judged.arm is None else int((rows & judged.arm.observed).sum()),
    }


def _looked(judged: Judged) -> Outcomes:
    """Whether somebody looked, as an outcome that is known of everybody."""
    observed = judged.outcomes.observed
    return Outcomes(observed, np.ones_like(observed))


def _less(share: float | None) -> float | None:
    return None if share is None else 1 - share
