"""The map beside a table of areas: drawn only of areas whose outlines are kept, and only of those seen."""

import pytest

from governance.geography.area_map import Area, AreaMap, area_map_file
from serving.pages.area_drawing import map_of

ROWS = [{"area": "A1", "share": 0.25}, {"area": "A2", "share": None}, {"area": None, "share": 0.5}]


@pytest.fixture
def state_dir(tmp_path):
    """A state folder with the outlines of three wards, one of them empty."""
    areas = tuple(Area(code, f"Ward <{code}>", "M0 0H10V10H0Z") for code in ("A1", "A2", "A3"))
    file = area_map_file(tmp_path, "ward")
    file.parent.mkdir()
    file.write_text(AreaMap("ward", "Made up.", 10, areas).as_json())
    return tmp_path


def test_shares_are_drawn_and_withheld_ones_are_not_told(state_dir):
    drawn = map_of(state_dir, ROWS, is_whole=True)
    assert "Ward &lt;A1&gt;: 25.0%" in drawn.svg
    assert "Ward &lt;A2&gt;: withheld to protect people" in drawn.svg
    assert "Ward &lt;A3&gt;: nobody here was ranked" in drawn.svg
    assert "Made up." in drawn.key


def test_whoever_sees_some_areas_is_told_nothing_of_others(state_dir):
    drawn = map_of(state_dir, ROWS[:1], is_whole=False)
    assert "A1" in drawn.svg
    assert "A2" not in drawn.svg
    assert "A3" not in drawn.svg


@pytest.mark.parametrize("rows", [[], ROWS[2:], [{"area": "E01000001", "share": 0.1}]])
def test_no_map_is_drawn_of_areas_whose_outlines_are_not_kept(state_dir, rows):
    assert map_of(state_dir, rows, is_whole=True) is None


def test_a_map_that_cannot_be_read_is_no_map(state_dir):
    area_map_file(state_dir, "any").write_text("[]")
    area_map_file(state_dir, "ward").write_text("{")
    assert map_of(state_dir, ROWS, is_whole=True) is None
