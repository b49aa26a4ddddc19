"""Where a window begins and ends, and which rows are known in time."""

import pytest

ROWS = """
entity | as_of
a      | 2022-03-31
"""


@pytest.mark.parametrize(
    ("happened", "counts"),
    [("2022-02-27", 0), ("2022-02-28", 1), ("2022-03-30", 1), ("2022-03-31", 0), ("2022-04-01", 0)],
)
def test_a_month_before_the_31st_of_march_begins_on_the_last_of_february(feature, happened, counts):
    events = f"key | event_date\na | {happened}"
    assert feature("count", window="1m", events=events, rows=ROWS) == [counts]


def test_months_are_calendar_months_and_29_february_is_a_day(feature):
    rows = "entity | as_of\na | 2025-02-28\na | 2024-03-29\na | 2025-03-01"
    events = "key | event_date\na | 2024-02-29\na | 2024-02-28"
    assert feature("count", window="12m", events=events, rows=rows) == [2, 2, 0]
    assert feature("count", window="1m", events=events, rows=rows) == [0, 1, 0]


@pytest.mark.parametrize(
    ("known", "counts"), [("2022-03-30", 1), ("2022-03-31", 0), ("2022-04-20", 0), ("-", 0)]
)
def test_a_late_row_is_invisible_before_it_is_known(feature, known, counts):
    events = f"key | event_date | knowledge_date\na | 2022-03-01 | {known}"
    assert feature("count", window="3m", events=events, rows=ROWS) == [counts]


def test_a_row_known_before_it_happens_waits_until_it_has_happened(feature):
    events = "key | event_date | knowledge_date\na | 2022-04-02 | 2022-01-01"
    rows = "entity | as_of\na | 2022-04-02\na | 2022-04-03"
    assert feature("count", events=events, rows=rows) == [0, 1]


def test_days_are_counted_back_from_the_as_of_date(feature):
    events = "key | event_date\na | 2022-03-17\na | 2022-03-16"
    assert feature("count", window="14d", events=events, rows=ROWS) == [1]


def test_of_rows_of_one_day_the_one_known_last_is_the_last(feature):
    events = """
    key | event_date | knowledge_date | score
    a   | 2022-03-01 | 2022-03-09     | 50
    a   | 2022-03-01 | 2022-03-02     | 70
    a   | 2022-02-01 | 2022-03-20     | 90
    """
    assert feature("last", column="score", events=events, rows=ROWS) == [50]


def test_of_rows_alike_in_both_dates_the_order_of_the_source_settles_the_last(feature):
    events = "key | event_date | score\na | 2022-03-01 | 70\na | 2022-03-01 | 50"
    assert feature("last", column="score", events=events, rows=ROWS) == [50]


def test_a_later_row_without_a_value_leaves_the_last_value_standing(feature):
    events = "key | event_date | score\na | 2022-03-01 | 70\na | 2022-03-09 | -"
    assert feature("last", column="score", events=events, rows=ROWS) == [70]


def test_each_as_of_date_sees_its_own_past(feature):
    events = "key | event_date | pounds\na | 2021-06-01 | 1.5\na | 2022-03-01 | 2.25"
    rows = "entity | as_of\na | 2022-04-01\na | 2022-01-01\na | 2021-01-01"
    assert feature("sum", column="pounds", window="12m", events=events, rows=rows) == [3.75, 1.5, 0]
