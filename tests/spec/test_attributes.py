"""Attributes as they stood: the latest version known before the as-of date."""

from datetime import date

import pyarrow as pa
import pytest

from features.point_in_time.kernel import latest


@pytest.fixture
def version():
    """Place of the version that a row of each as-of date knows, of versions drawn as (key, day)."""

    def of(*versions, as_of, follows=(0,)):
        days = pa.array([date.fromisoformat(day) for _, day in versions], pa.date32())
        events = pa.table(
            {
                "key": pa.array([key for key, _ in versions], pa.int64()),
                "event_date": days,
                "knowledge_date": days,
                "order": list(range(len(versions))),
            }
        )
        rows = pa.table(
            {"as_of": pa.array([date.fromisoformat(day) for day in as_of], pa.date32())}
        )
        pairs = [(row, key) for row in range(len(as_of)) for key in follows]
        followed = pa.table({"row": [p[0] for p in pairs], "key": [p[1] for p in pairs]})
        return latest(rows, followed, events).tolist()

    return of


def test_each_date_knows_the_version_before_it(version):
    versions = [(0, "2020-01-01"), (0, "2021-01-01"), (0, "2022-01-01")]
    dates = ["2019-06-01", "2020-01-01", "2020-01-02", "2021-06-01", "2023-01-01"]
    assert version(*versions, as_of=dates) == [-1, -1, 0, 1, 2]


def test_of_versions_of_one_day_the_last_in_the_source_counts(version):
    assert version((0, "2020-01-01"), (0, "2020-01-01"), as_of=["2021-01-01"]) == [1]


def test_of_several_people_the_latest_version_of_any_counts(version):
    versions = [(0, "2020-01-01"), (1, "2020-06-01"), (2, "2021-01-01")]
    assert version(*versions, as_of=["2022-01-01"], follows=(0, 1)) == [1]


def test_a_key_without_versions_has_none(version):
    assert version((1, "2020-01-01"), as_of=["2022-01-01"], follows=(0,)) == [-1]
