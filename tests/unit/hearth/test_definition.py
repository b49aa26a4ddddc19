"""What a model definition refuses by itself, each refusal with its place and what to do."""

from datetime import date
from typing import Any

import pytest

from hearth.definition import Aggregate, AsOf, Capacity, Condition, Label
from hearth.periods import Period


def _only_fault(made: Any, changes: dict[str, Any], name: str = "noisy_homes") -> str:
    made.model(name, changes)
    faults = made.faults()
    assert len(faults) == 1, faults
    return faults[0].removeprefix(f"models/{name}/model.yaml: ")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"intervention": "kind"},
            '`intervention` is "kind"; use one of assistive, punitive, mixed',
        ),
        ({"unit": "street"}, '`unit` is "street"; use one of household, property, person'),
        ({"question": ""}, "`question` is left empty; fill it in"),
        ({"features": []}, "`features` holds 0, too few; give at least 1"),
        ({"baselines": []}, "`baselines` holds 0, too few; give at least 1"),
        (
            {"oversight.sunset": "2027-13-01"},
            '`oversight.sunset` is "2027-13-01", which is no date',
        ),
        (
            {"label.observed": "never"},
            '`label.observed` is "never"; use one of when_any_row, always',
        ),
        ({"success.metric": "auc"}, '`success.metric` is "auc"; use one of precision_at_capacity'),
        ({"features.0.follow": "cat"}, '`features[0].follow` is "cat"; use one of address, person'),
        (
            {"features.0.windows": ["12 months"]},
            '`features[0].windows[0]` is "12 months", which is',
        ),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, changes).startswith(fault)


@pytest.mark.parametrize(
    ("capacity", "fault"),
    [
        ({}, "`capacity` has neither count nor share; write exactly one of them"),
        (
            {"count": 5, "share": 0.1},
            "`capacity` has both count and share; write exactly one of them",
        ),
        ({"count": 0}, "`capacity.count` is 0; it must be more than 0"),
        ({"share": 0}, "`capacity.share` is 0; write a share above zero"),
        ({"share": "120%"}, "`capacity.share` is 1.2; it must be at most 1"),
        (
            {"count": "200"},
            '`capacity.count` is "200", not a whole number; '
            "write a whole number, without quotes or a unit",
        ),
    ],
)
def test_a_capacity_is_one_number_above_zero(
    made: Any, capacity: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, {"capacity": capacity}) == fault


@pytest.mark.parametrize(
    ("as_of", "fault"),
    [
        (
            {"first": "2022-01-01", "last": "2019-01-01", "every": "12m"},
            "`as_of.last` is 2019-01-01, before first; write the later date last",
        ),
        (
            {"first": "2019-01-01", "last": "2022-06-01", "every": "12m"},
            "`as_of.last` is 2022-06-01, which 2019-01-01 and every 12m do not reach; "
            "write 2022-01-01 or mend first or every",
        ),
        (
            {"first": "2019-01-01", "last": "2022-01-01", "every": "all"},
            "`as_of.every` is all; write a period above zero, such as 6m",
        ),
        (
            {"first": "2019-01-01", "last": "2022-01-01", "every": "0d"},
            "`as_of.every` is 0d; write a period above zero, such as 6m",
        ),
        (
            {"first": "0201-01-01", "last": "2022-01-01", "every": "1d"},
            "`as_of.first` is 0201-01-01, more than a hundred years before last; mend it",
        ),
        (
            {
                "first": "2019-01-01",
                "last": "2022-01-01",
                "every": "12m",
                "test_from": "2019-01-01",
            },
            "`as_of.test_from` is 2019-01-01; write a date after first and not after last",
        ),
    ],
)
def test_as_of_dates_that_make_no_schedule_are_refused(
    made: Any, as_of: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, {"as_of": as_of}) == fault


@pytest.mark.parametrize(
    ("rules", "fault"),
    [
        (
            {"test_every": "18m"},
            "test_every` is 18m, no multiple of as_of.every, 12m; write 12m or",
        ),
        ({"retrain_every": "52w"}, "retrain_every` is 364d, no multiple of as_of.every, 12m"),
        ({"train_every": "all"}, "train_every` is all, no multiple of as_of.every, 12m"),
        ({"history": "0d"}, "history` is 0d; write a period above zero, such as 36m, or all"),
        ({"test_for": "12m"}, "test_for` stands without retrain_every"),
        (
            {"test_for": "3y", "retrain_every": "2y"},
            "test_for` is 36m, longer than retrain_every, 24m",
        ),
    ],
)
def test_a_validation_that_does_not_fit_the_schedule_is_refused(
    made: Any, rules: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, {"validation": rules}).startswith(f"`validation.{fault}")


