"""Splits as people see them: from the definition alone, with counts once built, as text and as SVG."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from hearth.settings import load_settings
from training.validation.split_chart import svg, text_axis, text_lines
from training.validation.splits import Timetable, temporal_splits
from training.validation.splits_shown import SplitsShown, splits_shown

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def shown(label_years):
    years = label_years()
    timetable = Timetable(dates=tuple(p.as_of for p in years), retrain_step=2)
    return SplitsShown("homes", years, date(2025, 6, 1), temporal_splits(years, timetable))


def test_each_split_is_a_line_of_marks_in_the_order_of_time(shown):
    lines = text_lines(shown, 60)

    assert [len(line) for line in lines] == [60] * 4
    assert lines[0].strip("─═ ").replace("─", "") == "●●◆"
    assert lines[1].replace("─", "").replace(" ", "").strip("═") == "●●│◆"


def test_a_date_whose_labels_were_not_known_at_the_fit_is_marked_as_purged(shown):
    assert shown.purged(shown.splits[1]) == (date(2021, 1, 1),)
    assert "│" in text_lines(shown, 60)[1]


def test_the_axis_names_the_years_that_fit(shown):
    axis = text_axis(shown, 60)

    assert axis.split() == [str(year) for year in range(2019, 2025)]
    assert len(text_axis(shown, 10).split()) == 2


def test_the_svg_says_what_it_shows_and_needs_nothing_from_elsewhere(shown):
    drawn = ET.fromstring(svg(shown))

    assert drawn.attrib["role"] == "img"
    assert drawn.find(f"{SVG}title").text == "Temporal splits of homes"
    assert "Tested on 2022-01-01 by a model fitted on 2021-01-01" in drawn.find(f"{SVG}desc").text
    assert "href" not in svg(shown)
    assert len(drawn.findall(f"{SVG}path[@class='tested']")) == len(shown.splits) + 1


def test_a_name_is_escaped_in_the_svg(label_years):
    odd = SplitsShown("a<b", label_years(), date(2025, 1, 1), ())

    assert ET.fromstring(svg(odd)).find(f"{SVG}title").text.endswith("a<b")


def test_before_anything_is_ingested_the_definition_alone_is_shown(made):
    catalogue = made.load()
    settings = load_settings(made.root)

    found = splits_shown(catalogue, settings, "noisy_homes", today=date(2026, 1, 1))

    assert found.counts is None
    assert [split.test.as_of.year for split in found.splits] == [2021, 2022]
    assert found.as_json()["dates"][0]["rows"] is None


def test_dates_are_not_tested_on_before_their_labels_can_be_known(made):
    found = splits_shown(
        made.load(), load_settings(made.root), "noisy_homes", today=date(2022, 12, 31)
    )

    assert [split.test.as_of.year for split in found.splits] == [2021]
