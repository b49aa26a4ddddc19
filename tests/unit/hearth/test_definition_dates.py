"""As-of dates, what is tested when, and when a label is mature."""

from datetime import date
from typing import Any

import pytest

from hearth.definition import AsOf, Condition, Label
from hearth.periods import Period


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
    assert made.only_fault({"as_of": as_of}) == fault


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
    assert made.only_fault({"validation": rules}).startswith(f"`validation.{fault}")


def test_all_faults_of_a_validation_are_told_together(made: Any) -> None:
    rules = {"test_every": "18m", "train_every": "5m", "history": "0d", "test_for": "0d"}
    made.model("noisy_homes", {"validation": rules})
    assert len(made.faults()) == 5


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
