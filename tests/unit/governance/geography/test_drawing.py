import re
import subprocess
import sys
from xml.etree import ElementTree

import pytest

from governance.geography.area_map import Area, AreaMap
from governance.geography.drawing import EMPTY, WITHHELD, class_limits, draw_map

MAP = AreaMap(
    "lsoa",
    "Made up <for a test>",
    500,
    tuple(Area(f"X{i}", f"Place & {i}", "M0 0l9 0 0 9z") for i in range(4)),
)


def drawn(shares):
    return draw_map("listed", "Share <listed>", "By area", MAP, shares)


def fills(drawing):
    return re.findall(r'<path d="M[^"]*" fill="([^"]*)"', drawing.svg)


def test_each_area_has_the_pattern_of_its_class_and_a_withheld_one_is_hatched():
    drawing = drawn({"X0": 0.02, "X1": 0.18, "X2": None})

    assert fills(drawing) == ["url(#listed-0)", "url(#listed-3)", "url(#listed-hatch)", "#ffffff"]
    assert "Place &amp; 1: 18.0%" in drawing.svg
    assert f"Place &amp; 2: {WITHHELD.lower()}" in drawing.svg


def test_the_key_says_what_every_pattern_on_the_map_means():
    key = drawn({"X0": 0.02, "X1": 0.18, "X2": None}).key

    assert re.findall(r"</svg> ([^<]+)</li>", key) == [
        "0% to under 5%", "5% to under 10%", "10% to under 15%", "15% to 20%", WITHHELD, EMPTY,
    ]  # fmt: skip
    assert "Made up &lt;for a test&gt;" in key


def test_the_map_is_whole_xml_with_title_and_description():
    root = ElementTree.fromstring(drawn({"X0": 0.1, "X1": None}).svg)

    assert root[0].text == "Share <listed>"
    assert root.get("aria-labelledby") == f"{root[0].get('id')} {root[1].get('id')}"
    assert "style" not in root.attrib


def test_where_all_is_withheld_there_are_no_classes():
    drawing = drawn(dict.fromkeys(["X0", "X1", "X2", "X3"]))

    assert set(fills(drawing)) == {"url(#listed-hatch)"}
    assert drawing.key.count("<li>") == 1


def test_a_code_that_is_not_on_the_map_is_not_drawn():
    assert "E01007823" not in drawn({"E01007823": 0.5}).svg


@pytest.mark.parametrize(
    ("shares", "limits"),
    [
        ([], ()),
        ([0.1], (0.1, 0.11)),
        ([0.0, 0.0], (0.0, 0.01)),
        ([0.02, 0.18], (0.0, 0.05, 0.1, 0.15, 0.2)),
        ([0.0, 1.0], (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)),
    ],
)
def test_classes_have_round_limits_that_hold_all_shares(shares, limits):
    assert class_limits(shares) == limits


def test_drawing_loads_no_library_of_data_or_geometry():
    heavy = "pandas numpy shapely pyproj"
    code = (
        "import sys, governance.geography.drawing, governance.geography.area_map; "
        f"print([m for m in '{heavy}'.split() if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
