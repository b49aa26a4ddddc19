"""Ways of evening out a list: what they do to the rows, and that every one is counted with its lots."""

import numpy as np
import pytest

from training.analyses.mitigations import mitigations
from training.analyses.weighted_trees import balancing_weights

pytestmark = pytest.mark.filterwarnings(
    "ignore::pandas.errors.Pandas4Warning"  # of fairlearn's own code
)

_ONE_TEST_DATE = {
    "first": "2019-01-01",
    "last": "2024-01-01",
    "every": "12m",
    "test_from": "2024-01-01",
}


@pytest.fixture
def found(assess_homes):
    return mitigations(assess_homes(homes=150, attributes=("lot",), as_of=_ONE_TEST_DATE)).as_json()


def test_weights_make_the_outcome_as_frequent_in_every_group():
    groups = np.array(["a"] * 6 + ["b"] * 4)
    happened = np.array([1, 1, 1, 1, 0, 0, 1, 0, 0, 0], dtype=bool)

    weights = balancing_weights(groups, happened)

    rates = {g: np.average(happened[groups == g], weights=weights[groups == g]) for g in "ab"}
    assert rates == pytest.approx({"a": 0.5, "b": 0.5})
    assert weights.sum() == pytest.approx(10)


def test_three_ways_are_tried_on_the_same_places_and_those_with_lots_say_so(found):
    by_lot = {each["way"]: each["by_lot"] for each in found["lists"].values() if "way" in each}

    assert list(by_lot) == ["reweighing", "reduction", "thresholds by group"]
    assert len({each["listed"] for each in found["lists"].values()}) == 1
    assert by_lot["reweighing"] is None
    assert 0 <= by_lot["reduction"] <= 1
    assert 0 < by_lot["thresholds by group"] <= 1
    assert "never deployed" in found["sentences"][0]
