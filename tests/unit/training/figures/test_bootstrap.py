import numpy as np
import pytest

from training.figures.bootstrap import each_once, entity_weights, interval, replicate
from training.figures.metrics import Outcomes, auc


def mean_of(values):
    return lambda weights: values @ weights / weights.sum(axis=0)


def test_all_rows_of_an_entity_are_drawn_together():
    weights = entity_weights(np.array([0, 1, 0, 2]), 0, 20, seed=1)

    assert (weights[0] == weights[2]).all()


def test_each_replicate_draws_as_many_entities_as_there_are():
    weights = entity_weights(np.arange(30), 0, 20, seed=1)

    assert (weights.sum(axis=0) == 30).all()
    assert len(np.unique(weights, axis=1).T) == 20


def test_a_replicate_has_the_same_draws_however_they_are_taken_together():
    together = entity_weights(np.arange(700), 0, 9, seed=4)
    apart = [entity_weights(np.arange(700), number, 1, seed=4) for number in range(9)]

    np.testing.assert_array_equal(together, np.hstack(apart))
    assert (together != entity_weights(np.arange(700), 0, 9, seed=5)).any()


def test_every_entity_is_drawn_as_often_as_chance_has_it():
    """Counts of a draw with replacement: mean 1, variance 1 - 1/m, pairs drawn apart -1/m."""
    weights = entity_weights(np.arange(50), 0, 20_000, seed=2).astype(float)
    covariance = np.cov(weights)

    np.testing.assert_allclose(weights.mean(axis=1), 1, atol=0.035)
    np.testing.assert_allclose(covariance, np.eye(50) - 1 / 50, atol=0.06)


def test_a_mean_has_the_interval_that_theory_gives():
    values = np.random.default_rng(0).normal(size=400)
    drawn = replicate({"mean": mean_of(values)}, np.arange(400), seed=2)

    low, high = interval(drawn["mean"])

    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_cores_change_no_replicate(monkeypatch):
    values = np.random.default_rng(0).normal(size=40)
    found = []
    for cores in (1, 3):
        monkeypatch.setattr("training.figures.bootstrap.core_count", lambda cores=cores: cores)
        found.append(replicate({"mean": mean_of(values)}, np.arange(40), replicates=200)["mean"])

    np.testing.assert_array_equal(*found)


def test_a_candidate_differs_from_itself_by_nothing_in_every_replicate():
    values = np.arange(50.0)
    mean = {name: lambda weights: values @ weights for name in ("one", "same")}

    drawn = replicate(mean, np.arange(50), replicates=50, seed=2)

    assert (drawn["one"] == drawn["same"]).all()
    assert len(drawn["one"]) == 50


def test_no_replicates_are_none():
    assert len(replicate({"mean": mean_of(np.ones(3))}, np.arange(3), replicates=0)["mean"]) == 0


def test_weights_laid_the_other_way_are_refused():
    with pytest.raises(ValueError, match="rows, replicates"):
        auc(np.arange(9.0), Outcomes(np.arange(9) > 5, np.ones(9, bool)))(each_once(9).T.copy())


def test_a_figure_mostly_undefined_has_no_interval():
    assert interval(np.array([0.5] * 9 + [np.nan])) is None
