"""What moved since a model was trained, and what only seems to."""

import numpy as np
import pytest

from hearth.risk_model.cohort import Cohort, distribution_of
from training.watching.drift import category_drift, differ, number_drift, score_drift
from training.watching.expected_performance import expected_auc, expected_precision

_THEN = np.random.default_rng(1).normal(size=5_000)


def _number(now, then=_THEN, looks=1):
    return number_drift(
        "income", distribution_of(then), len(then), np.asarray(now, float), looks=looks
    )


def test_people_drawn_from_the_same_town_have_not_moved():
    random = np.random.default_rng(2)

    found = [_number(random.normal(size=3_000), looks=200) for _ in range(200)]

    assert not any(drift.is_alarming for drift in found)


def test_twenty_people_move_by_chance_and_raise_no_alarm():
    random = np.random.default_rng(3)

    found = [_number(random.normal(size=20), looks=200) for _ in range(200)]

    assert max(drift.value for drift in found) > 0.2
    assert not any(drift.is_alarming for drift in found)


def test_a_shift_by_a_standard_deviation_is_an_alarm():
    drift = _number(_THEN + 1)

    assert drift.is_alarming
    assert drift.value > 0.5
    assert sum(now for _, _, now in drift.bins) == pytest.approx(1)


def test_a_number_that_never_varied_and_now_does_is_an_alarm():
    assert _number([0.0] * 500 + [1.0] * 500, then=np.zeros(1_000)).is_alarming


def test_a_count_that_is_mostly_nought_has_not_moved_where_it_is_the_same():
    counts = np.random.default_rng(4).poisson(0.2, 4_000).astype(float)

    assert _number(counts, then=counts).value == pytest.approx(0, abs=1e-9)


def test_a_source_that_stopped_coming_is_an_alarm_though_the_values_have_not_moved():
    now = _THEN.copy()
    now[::2] = np.nan

    drift = _number(now)

    assert (drift.missing, drift.is_missing_moved) == ((0.0, 0.5), True)
    assert drift.value < drift.threshold


def test_a_category_that_training_never_saw_is_an_alarm():
    drift = category_drift(
        "tenure", {"owned": 0.5, "rented": 0.5}, 1_000, ["tied"] * 300 + ["owned"] * 300, looks=1
    )

    assert drift.is_alarming
    assert drift.bins[-1] == ("not seen in training", 0.0, 0.5)


def test_categories_in_the_same_shares_have_not_moved():
    drift = category_drift(
        "tenure", {"owned": 0.5, "rented": 0.5}, 1_000, ["rented", "owned", None] * 200, looks=1
    )

    assert drift.value == pytest.approx(0, abs=1e-9)


def test_the_score_is_held_against_its_percentiles():
    cohort = Cohort.of((), np.empty((5_000, 0)), _THEN, as_of="2024-01-01", base_rate=0.1)

    assert score_drift(cohort, _THEN).value == pytest.approx(0, abs=0.01)
    assert score_drift(cohort, _THEN + 1).is_alarming


def test_a_score_of_few_values_has_not_moved_where_it_is_the_same():
    raw = np.repeat([0.0, 1.0, 5.0], [800, 150, 50])
    cohort = Cohort.of((), np.empty((1_000, 0)), raw, as_of="2024-01-01", base_rate=0.1)

    assert score_drift(cohort, raw).value == pytest.approx(0, abs=0.01)


def test_two_rates_that_differ_by_chance_do_not_differ():
    assert not differ((0.10, 100), (0.14, 100), looks=1)
    assert differ((0.10, 5_000), (0.14, 5_000), looks=20)


def test_what_is_expected_of_right_probabilities_comes_true():
    random = np.random.default_rng(5)
    probability = random.beta(1, 6, 200_000)
    happened = random.random(len(probability)) < probability
    selected = probability >= np.quantile(probability, 0.95)
    order = np.argsort(np.argsort(probability))
    with_outcome = order[happened].sum() - happened.sum() * (happened.sum() - 1) / 2

    assert expected_precision(probability, selected) == pytest.approx(
        happened[selected].mean(), abs=0.01
    )
    assert expected_auc(probability, probability) == pytest.approx(
        with_outcome / happened.sum() / (~happened).sum(), abs=0.01
    )


def test_ties_count_half_in_the_expected_auc():
    assert expected_auc(np.zeros(10), np.full(10, 0.3)) == pytest.approx(0.5)
    assert expected_auc(np.zeros(10), np.zeros(10)) is None
