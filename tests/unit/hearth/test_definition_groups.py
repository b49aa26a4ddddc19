"""What a feature group may say: aggregates, conditions, and what yields nothing clear."""

from typing import Any

import pytest

from hearth.definition import Aggregate, Condition


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"aggregates": [], "split_by": None, "windows": []},
            "`features[0].aggregates` is missing, and so are attributes and around; "
            "write exactly one of them",
        ),
        (
            {"attributes": ["category"]},
            "`features[0].aggregates` stands beside attributes; write exactly one of them",
        ),
        (
            {"windows": []},
            "`features[0].windows` is missing; add it, such as [3m, 12m, all]",
        ),
        (
            {"windows": ["12m", "1y"]},
            "`features[0].windows` holds one twice; remove it",
        ),
        (
            {"windows": ["12m", "0d"]},
            "`features[0].windows` holds a window of nothing; write periods above zero",
        ),
        (
            {"aggregates": ["count", "count"]},
            "`features[0].aggregates` holds one twice; remove it",
        ),
        (
            {"aggregates": ["days_since_last"]},
            "`features[0].split_by` has nothing to split; "
            "it goes with count and aggregates of columns",
        ),
        (
            {"aggregates": ["count", "median"]},
            "`features[0].aggregates[1]` is median, which is no aggregate; use one of count, "
            "days_since_last, days_since_first, trend, sum, mean, min, max, distinct, share, last, ratio",
        ),
        (
            {"aggregates": ["count", "sum"]},
            "`features[0].aggregates[1]` is sum of no column; write {sum: column}",
        ),
        (
            {"aggregates": ["count", {"trend": "decibels"}]},
            "`features[0].aggregates[1]` is trend of a column; write trend alone",
        ),
        (
            {"around": {"within": "200m"}},
            "`features[0].aggregates` stands beside around; write exactly one of them",
        ),
        (
            {"aggregates": [], "around": {}},
            "`features[0].around` has neither area nor within; write exactly one of them",
        ),
        (
            {"aggregates": [], "around": {"within": "200 yards"}},
            "`features[0].around.within` is no distance; "
            "write whole metres from 1m to 5000m, such as 200m",
        ),
        (
            {"aggregates": [], "around": {"area": "lsoa"}, "follow": "members"},
            "`features[0].follow` is members, but around looks about the address; follow it",
        ),
        (
            {"aggregates": [], "around": {"area": "lsoa"}, "windows": []},
            "`features[0].windows` is missing; add it, such as [3m, 12m, all]",
        ),
        (
            {"fill_missing": "median"},
            "`features[0].fill_missing` is median, which fills nothing; "
            "use cohort_median, most_common or {value: 0}",
        ),
        (
            {"fill_missing": {}},
            "`features[0].fill_missing` names no value; "
            "use cohort_median, most_common or {value: 0}",
        ),
        (
            {"aggregates": ["count", "trend"]},
            "`features[0].windows` holds all, which has no halves to set a trend by; "
            "give trend a group of its own, with windows such as [24m]",
        ),
        (
            {"aggregates": ["count", {"ratio": "decibels"}]},
            "`features[0].aggregates[1]` is ratio of other than two columns; "
            "write {ratio: [missed, possible]}",
        ),
        (
            {"aggregates": ["count", {"ratio": ["decibels", "decibels"]}]},
            "`features[0].aggregates[1]` is ratio of a column to itself; name two",
        ),
        (
            {"aggregates": ["count", {"name": "sum", "column": "decibels", "per": "note"}]},
            "`features[0].aggregates[1]` is sum per a column; only a ratio is",
        ),
        (
            {"aggregates": ["count", {"max": "decibels", "min": "decibels"}]},
            "`features[0].aggregates[1]` is not one aggregate; write count, or {sum: column}",
        ),
        (
            {"aggregates": ["count", 5]},
            "`features[0].aggregates[1]` is 5, not a set of keys; write its keys below it, indented",
        ),
        (
            {"reason": {"title": "Noise"}},
            "`features[0].reason.text` is missing; add it",
        ),
    ],
)
def test_a_feature_group_that_yields_nothing_clear_is_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    changes = {f"features.0.{key}": value for key, value in changes.items()}
    assert made.only_fault(changes) == fault


@pytest.mark.parametrize(
    ("condition", "fault"),
    [
        ({}, "has 0 tests, not one; write one of is, is_not, in, at_least, at_most, above, below"),
        ({"is": 1, "below": 2}, "has 2 tests, not one; write one of is, is_not, in, at_least, "),
        ({"is": [1]}, "is not a single value; write a text, a number, true or false"),
        ({"at_least": "ten"}, 'is "ten", not a number; write a number, without quotes or a unit'),
        ({"in": []}, "holds 0, too few; give at least 1"),
        ({"matches": "a.*"}, "is an unknown key"),
    ],
)
def test_a_condition_is_one_column_and_one_test(
    made: Any, condition: dict[str, Any], fault: str
) -> None:
    made.model("noisy_homes", {"cohort.where": [{"column": "tenure", **condition}]})
    assert any(fault in found and "`cohort.where[0]" in found for found in made.faults())


@pytest.mark.parametrize("written", ["count", {"name": "count"}])
def test_an_aggregate_of_rows_may_be_written_short_or_in_full(written: Any) -> None:
    assert Aggregate.model_validate(written) == Aggregate(name="count")


def test_an_aggregate_of_a_column_may_be_written_short_or_in_full() -> None:
    short = Aggregate.model_validate({"sum": "hours"})
    assert short == Aggregate.model_validate({"name": "sum", "column": "hours"})


@pytest.mark.parametrize(
    ("condition", "test"),
    [
        ({"column": "use", "is": "home"}, ("is", "home")),
        ({"column": "use", "in": ["home", "shop"]}, ("in", ("home", "shop"))),
        ({"column": "open", "is_not": False}, ("is_not", False)),
        ({"column": "score", "at_most": 65}, ("at_most", 65.0)),
    ],
)
def test_a_condition_says_its_test_and_value(condition: dict[str, Any], test: Any) -> None:
    assert Condition.model_validate(condition).test == test
