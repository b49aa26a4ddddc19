import numpy as np
import pytest

from training.figures.decision_curve import decision_curve
from training.figures.metrics import Outcomes


def outcomes(marks):
    found = np.array(list(marks))
    return Outcomes(found == "+", found != "?")


def test_net_benefit_is_cases_found_less_visits_in_vain_at_their_price():
    probability = np.array([0.9, 0.6, 0.5, 0.1, 0.05])

    curve = decision_curve(probability, outcomes("+-+-+"), np.array([0.2, 0.5]))

    assert curve.benefit == pytest.approx([(2 - 1 * 0.25) / 5, (2 - 1) / 5])
    assert curve.treat_all == pytest.approx([(3 - 2 * 0.25) / 5, (3 - 2) / 5])


def test_rows_nobody_looked_at_are_worth_nothing_and_cost_nothing():
    seen = decision_curve(np.array([0.9, 0.2]), outcomes("+-"), np.array([0.5]))
    more = decision_curve(np.array([0.9, 0.2, 0.9, 0.1]), outcomes("+-??"), np.array([0.5]))

    assert more.benefit == pytest.approx(seen.benefit)
    assert decision_curve(np.array([0.9]), outcomes("?")) is None


def test_the_interval_is_that_of_the_mean_over_rows():
    random = np.random.default_rng(0)
    probability = random.uniform(size=500)
    happened = random.uniform(size=500) < probability

    curve = decision_curve(probability, Outcomes(happened, np.ones(500, bool)), np.array([0.3]))

    worth = np.where(probability >= 0.3, np.where(happened, 1, -0.3 / 0.7), 0)
    half = 1.96 * worth.std() / np.sqrt(500)
    assert curve.low == pytest.approx(worth.mean() - half, abs=1e-4)
    over_all = worth - np.where(happened, 1, -0.3 / 0.7)
    low_over_all = over_all.mean() - 1.96 * over_all.std() / np.sqrt(500)
    assert curve.low_over_all == pytest.approx(low_over_all, abs=1e-4)


def test_a_score_of_chance_is_useful_nowhere():
    random = np.random.default_rng(0)
    happened = random.uniform(size=2_000) < 0.2

    curve = decision_curve(random.uniform(size=2_000), Outcomes(happened, np.ones(2_000, bool)))

    assert not curve.is_useful.any()
