"""`hearth splits` before a matrix is built, and once it is."""

from xml.etree import ElementTree as ET


def test_the_splits_of_a_definition_are_drawn_before_anything_is_built(hearth, made):
    ended = hearth("splits", "noisy_homes")

    assert ended.code == 0
    assert "2021-01-01 │ 2 dates" in ended.out
    assert "◆" in ended.out
    assert "hearth build noisy_homes" in ended.out


def test_the_drawing_is_written_as_svg_and_the_splits_as_json(hearth, made, tmp_path):
    ended = hearth("splits", "noisy_homes", "--svg", str(tmp_path / "splits.svg"), "--json")

    assert [split["test_as_of"] for split in ended.json["splits"]] == ["2021-01-01", "2022-01-01"]
    assert ended.json["splits"][0]["train_as_of"] == ["2019-01-01", "2020-01-01"]
    assert ET.parse(tmp_path / "splits.svg").getroot().attrib["role"] == "img"
