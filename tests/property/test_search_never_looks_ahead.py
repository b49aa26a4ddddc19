"""Outcomes that were not known by the first test date have no say in the parameters chosen."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hearth.definition import Search
from hearth.settings import load_settings
from training.data.rows import Rows as EncodedRows
from training.figures.metrics import Outcomes
from training.search import Rows, search


def _otherwise(examples, later, seed):
    """The same examples, with other features and outcomes at the dates that are `later`."""
    random = np.random.default_rng(seed)
    observed = np.where(later, random.random(len(examples)) < 0.7, examples.outcomes.observed)
    happens = np.where(later, random.random(len(examples)) < 0.5, examples.outcomes.positive)
    table = examples.rows.table()
    drawn = random.normal(size=table.shape) * [1, 1, 0]
    rows = EncodedRows.of(np.where(later[:, None], drawn, table))
    return replace(examples, rows=rows, outcomes=Outcomes(happens & observed, observed))


@pytest.fixture
def workspaces(tmp_path_factory):
    return lambda: load_settings(tmp_path_factory.mktemp("search"))


@settings(max_examples=3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first_test=st.integers(2021, 2024), seed=st.integers(0, 1_000))
def test_what_is_known_later_moves_no_trial(
    first_test, seed, define, make_examples, label_years, workspaces
):
    examples, periods = make_examples(homes=40, seed=seed), label_years()
    later = examples.as_of >= np.datetime64(f"{first_test}-01-01")
    definition = define({"as_of.last": "2024-01-01", "as_of.test_from": f"{first_test}-01-01"})

    first, second = (
        search(workspaces(), definition, Rows(each, periods, "rows"), Search(trials=3))
        for each in (examples, _otherwise(examples, later, seed))
    )

    assert first.difference == second.difference
    assert first.parameters == second.parameters
    assert [each.value for each in first.tried] == [each.value for each in second.tried]
