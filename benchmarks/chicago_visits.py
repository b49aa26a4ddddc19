"""Chicago's test visits, ranked with and without who inspected, beside the score that the city published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from real_data import Problem

from hearth.risk_model import FeatureSpec
from training.data.examples import Examples
from training.experiment import trees_of
from training.figures.bootstrap import each_once
from training.figures.comparison import compare
from training.figures.evaluation import CandidateFigures, Cohort, Estimate, Scores, evaluate
from training.figures.metrics import Outcomes, auc
from training.figures.schedule import days_earlier
from training.learners.baselines import Logistic
from training.learners.estimator import Candidate, LightGBM

PUBLISHED = "published score"
WITHOUT, WITH = "LightGBM, no inspector", "LightGBM + inspector"
_OWN = {
    WITHOUT: "lightgbm",
    "logistic, no inspector": "logistic",
    "rule: most critical violations before": "most critical violations before",
}
"""Candidates of `hearth train`, by the name they are shown under."""

_SEED = 1
_TRIALS = 30
_ONLY_LEARNT_FROM = 6
"""First dates of the earlier ones, of which every fold learns: a year."""

_OWN_DEFAULTS = {"num_leaves": 31, "learning_rate": 0.1, "lambda_l2": 0.0, "num_iterations": 100}
"""LightGBM's own, in place of ours: on the earlier dates they do worse."""

Learner = Callable[[Examples], Candidate]


def chicago() -> dict[str, Any]:
    """Figures on the city's own test visits, and on the dates before, by which features were chosen."""
    problem = Problem(
        "food_inspections",
        "features/sources/chicago_*.yaml",
        "models/food_inspections",
        "data/chicago",
        trials=_TRIALS,
    )
    visits = pd.read_parquet(problem.folder / "data/chicago/visits.parquet")
    test = visits[visits["is_test"]].reset_index(drop=True)
    knowing, trees = _by_what_is_known(problem, visits), _trees(problem)
    day = problem.prepared().definition.as_of.last
    by_licence = {name: problem.raw_scores(candidate) for name, candidate in _OWN.items()}
    by_licence[WITH] = _refitted(trees, knowing["inspector"], day)
    by_licence["logistic + inspector"] = _refitted(_logistic, knowing["inspector"], day)
    by_licence["LightGBM, no inspector, ZIP code"] = _refitted(trees, knowing["ZIP code"], day)
    scores = {PUBLISHED: Scores(test["published_xgb_score"].to_numpy())}
    scores |= {
        name: Scores(raw.loc[test["License"]].to_numpy()) for name, raw in by_licence.items()
    }
    cohort = _as_cohort(test)
    figures = evaluate(cohort, scores)
    return {
        "rows": [
            *(_figures_row(name, each) for name, each in figures.items()),
            *_paired_rows(cohort, scores),
            *_earlier_dates(
                [
                    *(
                        (f"LightGBM, beside the features: {k}", trees, e)
                        for k, e in knowing.items()
                    ),
                    ("LightGBM by its own defaults", _own_defaults, knowing["neither"]),
                    ("logistic", _logistic, knowing["neither"]),
                ],
                before=day,
            ),
            *_said(problem),
            {"the bar of the problem is met": problem.is_bar_met, "chosen": problem.chosen},
        ],
        "ratios": {
            "chicago_auc_with_inspector": figures[WITH].auc.value,
            "chicago_days_earlier_with_inspector": figures[WITH].days_earlier.value,
            "chicago_auc_no_inspector": figures[WITHOUT].auc.value,
            "chicago_days_earlier_no_inspector": figures[WITHOUT].days_earlier.value,
        },
    }


def _said(problem: Problem) -> list[dict[str, Any]]:
    """What Hearth itself says of who looked, and of better parameters on the dates before the test."""
    audit = problem.answer("analyse", problem.model, "assessors")["analyses"]["assessors"]
    search = problem.answer("tune", problem.model, "--trials", str(_TRIALS))
    sentences = [*audit["sentences"], *search["sentences"]]
    return [{"hearth says": sentence} for sentence in sentences]


def _as_cohort(test: pd.DataFrame) -> Cohort:
    """The test visits; a licence visited twice is drawn together, and has one score of ours."""
    found = (test["criticalCount"] > 0).to_numpy()
    return Cohort(
        test["License"].tolist(),
        Outcomes(found, np.ones(len(test), dtype=bool)),
        capacity=len(test) // 2,
        seed=_SEED,
        visited_on=test["Inspection_Date"].to_numpy().astype("datetime64[D]"),
    )


