"""Named values turned into the numbers a model reads, and what is refused on the way."""

import math
from typing import Any

import numpy as np
import pytest

from hearth.errors import UnusableInputError
from hearth.risk_model import FeatureSpec
from hearth.risk_model.encoding import encode_columns, encode_record

ARREARS = FeatureSpec("arrears_count_12m", "arrears", "arrears", "number", unit="£")
TENURE = FeatureSpec("home_tenure", "home", "homes", "category", ("owned", "rented"))
FEATURES = (ARREARS, TENURE)


def _refused(values: dict[str, Any]) -> list[str]:
    with pytest.raises(UnusableInputError) as caught:
        encode_record(FEATURES, values)
    return [str(fault) for fault in caught.value.faults]


def _column_refused(columns: dict[str, Any]) -> list[str]:
    with pytest.raises(UnusableInputError) as caught:
        encode_columns(FEATURES, columns)
    return [str(fault) for fault in caught.value.faults]


def test_a_category_becomes_its_place_in_the_frozen_vocabulary() -> None:
    row = encode_record(FEATURES, {"home_tenure": "rented", "arrears_count_12m": 3})
    assert row.tolist() == [[3.0, 1.0]]


@pytest.mark.parametrize("values", [{}, {"home_tenure": None, "arrears_count_12m": None}])
def test_what_is_absent_or_null_is_missing(values: dict[str, Any]) -> None:
    assert np.isnan(encode_record(FEATURES, values)).all()


def test_an_unseen_category_is_refused_without_repeating_it() -> None:
    faults = _refused({"home_tenure": "Mrs Jones's house"})
    assert faults == [
        "values: `home_tenure` is no category of it; use one of owned, rented, or null"
    ]


@pytest.mark.parametrize("value", ["3", True, [3], {}])
def test_what_is_not_a_number_is_refused(value: Any) -> None:
    expected = (
        "values: `arrears_count_12m` is not a number; give a number, or null where it is missing"
    )
    assert _refused({"arrears_count_12m": value}) == [expected]


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 10**400])
def test_what_is_not_finite_is_refused(value: float) -> None:
    assert "is not a finite number" in _refused({"arrears_count_12m": value})[0]


@pytest.mark.parametrize("value", [1, True, ["owned"]])
def test_a_category_that_is_not_a_text_is_refused(value: Any) -> None:
    assert "`home_tenure` is not a text" in _refused({"home_tenure": value})[0]


def test_an_unknown_name_is_counted_and_not_repeated() -> None:
    assert _refused({"mother_jane_smith": 1}) == [
        "values: `values` holds 1 name that is no feature of the model; "
        "leave out what is not among the model's features"
    ]
    assert "holds 2 names that are no feature" in _refused({"a": 1, "b": 2})[0]


def test_every_fault_of_a_record_is_reported_together() -> None:
    assert len(_refused({"home_tenure": "x", "arrears_count_12m": "y", "z": 1})) == 3


def test_columns_are_encoded_as_records_are() -> None:
    columns = {"arrears_count_12m": [3, None, 0.5], "home_tenure": ["rented", None, "owned"]}
    encoded = encode_columns(FEATURES, columns)
    one_by_one = [
        encode_record(FEATURES, {name: column[i] for name, column in columns.items()})
        for i in range(3)
    ]
    assert np.array_equal(encoded, np.vstack(one_by_one), equal_nan=True)


def test_columns_beside_the_features_are_left_alone() -> None:
    columns = {"arrears_count_12m": [1.0], "home_tenure": ["owned"], "entity_id": ["100"]}
    assert encode_columns(FEATURES, columns).shape == (1, 2)


def test_a_missing_column_is_named() -> None:
    assert _column_refused({"home_tenure": ["owned"]}) == [
        "columns: `arrears_count_12m` is missing; add it"
    ]


@pytest.mark.parametrize("column", [["3"], ["x"], [True], [object()], np.array([True])])
def test_a_column_that_holds_no_numbers_is_refused(column: Any) -> None:
    faults = _column_refused({"arrears_count_12m": column, "home_tenure": ["owned"]})
    assert faults == [
        "columns: `arrears_count_12m` holds what is not a number; "
        "give numbers, or null where missing"
    ]


def test_a_column_with_an_infinite_number_is_refused() -> None:
    faults = _column_refused({"arrears_count_12m": [math.inf], "home_tenure": ["owned"]})
    assert "holds an infinite number" in faults[0]


def test_a_column_with_unseen_categories_says_how_many_and_not_which() -> None:
    faults = _column_refused({"arrears_count_12m": [1, 2], "home_tenure": ["Jones", "Smith"]})
    assert faults == [
        "columns: `home_tenure` holds 2 values that are no category of it; "
        "use one of owned, rented, or null"
    ]


def test_columns_of_different_lengths_are_refused() -> None:
    faults = _column_refused({"arrears_count_12m": [1, 2], "home_tenure": ["owned"]})
    assert faults == [
        "columns: `home_tenure` has 1 rows where the first has 2; give every row a value"
    ]


def test_columns_without_rows_give_a_matrix_without_rows() -> None:
    assert encode_columns(FEATURES, {"arrears_count_12m": [], "home_tenure": []}).shape == (0, 2)
