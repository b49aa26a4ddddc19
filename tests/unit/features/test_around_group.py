"""Features of the homes around, from a definition to the matrix."""

import pytest

from features.matrix import read_matrix
from hearth.errors import DefinitionError

GROUP = """features:
  - group: near
    source: complaints
    follow: address
    {around}
    windows: [12m, all]
    split_by: topic
    reason: {{title: Near, text: "Complaints near here: {{{name}}}, {{comparison}}"}}
"""
AREA = ("around: {area: lsoa}", "near_around_rate_12m")
WITHIN = ("around: {within: 100m}", "near_around_count_12m")
HOMES = """uprn,lsoa,use,rooms,recorded_on,easting,northing
100,E01,home,4,2015-01-01,0,0
200,E01,home,3,2015-01-01,60,80
300,E01,shop,,2015-01-01,61,80
"""


def _place(council, group):
    """Give the model this group first, and homes coordinates."""
    around, name = group
    path = council.root / "models" / "letting" / "model.yaml"
    path.write_text(
        path.read_text().replace("features:\n", GROUP.format(around=around, name=name), 1)
    )
    contract = council.root / "features" / "sources" / "homes.yaml"
    coordinates = "  easting: {type: number}\n  northing: {type: number}\n"
    contract.write_text(contract.read_text() + coordinates)
    council.write("homes", HOMES)


def _features(council):
    council.build("letting")
    return read_matrix(council.settings, "letting").features.to_pydict()


def test_a_rate_is_of_the_other_properties_of_the_area(small_council):
    _place(small_council, AREA)
    made = _features(small_council)
    # as of September 2022, 200 was complained of in the year before; c2 of 100 came earlier
    assert made["entity_id"] == ["100", "200"] * 2
    assert made["near_around_rate_12m"] == [0, 1000, 500, 0]
    assert made["near_around_rate_noise_all"] == [0, 500, 500, 1000]


def test_a_count_within_a_distance_leaves_out_the_home_itself_and_those_farther_off(small_council):
    _place(small_council, WITHIN)
    made = _features(small_council)
    assert made["near_around_count_all"] == [0, 2, 1, 3]
    small_council.write("homes", HOMES.replace("60,80", "60,81"))
    assert _features(small_council)["near_around_count_all"] == [0, 0, 0, 0]


def test_a_home_whose_place_is_not_known_has_no_count(small_council):
    _place(small_council, WITHIN)
    path = small_council.root / "features" / "sources" / "homes.yaml"
    path.write_text(
        path.read_text().replace(
            "easting: {type: number}", "easting: {type: number, missing: allowed}"
        )
    )
    small_council.write("homes", HOMES.replace(",60,80", ",,80"))
    assert _features(small_council)["near_around_count_all"] == [0, None, 0, None]


@pytest.mark.parametrize(("group", "columns"), [(AREA, "ward"), (WITHIN, "easting and northing")])
def test_where_no_source_says_where_homes_lie_the_definition_is_refused(
    small_council, group, columns
):
    around, name = group
    path = small_council.root / "models" / "letting" / "model.yaml"
    text = GROUP.format(around=around.replace("lsoa", "ward"), name=name)
    path.write_text(path.read_text().replace("features:\n", text, 1))
    found = f"`features[0].around` needs to know where homes lie, but no source about them holds {columns}"
    with pytest.raises(DefinitionError, match=found.replace("[", r"\[")):
        _ = small_council.catalogue
