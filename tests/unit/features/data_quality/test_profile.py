"""Figures of a snapshot: what they count, and that no row's value is among them."""

from datetime import date, timedelta

import pyarrow as pa
import pytest

from features.data_quality.profile import Profile, profile_of

RUN_ON = date(2024, 7, 1)
SCHEMA = pa.schema(
    {
        "complaint_id": pa.string(),
        "uprn": pa.string(),
        "made_on": pa.date32(),
        "logged_on": pa.date32(),
        "category": pa.string(),
        "decibels": pa.float64(),
        "upheld": pa.bool_(),
        "note": pa.string(),
    }
)


def _table(delays, **columns):
    rows = [
        {
            "complaint_id": f"c{n}",
            "uprn": "100",
            "made_on": date(2021, 3, 1),
            "logged_on": date(2021, 3, 1) + timedelta(days=days),
            "category": "music",
            **{name: values[n] for name, values in columns.items()},
        }
        for n, days in enumerate(delays)
    ]
    return pa.Table.from_pylist(rows, schema=SCHEMA)


@pytest.fixture
def profile(made):
    return lambda table: profile_of(made.load().source("complaints"), table, run_on=RUN_ON)


def test_delays_are_counted_by_class_and_rows_known_early_are_named(profile):
    found = profile(_table([-1, 0, 0, 1, 7, 8, 30, 31, 90, 91, 365, 366]))
    assert found.delays == {
        "known before it happened": 1,
        "the same day": 2,
        "1 to 7 days": 2,
        "8 to 30 days": 2,
        "31 to 90 days": 2,
        "91 to 365 days": 2,
        "more than 365 days": 1,
    }
    assert found.late_rows == {"30": 5, "90": 3, "365": 1}


def test_shares_of_categories_are_of_the_rows_with_a_value(profile):
    found = profile(_table([0] * 4, category=["music", "music", "building", None]))
    assert found.categories["category"] == {"music": 0.666667, "building": 0.333333}
    assert found.completeness["category"] == 0.75


def test_quantiles_of_few_values_are_left_out(profile):
    assert profile(_table([0] * 49, decibels=[50.0] * 49)).quantiles == {}
    found = profile(_table([0] * 101, decibels=[float(n) for n in range(101)]))
    assert found.quantiles["decibels"] == [5.0, 25.0, 50.0, 75.0, 95.0]


def test_rows_are_counted_by_month(profile):
    days = [date(2021, 1, 31), date(2021, 2, 1), date(2021, 2, 28)]
    assert profile(_table([0] * 3, made_on=days)).months == {"2021-01": 1, "2021-02": 2}


def test_an_empty_snapshot_has_a_profile(profile):
    found = profile(_table([]))
    assert (found.rows, found.months, found.median_delay) == (0, {}, None)


def test_a_profile_is_read_as_it_was_written(profile):
    found = profile(_table([0, 3]))
    assert Profile.read(found.as_json()) == found


def test_no_value_of_a_person_enters(profile):
    found = profile(_table([0] * 60, note=["Ms Ada Example"] * 60))
    assert "Example" not in str(found.as_json())
    assert "c59" not in str(found.as_json())
