from dataclasses import replace

import numpy as np
import pytest

from training.data.rows import Rows
from training.figures.metrics import Outcomes
from training.learners.single_feature import BestFeature


@pytest.fixture
def seen(make_examples):
    return make_examples().observed()


def test_the_feature_that_the_outcome_follows_is_found(seen):
    rule = BestFeature(seen.features).fit(seen)

    assert (seen.features[rule.feature].name, rule.sign) == ("noise_count_12m", 1.0)


def test_the_direction_is_learnt_too(seen):
    turned = replace(seen, rows=Rows.of(-seen.rows.table() * [1, 1, -1]))

    assert BestFeature(seen.features).fit(turned).sign == -1.0


def test_a_category_is_never_the_feature(seen):
    tenure = seen.rows.column(2) == 1
    told = replace(seen, outcomes=Outcomes(tenure, np.ones(len(seen), dtype=bool)))

    assert seen.features[BestFeature(seen.features).fit(told).feature].kind == "number"


def test_what_the_best_feature_adds_stands_at_its_own_place(seen):
    rule = BestFeature(seen.features).fit(seen)
    parts = rule.contributions(seen.rows.table())

    np.testing.assert_allclose(parts.sum(axis=1), seen.raw_scores(rule))
    assert (np.delete(parts[:, :-1], rule.feature, axis=1) == 0).all()
