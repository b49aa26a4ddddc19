"""Chicago's food inspections, real data: what the demonstration made of them, beside the published score."""

from __future__ import annotations

import json

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from training.figures.bootstrap import each_once
from training.figures.metrics import Outcomes, auc
from training.figures.schedule import days_earlier

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

MODEL = "food_inspections"


@pytest.fixture(scope="module")
def split(demo):
    metrics = json.loads((demo.state / "runs" / MODEL / "1" / "metrics.json").read_text())
    (only,) = metrics["splits"]
    return only


def test_the_published_score_has_its_published_figures(repository):
    visits = pq.read_table(repository / "data" / "chicago" / "visits.parquet")
    test = visits.filter(visits["is_test"])
    found = np.asarray(pc.greater(test["criticalCount"], 0))
    outcomes, every = Outcomes(found, np.ones(len(found), dtype=bool)), each_once(len(found))
    score = test["published_xgb_score"].to_numpy()
    days = test["Inspection_Date"].to_numpy().astype("datetime64[D]")
    assert (len(found), found.sum()) == (1_637, 258)
    assert auc(score, outcomes)(every)[0] == pytest.approx(0.679, abs=0.0005)
    assert days_earlier(score, days, outcomes)(every)[0] == pytest.approx(7.79, abs=0.005)


def test_every_licence_due_in_the_test_months_is_scored_and_was_visited(split):
    assert (split["test_as_of"], split["rows"], split["observed"]) == ("2014-09-02", 1_632, 1_632)


@pytest.mark.parametrize("learner", ["lightgbm", "logistic"])
def test_not_told_who_inspects_both_learners_find_violations_days_sooner(split, learner):
    figures = split["candidates"][learner]
    assert figures["auc"] >= 0.58
    assert figures["days_earlier"] >= 2.9


def test_no_feature_holds_who_inspects_or_where(demo):
    manifest = json.loads((demo.state / "matrices" / MODEL / "manifest.json").read_text())
    names = [feature["name"] for feature in manifest["features"]]
    assert len(names) == 31
    assert not [n for n in names if "inspector" in n or "zip" in n or "itude" in n]
