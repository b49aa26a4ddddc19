import gzip
import json
from pathlib import Path

import pytest
import shapely

from features.synthetic.outlines import CREDIT, outlines
from governance.geography.area_map import SHEET, AreaMap
from governance.geography.boundaries import read_boundaries
from hearth.errors import DataError

SHEFFIELD = Path(__file__).parents[3] / "data" / "areas" / "sheffield_lsoa_sample.geojson.gz"
ONS = {"column": "lsoa", "code": "LSOA21CD", "name": "LSOA21NM", "credit": "ONS, OGL v3.0"}
MADE_UP = {"column": "lsoa", "code": "code", "name": "name", "credit": CREDIT}
SQUARES = {
    "type": "FeatureCollection",
    "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}},
    "features": [
        {
            "type": "Feature",
            "properties": {"code": f"A{i}", "name": f"Square {i}"},
            "geometry": {
                "type": "Polygon",
                "coordinates": [[[i, 0], [i + 1, 0], [i + 1, 1], [i, 1], [i, 0]]],
            },
        }
        for i in (1, 2)
    ],
}


@pytest.fixture
def written(tmp_path):
    def write(**changes):
        path = tmp_path / "squares.geojson"
        path.write_text(json.dumps({**SQUARES, **changes}))
        return path

    return write


def points(path):
    """Absolute points of the first ring of an SVG path of relative steps."""
    start, steps = path.split("z")[0].removeprefix("M").split("l")
    found = [tuple(map(int, start.split()))]
    numbers = list(map(int, steps.split()))
    for x, y in zip(numbers[::2], numbers[1::2], strict=True):
        found.append((found[-1][0] + x, found[-1][1] + y))
    return found


def test_squares_of_the_british_grid_fill_the_sheet_with_north_at_the_top(written):
    area_map = read_boundaries(written(), **MADE_UP)

    assert [area.code for area in area_map.areas] == ["A1", "A2"]
    assert set(points(area_map.areas[0].path)) == {(0, 0), (500, 0), (500, 500), (0, 500)}
    assert area_map.height == SHEET // 2


def test_degrees_are_brought_to_the_grid_so_that_sheffield_is_wider_than_high():
    area_map = read_boundaries(SHEFFIELD, **ONS)

    corners = [point for area in area_map.areas for point in points(area.path)]
    assert max(x for x, _ in corners) == SHEET
    assert max(y for _, y in corners) == area_map.height
    held = json.loads(gzip.decompress(SHEFFIELD.read_bytes()))["features"]
    degrees = shapely.total_bounds([shapely.from_geojson(json.dumps(f["geometry"])) for f in held])
    squashed = (degrees[3] - degrees[1]) / (degrees[2] - degrees[0])
    # A degree of longitude at Sheffield is 0.598 of one of latitude: cos 53.3°, on the ellipsoid.
    assert area_map.height / SHEET == pytest.approx(squashed / 0.598, rel=0.02)


def test_simplified_neighbours_leave_no_gap():
    area_map = read_boundaries(SHEFFIELD, **ONS)

    shapes = [shapely.make_valid(shapely.Polygon(points(a.path))) for a in area_map.areas]
    whole = shapely.union_all(shapes)
    assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, rel=0.005)


def test_the_file_of_a_map_is_read_as_it_was_written(written, tmp_path):
    area_map = read_boundaries(written(), **MADE_UP)
    (tmp_path / "lsoa.json").write_text(area_map.as_json())

    assert AreaMap.read(tmp_path / "lsoa.json") == area_map


def test_a_file_that_is_no_map_is_refused(tmp_path):
    (tmp_path / "lsoa.json").write_text('{"areas": [{}]}')

    with pytest.raises(DataError, match="make it again with `hearth areas`"):
        AreaMap.read(tmp_path / "lsoa.json")


def test_properties_that_are_not_there_are_told_together_with_those_that_are(written):
    with pytest.raises(DataError) as refused:
        read_boundaries(written(), **{**MADE_UP, "code": "LSOA21CD", "name": "LSOA21NM"})

    said = str(refused.value)
    assert "`LSOA21CD` is missing from 2 of 2 areas" in said
    assert "`LSOA21NM` is missing" in said
    assert "name one of code, name" in said


def test_metres_that_do_not_say_so_are_refused(written):
    far = json.loads(json.dumps(SQUARES["features"]).replace("[1,", "[400001,"))

    with pytest.raises(DataError, match="EPSG:27700"):
        read_boundaries(written(crs=None, features=far), **MADE_UP)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"features": []}', b"\x1f\x8b"])
def test_what_is_no_geojson_is_refused(tmp_path, content):
    for name in ("areas.geojson", "areas.geojson.gz"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(DataError, match="is no GeoJSON"):
            read_boundaries(tmp_path / name, **MADE_UP)


def test_points_in_place_of_outlines_are_refused(written):
    centre = {**SQUARES["features"][0], "geometry": {"type": "Point", "coordinates": [1, 1]}}

    with pytest.raises(DataError, match="download boundaries, not centres"):
        read_boundaries(written(features=[centre]), **MADE_UP)


@pytest.mark.parametrize("column", ["lsoa", "ward"])
def test_the_made_up_council_s_areas_part_a_square_of_sea(tmp_path, column):
    (tmp_path / "made.geojson").write_text(outlines(4)[column])

    area_map = read_boundaries(tmp_path / "made.geojson", **{**MADE_UP, "column": column})

    assert len(area_map.areas) == {"lsoa": 80, "ward": 16}[column]
    assert all(area.code.startswith("X") for area in area_map.areas)
    assert 0.7 < area_map.height / SHEET < 1.0
