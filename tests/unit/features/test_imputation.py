"""Missing values filled by rule: what fills them, the flag beside them, and what is left alone."""

from datetime import date

import pyarrow as pa
import pytest

from features import imputation
from features.matrix import read_matrix
from hearth.definition import Filling
from hearth.feature import Feature

EARLY, LATE = date(2021, 9, 1), date(2022, 9, 1)
AS_OF = pa.chunked_array([[EARLY] * 4 + [LATE] * 3], pa.date32())


def _feature(name: str, **more) -> Feature:
    kind = more.pop("kind", "number")
    return Feature(name, "g", "s", kind, (), None, "last", name, None, None, **more)


def _filled(values: list, rule: object) -> tuple[list, list]:
    """What becomes of a column, and its flags."""
    features = [_feature("a"), _feature("a_missing", flag_of="a")]
    kind = pa.string() if any(isinstance(v, str) for v in values) else pa.float64()
    table = pa.table({"a": pa.array(values, kind)})
    fills = imputation.statistics(table, features, AS_OF, Filling.model_validate(rule))
    made = imputation.fill(table, features, AS_OF, fills)
    return made["a"].to_pylist(), made["a_missing"].to_pylist()


def test_the_median_is_of_the_rows_of_the_same_date():
    values, flags = _filled([1, 2, 10, None, 40, 60, None], "cohort_median")
    assert values == [1, 2, 10, 2, 40, 60, 50]
    assert flags == [0, 0, 0, 1, 0, 0, 1]


def test_the_most_common_value_is_the_first_of_those_as_common():
    values, _ = _filled(["b", "a", None, None, "b", "b", None], "most_common")
    assert values == ["b", "a", "a", "a", "b", "b", "b"]


def test_a_fixed_value_fills_at_every_date():
    assert _filled([1, None, 2, 3, None, 5, 6], {"value": 0})[0] == [1, 0, 2, 3, 0, 5, 6]


def test_where_nothing_is_recorded_at_a_date_the_value_stays_missing_and_says_so():
    values, flags = _filled([None] * 4 + [1, 2, None], "cohort_median")
    assert (values[:4], flags[:4]) == ([None] * 4, [1] * 4)


def test_rows_filled_part_by_part_are_filled_as_one():
    features = [_feature("a"), _feature("a_missing", flag_of="a"), _feature("b")]
    table = pa.table({"a": [1.0, None, 4.0, None, 5.0, None, 7.0], "b": [None, *[1.0] * 6]})
    fills = imputation.statistics(table, features, AS_OF, Filling.model_validate("cohort_median"))
    whole = imputation.fill(table, features, AS_OF, fills)
    parts = [
        imputation.fill(table.slice(at, 3), features, AS_OF.slice(at, 3), fills) for at in (0, 3, 6)
    ]
    assert pa.concat_tables(parts).equals(whole)
    assert whole.column_names == ["a", "a_missing", "b"]
    assert whole["b"].null_count == 1


@pytest.fixture
def filled_council(small_council):
    path = small_council.root / "models" / "readiness" / "model.yaml"
    text = path.read_text().replace(
        "split_by: topic\n", "split_by: topic\n    fill_missing: {value: 0}\n"
    )
    small_council.model("readiness", text)
    small_council.build("readiness")
    return small_council


def test_the_matrix_holds_what_was_filled_in_and_its_flag(filled_council):
    matrix = read_matrix(filled_council.settings, "readiness")
    assert matrix.features["noise_max_decibels_damp_12m"].to_pylist() == [0, 0]
    assert matrix.features["noise_max_decibels_damp_12m_missing"].to_pylist() == [1, 1]
    assert "noise_count_12m_missing" not in matrix.features.column_names


def test_the_manifest_says_which_feature_a_flag_is_of(filled_council):
    listed = read_matrix(filled_council.settings, "readiness").manifest["features"]
    flags = {item["name"]: item["flag_of"] for item in listed}
    assert flags["noise_max_decibels_12m_missing"] == "noise_max_decibels_12m"
    assert flags["noise_max_decibels_12m"] is None
