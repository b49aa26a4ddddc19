"""Figures of the dictionary: none rests on fewer than ten, none can be told from the others."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.dictionary.measures import LEAST, missing_share, of_categories, of_numbers


def _column(values: list) -> pa.ChunkedArray:
    return pa.chunked_array([values])


@pytest.mark.parametrize(
    ("missing", "rows", "share"),
    [(0, 50, 0), (9, 50, None), (10, 50, 0.2), (41, 50, None), (50, 50, 1), (0, 0, None)],
)
def test_a_share_that_rests_on_one_to_nine_is_withheld(missing, rows, share):
    assert missing_share(missing, rows) == share


def test_a_quantile_has_ten_on_either_side():
    few = of_numbers(_column([float(n) for n in range(40)])).quantiles
    assert few == {"1%": None, "25%": 9, "50%": 19, "75%": 29, "99%": None}
    assert of_numbers(_column([float(n) for n in range(2000)])).quantiles["1%"] == 19


def test_a_quantile_shows_no_entity_its_own_value():
    values = _column([1234.56 + n / 1000 for n in range(50)])
    assert of_numbers(values).quantiles["50%"] == 1230


def test_counts_are_told_one_by_one():
    bars = of_numbers(_column([0.0] * 60 + [1.0] * 20 + [2.0] * 15 + [9.0] * 5)).bars
    assert [(bar.label, bar.share) for bar in bars] == [
        ("0", 0.6),
        ("1", 0.2),
        ("2 and above", 0.2),
    ]


@given(st.lists(st.integers(-5, 30).map(float), max_size=300))
def test_every_bar_rests_on_ten_and_together_they_hold_all(values):
    bars = of_numbers(_column(pa.array(values, pa.float64()))).bars
    counts = [round(bar.share * len(values), 3) for bar in bars]
    assert all(count >= LEAST - 0.2 for count in counts)
    assert not bars or np.isclose(sum(bar.share for bar in bars), 1, atol=0.01)


def test_a_lone_small_category_takes_the_next_smallest_with_it():
    bars = of_categories(_column(["a"] * 50 + ["b"] * 3 + ["c"] * 20), ["a", "b", "c", "d"]).bars
    assert {bar.label: bar.share for bar in bars} == {"a": 0.685, "b": None, "c": None, "d": 0}
