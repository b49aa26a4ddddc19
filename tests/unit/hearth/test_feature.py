"""Which features a definition yields, and what each is called."""

from typing import Any

import pytest

from hearth.feature import Feature, column_of
from hearth.periods import Period


def _features(made: Any, changes: dict[str, Any] | None = None) -> dict[str, Feature]:
    made.model("noisy_homes", changes)
    return {feature.name: feature for feature in made.load().features("noisy_homes")}


def test_features_come_in_the_order_of_the_definition(made: Any) -> None:
    assert list(_features(made)) == [
        "noise_count_12m",
        "noise_count_all",
        "noise_count_music_12m",
        "noise_count_music_all",
        "noise_count_building_12m",
        "noise_count_building_all",
        "noise_days_since_last",
        "noise_max_decibels_12m",
        "noise_max_decibels_all",
        "noise_max_decibels_music_12m",
        "noise_max_decibels_music_all",
        "noise_max_decibels_building_12m",
        "noise_max_decibels_building_all",
        "home_tenure",
        "home_floors",
    ]


def test_a_split_feature_knows_its_category_and_window(made: Any) -> None:
    feature = _features(made)["noise_max_decibels_music_12m"]
    found = (feature.aggregate, feature.column, feature.category, feature.window)
    assert found == ("max", "decibels", "music", Period(months=12))


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("noise_count_12m", "number in the last 12 months"),
        ("noise_count_music_12m", "number (music) in the last 12 months"),
        ("noise_max_decibels_all", "greatest decibels"),
        ("noise_days_since_last", "time since the latest"),
        ("home_floors", "floors"),
    ],
)
def test_a_label_says_in_a_few_words_what_a_feature_is(made: Any, name: str, label: str) -> None:
    assert _features(made)[name].label == label


def test_an_attribute_keeps_its_kind_and_categories(made: Any) -> None:
    features = _features(made)
    assert features["home_tenure"].kind == "category"
    assert features["home_tenure"].categories == ("owned", "rented")
    assert features["home_floors"].kind == "number"


def test_the_last_value_of_a_category_is_a_category(made: Any) -> None:
    changes = {
        "features.0.aggregates": ["count", {"last": "category"}],
        "features.0.split_by": made.removed,
    }
    feature = _features(made, changes)["noise_last_category"]
    assert (feature.kind, feature.categories, feature.window) == (
        "category",
        ("music", "building"),
        None,
    )


def _ratio(made: Any, **units: str) -> Feature:
    columns = {f"columns.{name}": {"type": "number", "unit": unit} for name, unit in units.items()}
    made.source("complaints", columns)
    changes = {
        "features.0.aggregates": ["count", {"ratio": ["missed", "possible"]}],
        "features.0.windows": ["12m"],
    }
    return _features(made, changes)["noise_ratio_missed_per_possible_12m"]


def test_a_ratio_is_named_by_its_two_columns_and_like_by_like_has_no_unit(made: Any) -> None:
    feature = _ratio(made, missed="sessions", possible="sessions")
    assert (feature.column, feature.per, feature.unit) == ("missed", "possible", None)


def test_a_ratio_of_unlike_columns_has_the_unit_of_both(made: Any) -> None:
    assert _ratio(made, missed="£", possible="weeks").unit == "£ per week"


def test_a_ratio_is_split_and_a_trend_has_windows(made: Any) -> None:
    made.source("complaints", {"columns.heard": {"type": "number"}})
    changes = {
        "features.0.aggregates": ["count", "trend", {"ratio": ["decibels", "heard"]}],
        "features.0.windows": ["12m"],
    }
    names = set(_features(made, changes))
    assert names >= {"noise_trend_12m", "noise_trend_music_12m"}
    assert "noise_ratio_decibels_per_heard_music_12m" in names


def test_a_filled_feature_has_a_flag_after_it_and_a_count_has_none(made: Any) -> None:
    names = list(_features(made, {"features.0.fill_missing": "cohort_median"}))
    at = names.index("noise_max_decibels_12m")
    assert names[at + 1] == "noise_max_decibels_12m_missing"
    assert "noise_days_since_last_missing" in names
    assert "noise_count_12m_missing" not in names


def test_units_follow_the_column_and_days_are_days(made: Any) -> None:
    made.source("complaints", {"columns.decibels.unit": "dB"})
    features = _features(made)
    assert features["noise_max_decibels_12m"].unit == "dB"
    assert features["noise_days_since_last"].unit == "days"
    assert features["noise_count_12m"].unit is None


def test_a_category_with_spaces_gives_a_name_without(made: Any) -> None:
    made.source("complaints", {"columns.category.values": ["Loud music", "building"]})
    assert "noise_count_loud_music_12m" in _features(made)


def test_a_year_is_named_by_its_months(made: Any) -> None:
    made.model("noisy_homes", {"features.0.windows": ["1y", "all"]})
    assert "noise_count_12m" in {feature.name for feature in made.load().features("noisy_homes")}


@pytest.mark.parametrize(("source", "has_age"), [("residents", True), ("register", False)])
def test_age_is_derived_only_where_dates_of_birth_are_held(
    made: Any, source: str, has_age: bool
) -> None:
    made.source("residents")
    contract = made.load().source(source)
    assert (column_of(contract, "age_months") is not None) is has_age