def test_all_faults_of_a_validation_are_told_together(made: Any) -> None:
    rules = {"test_every": "18m", "train_every": "5m", "history": "0d", "test_for": "0d"}
    made.model("noisy_homes", {"validation": rules})
    assert len(made.faults()) == 5


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
    assert _only_fault(made, changes) == fault


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


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"baselines": [{"name": "random", "rank_by": "noise_count_12m"}], "success": {}},
            "`baselines` holds random, the name of a learner; choose another",
        ),
        (
            {"success.no_worse_than": ["logistics"]},
            "`success.no_worse_than` names logistics, which is no candidate; "
            "use one of best single feature, lightgbm, logistic, most complaints, random",
        ),
        (
            {"features.1.group": "noise", "features.1.reason.text": "{noise_floors} floors"},
            "`features` holds the name noise twice; rename one of them",
        ),
        (
            {"cohort": {"has_member": {"age": ["36m", "48m"]}}},
            "`cohort` has has_member, but the unit is property; write source",
        ),
        (
            {"cohort": {}},
            "`cohort` has neither has_member nor source; write exactly one of them",
        ),
        (
            {"cohort": {"has_member": {"age": ["48m", "36m"]}}},
            "`cohort.has_member.age` is [48m, 36m]; "
            "write the younger age first, both in months or in years",
        ),
        (
            {"label.at": "first_row_of_child"},
            "`label.at` goes with the unit household, not property; remove it",
        ),
        (
            {"label.window": "all"},
            "`label.window` is all; write a period above zero, such as 12m",
        ),
        (
            {"label.maturity": "all"},
            "`label.maturity` is all; write a period such as 3m, or 0d",
        ),
        (
            {"features.0.follow": "siblings"},
            "`features[0].follow` is siblings, which a property cannot follow; "
            "use one of address, members",
        ),
        (
            {"fairness": {"tolerance": [0.8, 0.9]}},
            "`fairness.tolerance` is [0.8, 0.9]; "
            "write a ratio below one and a ratio above one, such as [0.8, 1.25]",
        ),
    ],
)
def test_parts_that_do_not_fit_each_other_are_refused(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, changes) == fault


def test_unknown_keys_are_refused_wherever_they_stand(made: Any) -> None:
    changes = {
        "purposes": [],
        "label.windows": "12m",
        "features.0.reason.txt": "a",
        "cohort.where.0.equals": 5,
    }
    made.model("noisy_homes", changes)
    unknown = [fault.split("`")[1] for fault in made.faults()]
    expected = ["cohort.where[0].equals", "features[0].reason.txt", "label.windows", "purposes"]
    assert unknown == expected


@pytest.mark.parametrize(
    ("capacity", "rows", "chosen"),
    [
        (Capacity(count=200), 1_000, 200),
        (Capacity(count=200), 150, 150),
        (Capacity(share=0.05), 1_000, 50),
        (Capacity(share=0.05), 3, 1),
        (Capacity(share=1), 7, 7),
        (Capacity(count=200), 0, 0),
    ],
)
def test_capacity_is_at_least_one_and_at_most_all(
    capacity: Capacity, rows: int, chosen: int
) -> None:
    assert capacity.of(rows) == chosen


def test_a_label_closes_after_its_window_and_matures_later() -> None:
    label = Label(
        source="visits",
        outcome=Condition.model_validate({"column": "found", "is": True}),
        window=Period(months=12),
        observed="always",
        maturity=Period(months=3),
    )
    assert label.closes_on(date(2024, 2, 29)) == date(2025, 2, 28)
    assert label.matures_on(date(2024, 1, 1)) == date(2025, 4, 1)


def test_as_of_dates_run_from_first_to_last() -> None:
    as_of = AsOf(first=date(2022, 1, 1), last=date(2023, 1, 1), every=Period(months=6))
    assert as_of.dates() == [date(2022, 1, 1), date(2022, 7, 1), date(2023, 1, 1)]


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


@pytest.mark.parametrize(
    ("success", "fault"),
    [
        (
            {"calibration": {"slope": [0.7, 0.9]}},
            "`success.calibration.slope` is [0.7, 0.9]; write a figure below one and a figure above",
        ),
        ({"calibration": {}}, "`success.calibration` is empty; write predicted_over_actual, slope"),
        (
            {"choose_by": "least_fairness_gap"},
            "`success.choose_by` is least_fairness_gap, and fairness.attributes is empty; name an",
        ),
    ],
)
def test_a_bar_that_cannot_be_judged_is_refused(
    made: Any, success: dict[str, Any], fault: str
) -> None:
    assert _only_fault(made, {"success": success}).startswith(fault)


@pytest.mark.parametrize(
    ("learner", "fault"),
    [
        ({"monotone": {"noise_count_12m": {"direction": "increasing"}}}, "reason` is missing"),
        ({"monotone": {"noise_count_12m": "increasing"}}, "monotone.noise_count_12m` "),
        ({"search": {}}, "has neither trials nor minutes; write one of them, or both"),
        ({"search": {"trials": 9}}, "and none is given; write as_of.test_from"),
    ],
)
def test_a_learner_gives_reasons_and_a_search_an_end(
    made: Any, learner: dict[str, Any], fault: str
) -> None:
    made.model("noisy_homes", {"learner": learner})
    assert any(fault in found for found in made.faults())


def test_a_rule_has_one_order_or_one_threshold(made: Any) -> None:
    rule = {"name": "loud", "rank_by": "noise_count_12m", "order": "lowest_first", "at_least": 2}
    made.model("noisy_homes", {"baselines": [rule], "success": {}})
    assert any("has order and at_least; write at most one" in found for found in made.faults())


_VISITS = {"source": "complaints"}


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"intervention": "punitive", "label.visited": _VISITS}, "it goes with assistive only"),
        ({"intervention": "assistive"}, "nothing says who was visited; write label.visited"),
    ],
)
def test_people_are_held_back_only_from_help_whose_visits_are_on_record(
    made: Any, changes: dict[str, Any], fault: str
) -> None:
    assert fault in _only_fault(
        made, {"hold_back": {"share": "5%", "since": "2027-01-01"}, **changes}
    )


@pytest.mark.parametrize("share", ["0%", "60%"])
def test_a_part_of_the_list_is_held_back_at_most_half(made: Any, share: str) -> None:
    held = {"share": share, "since": "2027-01-01"}
    changes = {"hold_back": held, "intervention": "assistive", "label.visited": _VISITS}
    assert "write a share above zero, at most 50%" in _only_fault(made, changes)
