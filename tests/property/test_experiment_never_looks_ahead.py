"""Outcomes that were not known by a test date have no say in its scores."""

from dataclasses import replace

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from training.experiment import run_experiment
from training.figures.metrics import Outcomes


def _otherwise(examples, later, seed):
    """The same examples, with other outcomes at the dates that are `later`."""
    random = np.random.default_rng(seed)
    observed = np.where(later, random.random(len(examples)) < 0.7, examples.outcomes.observed)
    happens = np.where(later, random.random(len(examples)) < 0.5, examples.outcomes.positive)
    return replace(examples, outcomes=Outcomes(happens & observed, observed))


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(test_year=st.integers(2021, 2024), seed=st.integers(0, 1_000))
def test_outcomes_known_later_move_no_score(test_year, seed, define, make_examples, label_years):
    examples, periods = make_examples(homes=40, seed=seed), label_years()
    later = examples.as_of >= np.datetime64(f"{test_year}-01-01")
    definition = define()

    first, second = (
        {result.name: result.scores for result in run_experiment(definition, each, periods).splits}
        for each in (examples, _otherwise(examples, later, seed))
    )

    name = f"{test_year}-01-01"
    for candidate, scores in first[name].items():
        np.testing.assert_array_equal(scores.raw, second[name][candidate].raw)
        if scores.probability is not None:
            np.testing.assert_array_equal(scores.probability, second[name][candidate].probability)
