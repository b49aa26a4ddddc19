"""Hearth on real data beside what was published, and beside a plain LightGBM.

Chicago's food inspections: the score that the city published, on its own 1,637 test visits. Toronto's
rented buildings: the rule of the scheme. UK students: LightGBM by hand on the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import harness
import lightgbm
import numpy as np
import pandas as pd
from chicago_visits import chicago
from real_data import ROOT, Problem

import hearth
from training.figures.comparison import compare
from training.figures.evaluation import Cohort, Scores, evaluate
from training.figures.metrics import Outcomes
from training.figures.ranking import Bools, Floats

_SEED = 1
_SHOWN = ("auc", "precision_at_100", "precision_at_10pct", "predicted_over_actual")
_PLAIN, _HEARTH = "plain LightGBM", "LightGBM by Hearth"


def toronto() -> dict[str, Any]:
    """Every year's figures of LightGBM and of the rule, and what is put forward."""
    problem = Problem(
        "rental_standards",
        "features/sources/toronto_*.yaml",
        "models/rental_standards",
        "data/toronto",
    )
    rows, ratios = list[dict[str, Any]](), dict[str, float]()
    for split in problem.metrics["splits"]:
        year = split["test_as_of"][:4]
        seen = {"rows": split["observed"], "base_rate": round(split["base_rate"], 3)}
        for name in ("lightgbm", "logistic", "lowest last score first"):
            figures = _figures(split["candidates"][name])
            rows.append({"tested on": year, **seen, "ranked by": name, **figures})
            if name == "lightgbm":
                ratios[f"toronto_predicted_over_actual_{year}"] = figures["predicted_over_actual"]
    rows.append({"the bar of the problem is met": problem.is_bar_met, "chosen": problem.chosen})
    return {"rows": rows, "ratios": ratios}


def oulad() -> dict[str, Any]:
    """LightGBM by Hearth beside LightGBM by hand, on 2014J, learnt from the presentations before."""
    problem = Problem("failing_a_module", "*", home=ROOT / "docs" / "examples" / "oulad")
    matrix = hearth.open(problem.folder).matrix(problem.model)
    days = matrix.index.get_level_values("as_of")
    is_test = days == days.max()
    inputs, fails = matrix.drop(columns="label"), matrix["label"].astype(bool)
    own = problem.probabilities("lightgbm")
    test = fails[is_test].index.get_level_values("entity_id")
    outcomes = Outcomes(fails[is_test].to_numpy(), np.ones(len(test), dtype=bool))
    cohort = Cohort(test.tolist(), outcomes, len(test) // 10, seed=_SEED)
    found = {_HEARTH: own.loc[test].to_numpy(), _PLAIN: _by_hand(inputs, fails, is_test)}
    scores = {name: Scores(given, given) for name, given in found.items()}
    figures = evaluate(cohort, scores)
    rows = [
        {"ranked by": name, "rows": len(test), **_figures(each.as_json())}
        for name, each in figures.items()
    ]
    differences = compare([cohort], [scores], [(_HEARTH, _PLAIN)], seed=_SEED)
    (ahead,) = (each for each in differences if each.metric == "auc")
    rows.append({"difference of": _HEARTH, "from": _PLAIN, **ahead.as_json()})
    return {"rows": rows, "ratios": {"oulad_auc_ahead_of_plain": ahead.difference}}


def _by_hand(inputs: pd.DataFrame, outcome: pd.Series[bool], is_test: Bools) -> Floats:
    """Probabilities of the test rows by LightGBM with its own defaults, as most people call it."""
    learner = lightgbm.LGBMClassifier(verbosity=-1, n_jobs=1, random_state=_SEED)
    learner.fit(inputs[~is_test], outcome[~is_test])
    return np.asarray(learner.predict_proba(inputs[is_test]))[:, 1]


def _figures(figures: Mapping[str, Any]) -> dict[str, Any]:
    """The figures that the tables of before hold, of what metrics.json says of a candidate."""
    return {name: None if figures[name] is None else round(figures[name], 4) for name in _SHOWN}


TASKS: dict[str, harness.Task] = {"chicago": chicago, "toronto": toronto, "oulad": oulad}


def parent(_rest: Sequence[str]) -> None:
    """Each set of data in its own process."""
    rows, ratios = list[dict[str, Any]](), dict[str, float]()
    for task in TASKS:
        said = harness.run(__file__, task).said
        rows += [{"data": task, **row} for row in said["rows"]]
        ratios |= said["ratios"]
    harness.write_result("accuracy", ratios, rows)


if __name__ == "__main__":
    harness.main(TASKS, parent)
