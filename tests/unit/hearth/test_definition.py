"""What a model definition refuses by itself, each refusal with its place and what to do."""

from typing import Any

import pytest


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
    assert made.only_fault(changes).startswith(fault)


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
    assert made.only_fault(changes) == fault


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
