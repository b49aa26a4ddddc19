import numpy as np
import pytest

from training.bootstrap import entity_weights, interval, replicate


def test_all_rows_of_an_entity_are_drawn_together():
    codes = np.array([0, 1, 0, 2])

    (weights,) = entity_weights(codes, replicates=20, seed=1)

    assert (weights[:, 0] == weights[:, 2]).all()


def test_each_replicate_draws_as_many_entities_as_there_are():
    (weights,) = entity_weights(np.arange(30), replicates=20, seed=1)

    assert (weights.sum(axis=1) == 30).all()


def test_the_same_seed_draws_the_same():
    first = np.concatenate(list(entity_weights(np.arange(9), replicates=5, seed=4)))
    again = np.concatenate(list(entity_weights(np.arange(9), replicates=5, seed=4)))

    assert (first == again).all()


def test_large_data_come_in_chunks_of_replicates():
    sizes = [len(chunk) for chunk in entity_weights(np.arange(1_000_000), replicates=6, seed=0)]

    assert sizes == [4, 2]


def test_a_mean_has_the_interval_that_theory_gives():
    values = np.random.default_rng(0).normal(size=400)
    drawn = replicate({"mean": lambda w: w @ values / w.sum(axis=1)}, np.arange(400), seed=2)

    low, high = interval(drawn["mean"])

    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.1)


def test_a_candidate_differs_from_itself_by_nothing_in_every_replicate():
    values = np.arange(50.0)
    mean = {name: lambda w: w @ values for name in ("one", "same")}

    drawn = replicate(mean, np.arange(50), replicates=50, seed=2)

    assert (drawn["one"] == drawn["same"]).all()


def test_a_figure_mostly_undefined_has_no_interval():
    assert interval(np.array([0.5] * 9 + [np.nan])) is None
