"""What is said of lists of which only some were looked at, where the truth about all is planted."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from training.analyses.selective_labels import selective_labels
from training.experiment import run_experiment
from training.figures.metrics import Outcomes
from training.selective.bounds import worst_case
from training.selective.corrected import Judged, estimates
from training.selective.propensity import overlap, propensities
from training.selective.verdict import ASSUMPTION

ROWS = 20_000


def planted(*, unrecorded=0.0, arm=False, seed=0):
    """Lists, and the truth: looking follows what makes the outcome likely, recorded or not."""
    random = np.random.default_rng(seed)
    recorded, secret = random.normal(size=(2, ROWS))
    truth = random.random(ROWS) < 1 / (1 + np.exp(3 - recorded - secret))
    chance = 1 / (1 + np.exp(2 - recorded - unrecorded * secret))
    fair = 1 / (1 + np.exp(2 - recorded))
    looked = random.random(ROWS) < chance
    drawn = random.random(ROWS) < 0.1
    judged = Judged(
        entities=np.arange(ROWS),
        dates=np.zeros(ROWS, dtype=np.int64),
        on_list=recorded + random.normal(size=ROWS) > 1.5,
        raw=recorded,
        probability=None,
        outcomes=Outcomes(truth & looked, looked),
        propensity=fair,
        arm=Outcomes(truth & drawn, drawn) if arm else None,
    )
    return judged, truth


@pytest.mark.parametrize("unrecorded", [0.0, 2.0])
def test_the_bounds_hold_the_truth_whatever_decided_who_was_looked_at(unrecorded):
    judged, truth = planted(unrecorded=unrecorded)
    bounds, listed = worst_case(judged.on_list, judged.outcomes), judged.on_list
    real = {
        "precision": truth[listed].mean(),
        "recall": listed[truth].mean(),
        "false_positive_rate": listed[~truth].mean(),
        "base_rate": truth.mean(),
    }
    assert all(bounds[name].low <= value <= bounds[name].high for name, value in real.items())


def test_bounds_are_reached_where_all_unknown_rows_go_one_way():
    listed = np.array([True, True, False, False])
    outcomes = Outcomes(np.array([True, False, False, False]), np.array([True, False, True, False]))
    bounds = worst_case(listed, outcomes)
    assert (bounds["precision"].low, bounds["precision"].high) == (0.5, 1.0)
    assert (bounds["recall"].low, bounds["recall"].high) == (0.5, 1.0)
    assert (bounds["false_positive_rate"].low, bounds["false_positive_rate"].high) == (0, 0.5)


@pytest.mark.parametrize("figure", ["precision", "base_rate"])
def test_weights_mend_what_recorded_things_decided(figure):
    judged, truth = planted()
    found = estimates(judged, seed=1, replicates=100)[figure]
    real = (truth[judged.on_list] if figure == "precision" else truth).mean()

    assert abs(found["weighted"].value - real) < 0.5 * abs(found["plain"].value - real)
    assert found["weighted"].low < real < found["weighted"].high


def test_weights_do_not_mend_what_nobody_recorded_and_the_lot_shows_it():
    judged, truth = planted(unrecorded=2.0, arm=True)
    found = estimates(judged, seed=1, replicates=100)["base_rate"]

    assert found["weighted"].low > truth.mean()
    assert found["drawn"].low < truth.mean() < found["drawn"].high
    assert found["weighted_less_drawn"].low > 0


def test_the_lot_seldom_objects_to_right_figures_where_it_found_few():
    def objects(seed):
        random = np.random.default_rng(seed)
        truth = random.random(4000) < 0.012
        drawn = random.random(4000) < 0.2
        looked = drawn | (random.random(4000) < 0.5)
        everybody = np.zeros(4000, dtype=np.int64)
        judged = Judged(
            entities=np.arange(4000),
            dates=everybody,
            on_list=np.arange(4000) < 400,
            raw=random.random(4000),
            probability=None,
            outcomes=Outcomes(truth & looked, looked),
            propensity=np.full(4000, 0.6),
            arm=Outcomes(truth & drawn, drawn),
        )
        apart = estimates(judged, seed=seed, replicates=100)["base_rate"]["weighted_less_drawn"]
        return not apart.low <= 0 <= apart.high

    assert sum(objects(seed) for seed in range(60)) <= 4


def test_where_entities_come_again_the_lot_says_less():
    judged, _ = planted(arm=True)
    twice = replace(judged, entities=np.arange(ROWS) // 2)
    once, again = (
        estimates(each, seed=1, replicates=2)["base_rate"]["drawn"]
        for each in (
            judged,
            replace(
                twice,
                arm=Outcomes(
                    *(np.repeat(a[::2], 2) for a in (judged.arm.positive, judged.arm.observed))
                ),
            ),
        )
    )
    assert again.high - again.low > 1.2 * (once.high - once.low)


def test_where_looking_is_by_lot_weights_change_nothing():
    judged, _ = planted()
    even = replace(judged, propensity=np.full(ROWS, 0.3))
    found = estimates(even, seed=1, replicates=10)
    for figure in ("precision", "base_rate", "recall", "auc"):
        assert found[figure]["weighted"].value == pytest.approx(found[figure]["plain"].value)


def test_overlap_fails_where_many_could_hardly_be_looked_at():
    looked = np.arange(100) % 2 == 0
    everybody = np.ones(100, dtype=bool)
    thin = overlap(everybody, looked, np.where(np.arange(100) < 10, 0.001, 0.5))

    assert overlap(everybody, looked, np.full(100, 0.5)).holds
    assert not thin.holds
    assert thin.below_002 == 0.1
    assert max(thin.weights) == 50


def test_propensities_follow_who_was_looked_at(make_examples):
    examples = make_examples(homes=300)
    counts = np.nan_to_num(examples.rows.column(0))
    looked = np.random.default_rng(1).random(len(examples)) < np.where(counts > 2, 0.8, 0.2)
    asked = replace(examples, outcomes=Outcomes(np.zeros_like(looked), looked))

    def fit(seen):
        return SimpleNamespace(
            raw_score=lambda rows: np.where(rows[:, 0] > 2, 1.4, -1.4), kind="x", seen=seen
        )

    found = propensities(asked, fit, seed=1)
    assert found[counts > 2].mean() == pytest.approx(0.8, abs=0.01)
    assert found[counts <= 2].mean() == pytest.approx(0.2, abs=0.01)


@pytest.fixture
def finding(define, make_examples, label_years):
    def of(changes=None, **made):
        definition, examples = define(changes), make_examples(**made)
        periods = label_years()[:3]
        experiment = run_experiment(definition, examples, periods)
        return selective_labels(
            SimpleNamespace(
                definition=definition, examples=examples, periods=periods, experiment=experiment
            )
        )

    return of


def test_unless_declared_nothing_is_assumed_of_how_those_looked_at_were_chosen(finding):
    found = finding(homes=200)

    assert {each["read"] for each in found.figures["verdicts"].values()} == {"cannot tell"}
    (untold,) = [said for said in found.sentences if "we cannot tell" in said]
    assert "precision of the whole list and the share of everybody" in untold
    assert "label.inspection" in untold
    assert ASSUMPTION not in found.sentences
    assert [name for name, _ in found.plots] == ["inspection_propensity", "selective_labels_bounds"]


def test_where_recorded_things_decide_a_corrected_figure_is_given(finding):
    found = finding({"label.inspection": "recorded"}, homes=300)

    assert found.figures["verdicts"]["base_rate"]["read"] == "doubly_robust"
    assert found.figures["estimates"]["base_rate"]["doubly_robust"]["low"] is not None
    assert any("is about" in said for said in found.sentences)
    assert found.sentences[-1] == ASSUMPTION


def test_where_everybody_was_looked_at_nothing_is_said(finding):
    assert finding(seen=1.0) is None
