from datetime import date

import pytest

from hearth.periods import Period, schedule


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("36m", Period(months=36)),
        ("14d", Period(days=14)),
        ("2w", Period(days=14)),
        ("6y", Period(months=72)),
        ("all", Period(unbounded=True)),
        ("0d", Period()),
    ],
)
def test_a_period_is_a_number_and_a_letter_or_all(text: str, period: Period) -> None:
    assert Period.parse(text) == period


@pytest.mark.parametrize(
    "text", ["", "12", "m", "12 m", "-1m", "1.5y", "12months", "ALL", "101y", "9999999d", "１２m"]
)
def test_anything_else_is_no_period_and_says_what_is(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no period; write a number and d, w, m or y"):
        Period.parse(text)


def test_months_are_calendar_months_and_end_with_the_month() -> None:
    assert Period(months=1).before(date(2023, 3, 31)) == date(2023, 2, 28)
    assert Period(months=1).before(date(2024, 3, 31)) == date(2024, 2, 29)
    assert Period(months=12).after(date(2024, 2, 29)) == date(2025, 2, 28)


def test_days_are_days() -> None:
    assert Period(days=60).before(date(2024, 3, 1)) == date(2024, 1, 1)


def test_an_unbounded_period_reaches_the_ends_of_the_calendar() -> None:
    assert Period(unbounded=True).before(date(2024, 1, 1)) == date.min
    assert Period(unbounded=True).after(date(2024, 1, 1)) == date.max


def test_a_period_past_the_end_of_the_calendar_stops_there() -> None:
    assert Period(months=1200).before(date(50, 1, 1)) == date.min
    assert Period(months=1200).after(date(9950, 1, 1)) == date.max


@pytest.mark.parametrize(
    ("text", "words"),
    [("12m", "12 months"), ("1m", "1 month"), ("1d", "1 day"), ("all", "all years held")],
)
def test_a_period_is_said_as_people_say_it(text: str, words: str) -> None:
    assert Period.parse(text).in_words() == words


def test_a_schedule_holds_both_of_its_ends() -> None:
    every_half_year = schedule(date(2020, 1, 1), date(2021, 1, 1), Period(months=6))
    assert every_half_year == [date(2020, 1, 1), date(2020, 7, 1), date(2021, 1, 1)]


def test_a_schedule_from_the_31st_does_not_drift() -> None:
    days = schedule(date(2023, 1, 31), date(2023, 3, 31), Period(months=1))
    assert days == [date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31)]


def test_a_schedule_that_ends_before_it_begins_is_empty() -> None:
    assert schedule(date(2021, 1, 1), date(2020, 1, 1), Period(months=6)) == []


def test_a_schedule_stops_where_the_calendar_does() -> None:
    assert schedule(date(9999, 1, 1), date.max, Period(months=12)) == [date(9999, 1, 1), date.max]


@pytest.mark.parametrize("every", [Period(), Period(unbounded=True)])
def test_a_schedule_needs_a_period_above_zero(every: Period) -> None:
    with pytest.raises(ValueError, match="above zero"):
        schedule(date(2020, 1, 1), date(2021, 1, 1), every)