def _by_what_is_known(problem: Problem, visits: pd.DataFrame) -> dict[str, Examples]:
    """The examples as they are, and with one or two categories more."""
    plain = problem.prepared().examples
    place = visits.drop_duplicates("License").set_index("License")["ZIP"].fillna("")
    inspector = ("inspector", plain.assessors["inspector"].tolist())
    zip_code = ("zip_code", place.loc[plain.entities].tolist())
    return {
        "neither": plain,
        "ZIP code": _with_category(plain, *zip_code),
        "inspector": _with_category(plain, *inspector),
        "both": _with_category(_with_category(plain, *inspector), *zip_code),
    }


def _with_category(examples: Examples, name: str, values: Sequence[str]) -> Examples:
    """Examples with a category more; nothing said is missing."""
    vocabulary = tuple(sorted(set(values) - {""}))
    code = {value: float(place) for place, value in enumerate(vocabulary)}
    column = np.array([code.get(value, np.nan) for value in values])
    spec = FeatureSpec(name, name, "chicago_visits", "category", vocabulary)
    return examples.beside([spec], column[:, None])


def _trees(problem: Problem) -> Learner:
    definition = problem.prepared().definition
    return lambda examples: trees_of(definition, examples.features)


def _logistic(examples: Examples) -> Candidate:
    return Logistic(examples.features)


def _own_defaults(examples: Examples) -> Candidate:
    return LightGBM(examples.features, seed=_SEED, parameters=_OWN_DEFAULTS)


def _refitted(learner: Learner, examples: Examples, day: date) -> pd.Series[float]:
    """Raw scores at a date by entity, learnt from all dates before it."""
    earlier = [each for each in examples.dates() if each < day]
    test = examples.on([day])
    scorer = learner(examples).fit(examples.on(earlier).observed())
    return pd.Series(test.raw_scores(scorer), index=test.entities)


def _earlier_dates(
    tried: Sequence[tuple[str, Learner, Examples]], *, before: date
) -> list[dict[str, Any]]:
    """Mean figures over the dates before the test, each learnt from those before it."""
    rows = []
    for name, learner, examples in tried:
        known = examples.observed()
        dates = [day for day in known.dates() if day < before][_ONLY_LEARNT_FROM:]
        found = []
        for day in dates:
            test = known.on([day])
            raw = _refitted(learner, known, day).to_numpy()
            every = each_once(len(test))
            earlier = days_earlier(raw, test.found_on, test.outcomes)(every)[0]
            found.append((auc(raw, test.outcomes)(every)[0], earlier))
        mean_auc, mean_days = np.mean(found, axis=0)
        rows.append(
            {
                "mean over earlier dates": len(dates),
                "ranked by": name,
                "auc": round(float(mean_auc), 4),
                "days_earlier": round(float(mean_days), 2),
            }
        )
    return rows


def _figures_row(name: str, figures: CandidateFigures) -> dict[str, Any]:
    return {
        "ranked by": name,
        "auc": _shown(figures.auc, 4),
        "average_precision": _shown(figures.average_precision, 3),
        "days_earlier": _shown(figures.days_earlier, 2),
        "precision_at_100": _shown(figures.precision_at_100, 3),
        "precision_at_10pct": _shown(figures.precision_at_10pct, 3),
        "found_in_first_half": _shown(figures.recall_at_capacity, 3),
    }


def _paired_rows(cohort: Cohort, scores: Mapping[str, Scores]) -> list[dict[str, Any]]:
    """Differences on the same draws: ours from the published score, and what the inspector adds."""
    pairs = [(name, PUBLISHED) for name in scores if name != PUBLISHED]
    found = compare([cohort], [scores], [*pairs, (WITH, WITHOUT)], seed=_SEED)
    return [
        {
            "difference of": each.candidate,
            "from": each.against,
            each.metric: _shown(Estimate(each.difference, each.low, each.high), 4),
        }
        for each in found
        if each.metric in {"auc", "days_earlier"}
    ]


def _shown(estimate: Estimate, places: int) -> str:
    """Figure and its 95 % interval, as people read them."""
    figures = (estimate.value, estimate.low, estimate.high)
    value, low, high = (f"{each:.{places}f}" if each is not None else "?" for each in figures)
    return f"{value} ({low} to {high})"
