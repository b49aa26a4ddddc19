import numpy as np
import pytest

from training.figures import calibration_figures as figures
from training.figures.bootstrap import each_once, interval, replicate
from training.figures.metrics import Outcomes, log_odds


def plain(statistic, rows):
    return statistic(each_once(rows))[0]


def drawn(rows, seed=3):
    """Probabilities and the outcomes that come of them, everybody looked at."""
    random = np.random.default_rng(seed)
    truth = random.uniform(0.05, 0.95, rows)
    return truth, Outcomes(random.uniform(size=rows) < truth, np.ones(rows, bool))


def expit(odds):
    return 1 / (1 + np.exp(-odds))


def test_a_sound_probability_has_slope_one_and_intercept_nought():
    truth, outcomes = drawn(40_000)

    assert plain(figures.slope(truth, outcomes), 40_000) == pytest.approx(1, abs=0.05)
    assert plain(figures.intercept(truth, outcomes), 40_000) == pytest.approx(0, abs=0.05)
    assert plain(figures.in_the_large(truth, outcomes), 40_000) == pytest.approx(0, abs=0.01)


def test_an_overconfident_probability_has_a_slope_below_one():
    truth, outcomes = drawn(10_000)
    stated = expit(2 * log_odds(truth))

    assert plain(figures.slope(stated, outcomes), 10_000) == pytest.approx(0.5, abs=0.05)


def test_a_probability_that_promises_too_many_has_an_intercept_below_nought():
    truth, outcomes = drawn(10_000)
    stated = expit(log_odds(truth) + 0.7)

    assert plain(figures.intercept(stated, outcomes), 10_000) == pytest.approx(-0.7, abs=0.05)
    assert plain(figures.in_the_large(stated, outcomes), 10_000) > 0.05


def test_one_class_has_neither_slope_nor_intercept():
    outcomes = Outcomes(np.zeros(2, bool), np.ones(2, bool))

    for figure in (figures.slope, figures.intercept):
        assert np.isnan(plain(figure(np.array([0.1, 0.2]), outcomes), 2))


def test_one_step_moves_a_replicate_as_far_as_fitting_it_anew_would():
    truth, outcomes = drawn(2_000)
    rows = np.random.default_rng(1).integers(2_000, size=2_000)
    weights = np.bincount(rows, minlength=2_000)[:, None].astype(np.uint8)

    stepped = figures.slope(truth, outcomes)(weights)[0]
    anew = plain(figures.slope(truth[rows], outcomes.at(rows)), 2_000)
    assert stepped == pytest.approx(anew, abs=0.01)
    assert abs(anew - plain(figures.slope(truth, outcomes), 2_000)) > 0.01


def test_the_calibration_error_of_a_sound_probability_is_what_chance_gives():
    truth, outcomes = drawn(5_000)

    found = plain(figures.expected_error(truth, outcomes), 5_000)
    assert found == pytest.approx(figures.error_by_chance(truth, outcomes), abs=0.006)


def test_a_probability_of_one_value_errs_by_its_distance_from_the_base_rate():
    outcomes = Outcomes(np.array([True, False, False, False]), np.ones(4, bool))

    assert plain(figures.expected_error(np.full(4, 0.4), outcomes), 4) == pytest.approx(0.15)


def test_rows_nobody_looked_at_move_no_figure_of_calibration():
    truth, everybody = drawn(400)
    observed = np.arange(400) < 300
    some = Outcomes(everybody.positive & observed, observed)

    for figure in (figures.slope, figures.in_the_large, figures.expected_error):
        seen_only = plain(figure(truth[:300], everybody.at(observed)), 300)
        assert plain(figure(truth, some), 400) == pytest.approx(seen_only)


def test_bins_hold_as_many_rows_each_and_never_part_equal_probabilities():
    spread = np.bincount(figures.bins_of_equal_mass(np.arange(100) / 100))
    level = figures.bins_of_equal_mass(np.repeat([0.1, 0.2, 0.3], [50, 30, 20]))

    assert spread.tolist() == [10] * 10
    assert len(np.unique(level)) == 3


@pytest.mark.slow
def test_intervals_of_the_slope_hold_the_truth_about_nineteen_times_in_twenty():
    held = 0
    for seed in range(100):
        truth, outcomes = drawn(500, seed)
        slopes = replicate({"s": figures.slope(truth, outcomes)}, np.arange(500), replicates=300)
        low, high = interval(slopes["s"])
        held += low <= 1 <= high

    assert 88 <= held <= 100
