"""What a model is judged by: capacity, bar, rules, learner, and who is held back."""

from typing import Any

import pytest

from hearth.definition import Capacity


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
    assert made.only_fault({"capacity": capacity}) == fault


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
    assert made.only_fault({"success": success}).startswith(fault)


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
    assert fault in made.only_fault(
        {"hold_back": {"share": "5%", "since": "2027-01-01"}, **changes}
    )


@pytest.mark.parametrize("share", ["0%", "60%"])
def test_a_part_of_the_list_is_held_back_at_most_half(made: Any, share: str) -> None:
    held = {"share": share, "since": "2027-01-01"}
    changes = {"hold_back": held, "intervention": "assistive", "label.visited": _VISITS}
    assert "write a share above zero, at most 50%" in made.only_fault(changes)
