"""Where a value and a score lie in the cohort, by hand."""

import math

import numpy as np
import pytest

from hearth.risk_model import FeatureSpec
from hearth.risk_model.cohort import Cohort, distribution_of

COUNT = FeatureSpec("arrears_count", "arrears", "arrears", "number")
TENURE = FeatureSpec("home_tenure", "home", "homes", "category", ("owned", "rented"))


def _cohort(scores: list[float]) -> Cohort:
    places = np.arange(len(scores), dtype=np.float64)
    columns = [places, places % 2]
    return Cohort.of(
        [COUNT, TENURE], columns.__getitem__, np.array(scores), as_of="2026-01-01", base_rate=0.1
    )


def test_shares_are_of_the_values_that_are_known() -> None:
    distribution = distribution_of(np.array([0, 0, 1, 3, np.nan]))
    assert distribution.missing_share == pytest.approx(0.2)
    assert distribution.share_below(1) == pytest.approx(0.5)
    assert distribution.share_above(1) == pytest.approx(0.25)
    assert distribution.share_below(2) == pytest.approx(0.75)


def test_nothing_lies_below_the_least_or_above_the_greatest() -> None:
    distribution = distribution_of(np.array([1.0, 2.0]))
    assert distribution.share_below(1) == 0
    assert distribution.share_above(2) == 0
    assert distribution.share_below(9) == 1
    assert distribution.share_above(-9) == 1


def test_a_missing_value_has_no_place() -> None:
    distribution = distribution_of(np.array([1.0, 2.0]))
    assert distribution.share_below(math.nan) == 0
    assert distribution.share_above(math.nan) == 0


@pytest.mark.parametrize("column", [np.array([]), np.array([np.nan, np.nan])])
def test_a_column_without_values_compares_with_nothing(column: np.ndarray) -> None:
    distribution = distribution_of(column)
    assert (distribution.share_below(1), distribution.share_above(1)) == (0, 0)


def test_a_percentile_counts_those_with_a_lower_score() -> None:
    cohort = _cohort([float(i) for i in range(1000)])
    assert cohort.percentile(-1) == 0
    assert cohort.percentile(500) == pytest.approx(50, abs=1)
    assert cohort.percentile(950) == pytest.approx(95, abs=1)
    assert cohort.percentile(950) <= 95
    assert cohort.percentile(10_000) == 100


def test_where_all_score_the_same_nobody_is_above_anybody() -> None:
    assert _cohort([1.0] * 50).percentile(1.0) == 0


def test_no_more_than_one_in_twenty_are_in_the_highest_band() -> None:
    scores = [float(i) for i in range(1000)]
    cohort = _cohort(scores)
    highest = [s for s in scores if cohort.band(cohort.percentile(s)) == "highest"]
    assert 40 <= len(highest) <= 50


@pytest.mark.parametrize(
    ("percentile", "band"),
    [(0, "lower"), (49, "lower"), (50, "middle"), (80, "higher"), (94, "higher"), (95, "highest")],
)
def test_a_band_begins_at_its_least_percentile(percentile: float, band: str) -> None:
    assert _cohort([1.0]).band(percentile) == band


def test_categories_have_their_shares_and_numbers_their_distribution() -> None:
    cohort = _cohort([1.0, 2.0, 3.0, 4.0])
    assert cohort.category_shares == {"home_tenure": {"owned": 0.5, "rented": 0.5}}
    assert cohort.distributions.keys() == {"arrears_count"}


def test_a_cohort_of_nobody_can_be_written_and_read() -> None:
    cohort = _cohort([])
    assert Cohort.from_dict(cohort.to_dict()) == cohort
    assert cohort.rows == 0


def test_what_was_filled_in_is_compared_with_nothing() -> None:
    features = (
        FeatureSpec("decibels", "noise", "noise", "number"),
        FeatureSpec("decibels_missing", "noise", "noise", "number", flag_of="decibels"),
    )
    columns = np.array([[70.0, 50.0, 90.0, 50.0], [0, 1, 0, 1]])
    cohort = Cohort.of(
        features, columns.__getitem__, np.zeros(4), as_of="2022-09-01", base_rate=0.1
    )
    assert cohort.distributions["decibels"].values == (70.0, 90.0)
    assert cohort.distributions["decibels"].missing_share == 0.5
