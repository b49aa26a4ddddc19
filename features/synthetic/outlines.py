"""Outlines of the made-up council's areas and wards, as GeoJSON that `hearth areas` reads."""

import json
from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from features.synthetic.places import (
    AREA_SIDE,
    AREAS_PER_BLOCK,
    MARGIN,
    SEA,
    TOWNS,
    WARDS_PER_BLOCK,
    area_square,
    area_text,
    ward_text,
)

CREDIT: Final = "Made-up areas of a made-up council: no place on this map is real."
KINDS: Final = ("lsoa", "ward")
"""Columns of the council's homes that say in which area each lies."""
_PER_WARD: Final = AREAS_PER_BLOCK // WARDS_PER_BLOCK
_BEND: Final = MARGIN - 8  # metres; a home's distance from its street's line is less than 8
_GRID: Final = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}


def outlines(blocks: int) -> dict[str, str]:
    """GeoJSON of every kind of area of a council of so many blocks, by the column that names it.

    A square is bent at its corners and the middles of its sides, so little that every home stays
    in its area, and neighbours are bent together.
    """
    areas = np.arange(blocks * AREAS_PER_BLOCK, dtype=np.int64)
    columns, rows = (side.tolist() for side in area_square(areas))
    wards = range(0, len(areas), _PER_WARD)
    return {
        "lsoa": _collection(
            _feature(area_text(i), f"{TOWNS[i % len(TOWNS)]} {i + 1}", columns[i], rows[i], 1)
            for i in range(len(areas))
        ),
        "ward": _collection(
            _feature(ward_text(i // _PER_WARD), f"Ward {i // _PER_WARD + 1}", columns[i], rows[i], _PER_WARD)
            for i in wards
        ),
    }  # fmt: skip


def _collection(features: Iterator[dict[str, Any]]) -> str:
    held = {"type": "FeatureCollection", "crs": _GRID, "features": list(features)}
    return json.dumps(held) + "\n"


def _feature(code: str, name: str, column: int, row: int, across: int) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"code": code, "name": name},
        "geometry": {"type": "Polygon", "coordinates": [list(_ring(column, row, across))]},
    }


def _ring(column: int, row: int, across: int) -> Iterator[tuple[int, int]]:
    """Points round squares in a row, anticlockwise, in steps of half a side; the last is the first."""
    left, right, low, high = 2 * column, 2 * (column + across), 2 * row, 2 * row + 2
    yield from (_point(x, low) for x in range(left, right))
    yield from (_point(right, y) for y in range(low, high))
    yield from (_point(x, high) for x in range(right, left, -1))
    yield from (_point(left, y) for y in range(high, low - 1, -1))


def _point(half_column: int, half_row: int) -> tuple[int, int]:
    """Easting and northing of a point of the lattice, bent by a lot that is its own."""
    east, north = np.random.default_rng([half_column, half_row]).integers(-_BEND, _BEND + 1, 2)
    half = AREA_SIDE // 2
    return SEA[0] + half_column * half + int(east), SEA[1] + half_row * half + int(north)
