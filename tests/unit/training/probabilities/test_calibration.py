import numpy as np
import pytest

from training.learners.baselines import Logistic
from training.probabilities.calibration import agreed_move, calibrate, moves
from training.probabilities.held_out import HeldOut, hold_out


class Spy(Logistic):
    """A logistic regression that notes how many rows it was fitted on."""

    def __init__(self, features):
        super().__init__(features)
        self.fitted_on = []

    def fit(self, seen):
        self.fitted_on.append(len(seen))
        return super().fit(seen)


def held_out(raw, positive, *, date=None, weight=None):
    n = len(raw)
    return HeldOut(
        np.asarray(raw, dtype=float),
        np.asarray(positive, dtype=bool),
        "forward",
        np.ones(n) if weight is None else weight,
        np.zeros(n, dtype=int) if date is None else date,
        np.arange(n),
    )


def test_later_dates_are_scored_by_what_earlier_ones_taught(make_examples, label_years):
    examples = make_examples()
    spy = Spy(examples.features)

    found = hold_out(spy, examples, label_years(), seed=1)

    earlier = [examples.on(p.as_of for p in label_years()[:n]).observed() for n in (3, 4, 5)]
    assert spy.fitted_on == [len(rows) for rows in earlier]
    assert found.how == "forward"
    last_three = examples.on(p.as_of for p in label_years()[3:]).observed()
    assert len(found.raw) == len(last_three)


def test_a_single_date_is_cross_fitted_by_entity(make_examples, label_years):
    examples = make_examples(homes=300).on([label_years()[0].as_of])

    found = hold_out(Logistic(examples.features), examples, label_years()[:1], seed=1)

    assert found.how == "cross-fitted"
    assert len(found.raw) == len(examples.observed())


def test_rows_nobody_looked_at_calibrate_nothing(make_examples, label_years):
    examples = make_examples(seen=0.5)

    found = hold_out(Logistic(examples.features), examples, label_years(), seed=1)

    assert len(found.raw) == examples.on(p.as_of for p in label_years()[3:]).outcomes.observed.sum()


def test_platt_gives_back_the_odds_that_made_the_outcomes():
    random = np.random.default_rng(1)
    raw = random.normal(size=20_000)
    positive = random.random(20_000) < 1 / (1 + np.exp(-(0.5 * raw - 3)))

    found = calibrate(held_out(raw[:8_000], positive[:8_000]), is_log_odds=True)

    assert found.method == "platt"
    assert (found.slope, found.intercept) == pytest.approx((0.5, -3), abs=0.15)


def test_a_score_that_ranks_backwards_gets_the_base_rate():
    found = calibrate(held_out([0, 1, 2, 3] * 25, [1, 1, 0, 0] * 25), is_log_odds=True)

    assert found.probability(np.array([0.0, 3.0])) == pytest.approx([0.5, 0.5])


def test_a_rule_is_calibrated_by_its_order_alone():
    found = calibrate(held_out([0, 1, 1000] * 30, [0, 0, 1] * 30), is_log_odds=False)

    low, middle, high = found.probability(np.array([0.0, 1.0, 1000.0]))
    assert low == pytest.approx(middle)
    assert high > 0.9


def test_no_probability_is_zero_or_one():
    found = calibrate(held_out([0, 1] * 50, [0, 1] * 50), is_log_odds=False)
    probability = found.probability(np.array([-1e9, 0.0, 1.0, 1e9]))

    assert (probability > 0).all()
    assert (probability < 1).all()


def test_nothing_held_out_calibrates_nothing():
    with pytest.raises(ValueError, match="no held-out rows"):
        calibrate(held_out([], []), is_log_odds=True)


def test_a_date_whose_scorer_had_seen_few_rows_calibrates_nothing(make_examples, label_years):
    examples = make_examples(homes=200)
    first, second = label_years()[:2]
    few = examples.as_of == np.datetime64(first.as_of)
    few &= np.arange(len(examples)) >= 20
    kept = examples.where(~few).on([first.as_of, second.as_of])

    assert hold_out(Logistic(kept.features), kept, [first, second], seed=1).how == "cross-fitted"


def _years(*base_rates, rows=4_000):
    """Held-out scores that foresaw a tenth at every date, with base rates of their own."""
    random = np.random.default_rng(3)
    raw = np.log(1 / 9) + random.normal(size=rows * len(base_rates))
    date = np.repeat(np.arange(len(base_rates)), rows)
    odds = np.asarray(base_rates)[date] / (1 - np.asarray(base_rates)[date])
    positive = random.random(len(raw)) < 1 / (1 + np.exp(-(raw - np.log(1 / 9) + np.log(odds))))
    weight = np.empty(len(raw))
    for year in range(len(base_rates)):
        own = date == year
        now, then = positive[own].mean(), (1 / (1 + np.exp(-raw[own]))).mean()
        weight[own] = np.where(positive[own], then / now, (1 - then) / (1 - now))
    return held_out(raw, positive, date=date, weight=weight)


def test_a_jump_of_one_year_is_not_taken_for_a_trend():
    found = calibrate(_years(0.3), is_log_odds=True)

    assert (found.slope, found.intercept) == pytest.approx((1, 0), abs=0.15)


def test_a_rise_that_every_year_shows_is_followed():
    found = calibrate(_years(0.2, 0.21, 0.2), is_log_odds=True)

    raw = np.log(1 / 9)
    (probability,) = found.probability(np.array([raw]))
    assert probability == pytest.approx(0.2, abs=0.03)


def test_years_that_disagree_are_hardly_followed():
    years = _years(0.05, 0.2)
    still = calibrate(held_out(years.raw, years.positive, weight=years.weight), is_log_odds=True)

    low, high = moves(years, still)
    assert low < -0.5 < 0.5 < high
    assert abs(agreed_move(np.array([low, high]))) < abs(low + high) / 4


def test_scores_and_years_that_agree_move_nothing():
    assert agreed_move(np.zeros(3)) == 0
    assert agreed_move(np.array([0.7])) == 0
    assert agreed_move(np.array([0.7, 0.7, 0.7])) == pytest.approx(0.7)
