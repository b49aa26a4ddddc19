import json

import numpy as np
import pyarrow.compute as pc
import pytest
import shapely

from features.synthetic.council import outline_file
from features.synthetic.places import area_square


@pytest.mark.parametrize("column", ["lsoa", "ward"])
def test_every_made_up_home_lies_in_the_outline_of_its_area(council, column):
    held = json.loads((council.folder / outline_file(column)).read_text())["features"]
    shapes = {
        f["properties"]["code"]: shapely.from_geojson(json.dumps(f["geometry"])) for f in held
    }
    homes = council.table("properties").filter(pc.is_valid(council.table("properties")[column]))
    inside = shapely.contains_xy(
        [shapes[code] for code in homes[column].to_pylist()],
        homes["easting"].to_numpy().astype(float),
        homes["northing"].to_numpy().astype(float),
    )

    assert inside.all()


def test_areas_fill_a_square_and_none_lies_on_another():
    columns, rows = area_square(np.arange(16 * 20))

    assert len(set(zip(columns.tolist(), rows.tolist(), strict=True))) == 16 * 20
    assert (columns.max() + 1, rows.max() + 1) == (20, 16)
