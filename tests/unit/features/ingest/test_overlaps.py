"""Spells of one person at one home that overlap are counted, and others are not."""

from datetime import date

import pyarrow as pa
import pytest

from features.ingest.overlaps import overlapping_spells

SCHEMA = pa.schema(
    {"person_id": pa.string(), "uprn": pa.string(), "came_on": pa.date32(), "left_on": pa.date32()}
)


@pytest.mark.parametrize(
    ("spells", "overlapping"),
    [
        ([("p", "1", 1, 5), ("p", "1", 5, 9)], 0),
        ([("p", "1", 1, 5), ("p", "1", 4, 9)], 1),
        ([("p", "1", 1, 5), ("p", "2", 4, 9)], 0),
        ([("p", "1", 1, 5), ("q", "1", 4, 9)], 0),
        ([("p", "1", 1, None), ("p", "1", 4, 5), ("p", "1", 6, 7)], 2),
        ([("p", "1", 1, 9), ("p", "1", 2, 3), ("p", "1", 5, 6)], 2),
        ([], 0),
    ],
)
def test_overlaps_of_one_person_at_one_home_are_counted(made, spells, overlapping):
    def day(number):
        return number and date(2021, 1, number)

    made.source("residents")
    rows = [dict(zip(SCHEMA.names, (p, u, day(a), day(b)), strict=True)) for p, u, a, b in spells]
    table = pa.Table.from_pylist(rows, schema=SCHEMA)
    assert overlapping_spells(made.load().source("residents"), table) == overlapping
