from datetime import date

import pyarrow as pa
import pytest

from features.leaks.cut import cut_rows

DAY = date(2022, 1, 1)
BEFORE, ON = date(2021, 12, 31), DAY


def rows(**columns):
    return pa.table({name: pa.array(days, pa.date32()) for name, days in columns.items()})


@pytest.fixture
def contract(small_council):
    return small_council.catalogue.source


def test_a_row_known_on_the_day_is_cut_and_one_known_before_is_kept(contract):
    table = rows(heard_on=[BEFORE, BEFORE], logged_on=[BEFORE, ON])
    assert cut_rows(contract("complaints"), table, DAY)["logged_on"].to_pylist() == [BEFORE]


def test_a_row_whose_recording_lag_has_not_passed_is_cut(contract):
    table = rows(missed_on=[date(2021, 12, 17), date(2021, 12, 18)])
    assert len(cut_rows(contract("absence"), table, DAY)) == 1


def test_a_spell_whose_end_was_learned_later_lasts_still(contract):
    dates = {"moved_in": [BEFORE] * 2, "in_known": [BEFORE] * 2, "moved_out": [BEFORE] * 2}
    made = cut_rows(contract("residents"), rows(**dates, out_known=[BEFORE, ON]), DAY)
    assert made["moved_out"].to_pylist() == made["out_known"].to_pylist() == [BEFORE, None]


def test_a_snapshot_taken_on_the_day_is_cut_whole(contract):
    table = pa.table({"lsoa": ["E01"]})
    areas = contract("areas")
    assert len(cut_rows(areas, table, areas.known_on)) == 0
    assert len(cut_rows(areas, table, DAY)) == 1
