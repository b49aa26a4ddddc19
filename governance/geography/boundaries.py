"""Boundaries from GeoJSON, brought to the British National Grid, simplified, and put on one sheet."""

import gzip
import json
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry import MultiPolygon, Polygon

from governance.geography.area_map import SHEET, Area, AreaMap
from hearth.errors import DataError, Fault

MOST_AREAS = 5000
"""More than any one council has of small areas: a file of more is of a whole country."""
_BRITISH_GRID = "27700"
_DEGREES = ("CRS84", "4326")
_TOLERANCE = 1.2  # of the sheet's units: a bend smaller than this is not seen
_KINDS = {"Polygon", "MultiPolygon"}


def read_boundaries(path: Path, *, column: str, code: str, name: str, credit: str) -> AreaMap:
    """Areas of a GeoJSON file (.geojson, or .geojson.gz) as they are drawn.

    Coordinates are degrees of longitude and latitude, as GeoJSON has them, or eastings and
    northings where the file's `crs` says EPSG:27700. Neighbours are simplified together, so that
    no gap opens between them.

    Parameters
    ----------
    path : Path
    column : str
        What definitions call this kind of area.
    code, name : str
        Properties of a feature that hold the area's code and its name.
    credit : str
        Whose boundaries they are.

    Raises
    ------
    DataError
        If the file is no such GeoJSON; all faults together.
    """
    features, crs = _features(path)
    faults = list(_faults(path.name, features, code, name))
    if faults:
        raise DataError(faults)
    shapes = _on_sheet(_in_metres(path.name, shapely.from_geojson(_geometries(features)), crs))
    height = float(shapely.total_bounds(shapes)[3])
    simple = shapely.coverage_simplify(shapes, _TOLERANCE)
    areas = sorted(
        (str(f["properties"][code]), str(f["properties"][name]), _path(shape))
        for f, shape in zip(features, simple, strict=True)
    )
    return AreaMap(column, credit, round(height), tuple(Area(*area) for area in areas))


def _features(path: Path) -> tuple[list[dict[str, Any]], str]:
    """Features of the file and the name of its coordinate system, empty where it gives none."""
    found = "is no GeoJSON collection of features with properties"
    remedy = "download the boundaries as GeoJSON, from the ONS Open Geography portal for one"
    refusal = DataError([Fault(path.name, "", found, remedy)])
    content = path.read_bytes()
    try:
        held = json.loads(gzip.decompress(content) if path.suffix == ".gz" else content)
        features = held["features"]
        crs = (held.get("crs") or {}).get("properties", {}).get("name", "")
        is_whole = bool(features) and all(isinstance(f["properties"], dict) for f in features)
    except (ValueError, KeyError, TypeError, AttributeError, OSError, EOFError, zlib.error):
        raise refusal from None
    if not is_whole:
        raise refusal
    return features, str(crs)


def _faults(file: str, features: Sequence[dict[str, Any]], code: str, name: str) -> Iterator[Fault]:
    held = sorted({key for feature in features for key in feature["properties"]})
    for wanted in dict.fromkeys((code, name)):
        lacking = sum(feature["properties"].get(wanted) in {None, ""} for feature in features)
        if lacking:
            found = f"is missing from {lacking} of {len(features)} areas"
            yield Fault(file, wanted, found, f"name one of {', '.join(held)}")
    codes = [str(f["properties"][code]) for f in features if f["properties"].get(code)]
    if len(set(codes)) < len(codes):
        yield Fault(
            file,
            code,
            "names an area twice",
            "name the property that holds the code of the small area",
        )
    if len(features) > MOST_AREAS:
        yield Fault(
            file,
            "features",
            f"are {len(features):,}, more than the {MOST_AREAS:,} areas of any council",
            "download the areas of your council only",
        )
    drawn = sum((feature.get("geometry") or {}).get("type") in _KINDS for feature in features)
    if drawn < len(features):
        found = f"is no polygon in {len(features) - drawn} areas"
        yield Fault(file, "geometry", found, "download boundaries, not centres")


def _geometries(features: Sequence[dict[str, Any]]) -> list[str]:
    return [json.dumps(feature["geometry"]) for feature in features]


def _in_metres(file: str, shapes: NDArray[np.object_], crs: str) -> NDArray[np.object_]:
    """Shapes in eastings and northings."""
    if _BRITISH_GRID in crs:
        return shapes
    west, south, east, north = shapely.total_bounds(shapes)
    is_degrees = west >= -180 and south >= -90 and east <= 180 and north <= 90  # noqa: PLR2004 the globe
    if (crs and not any(each in crs for each in _DEGREES)) or not is_degrees:
        fault = Fault(
            file,
            "crs",
            "is neither longitude and latitude (WGS 84) nor the British National Grid (EPSG:27700)",
            "download the file in one of them; in EPSG:27700 its `crs` must say so",
        )
        raise DataError([fault])
    grid = Transformer.from_crs("OGC:CRS84", f"EPSG:{_BRITISH_GRID}", always_xy=True)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(grid.transform(points[:, 0], points[:, 1]))

    found: NDArray[np.object_] = shapely.transform(shapes, moved)
    return found


def _on_sheet(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Shapes with north at the top of the sheet and the width of all of them across it."""
    west, _, east, north = shapely.total_bounds(shapes)
    scale = SHEET / (east - west)

    def moved(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(((points[:, 0] - west) * scale, (north - points[:, 1]) * scale))

    found: NDArray[np.object_] = shapely.transform(shapes, moved)
    return found


def _path(shape: Polygon | MultiPolygon) -> str:
    """Rings of a shape as the `d` of an SVG path, in whole units, each point from the last."""
    parts = shape.geoms if isinstance(shape, MultiPolygon) else (shape,)
    rings = [ring for part in parts for ring in (part.exterior, *part.interiors)]
    return "".join(_ring(np.round(shapely.get_coordinates(ring)).astype(int)) for ring in rings)


def _ring(points: NDArray[np.int_]) -> str:
    steps = np.diff(points[:-1], axis=0)
    steps = steps[np.any(steps != 0, axis=1)]
    first = f"M{points[0][0]} {points[0][1]}"
    return f"{first}l{' '.join(f'{x} {y}' for x, y in steps)}z" if len(steps) else f"{first}z"
