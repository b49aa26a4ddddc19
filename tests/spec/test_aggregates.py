"""Each aggregate on a few rows: what it counts, and what it makes of nothing."""

import pytest

CALLS = """
key | event_date | minutes | topic | answered
----|------------|---------|-------|---------
a   | 2022-01-10 | 10      | noise | true
a   | 2022-03-10 | 4       | damp  | false
a   | 2022-03-20 | -       | noise | true
b   | 2022-03-20 | -       | -     | -
"""
ROWS = """
entity | as_of
a      | 2022-04-01
b      | 2022-04-01
c      | 2022-04-01
"""


@pytest.mark.parametrize(
    ("function", "column", "expected"),
    [
        ("count", None, [3, 1, 0]),
        ("sum", "minutes", [14, 0, 0]),
        ("mean", "minutes", [7, None, None]),
        ("min", "minutes", [4, None, None]),
        ("max", "minutes", [10, None, None]),
        ("distinct", "topic", [2, 0, 0]),
        ("distinct", "minutes", [2, 0, 0]),
        ("share", "answered", [pytest.approx(2 / 3), None, None]),
        ("last", "minutes", [4, None, None]),
        ("last", "topic", ["noise", None, None]),
        ("days_since_last", None, [12, 12, None]),
        ("days_since_first", None, [81, 12, None]),
    ],
)
def test_an_aggregate_over_all_that_is_known(feature, function, column, expected):
    assert feature(function, column=column, events=CALLS, rows=ROWS) == expected


@pytest.mark.parametrize(
    ("function", "column", "expected"),
    [
        ("count", None, [2, 1, 0]),
        ("sum", "minutes", [4, 0, 0]),
        ("max", "minutes", [4, None, None]),
        ("distinct", "topic", [2, 0, 0]),
    ],
)
def test_a_window_leaves_out_what_is_older(feature, function, column, expected):
    assert feature(function, column=column, window="1m", events=CALLS, rows=ROWS) == expected


def test_a_split_counts_each_category_apart(feature):
    noise = feature(
        "count", window="3m", split_by="topic", category="noise", events=CALLS, rows=ROWS
    )
    damp = feature("count", window="3m", split_by="topic", category="damp", events=CALLS, rows=ROWS)
    assert (noise, damp) == ([2, 0, 0], [1, 0, 0])


def test_a_category_that_no_row_has_counts_nothing(feature):
    assert feature("count", split_by="topic", category="rats", events=CALLS, rows=ROWS) == [0, 0, 0]


def test_a_trend_is_the_nearer_half_less_the_further(feature):
    events = """
    key | event_date
    a   | 2022-01-05
    a   | 2022-03-01
    a   | 2022-03-30
    b   | 2022-01-01
    """
    assert feature("trend", window="3m", events=events, rows=ROWS) == [1, -1, 0]
