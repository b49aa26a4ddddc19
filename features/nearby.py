"""How many rows lie at the places within a distance of each point, added up over a grid of cells.

No pair of neighbours is ever kept: cells are at least as wide as the distance, so a point meets
the places of its own cell and of the eight around it, one after the other.
"""

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

_MOST_CELLS_ACROSS = 2_048
"""Enough for 200 m in a county of 400 km across; a wider country has wider cells."""


@dataclass(frozen=True)
class _Grid:
    """Square cells over all places: `start[c]` to `start[c + 1]` are those of cell `c` in `order`."""

    corner: tuple[float, float]
    width: float
    across: int
    order: Array
    start: Array


def rows_within(points: Array, places: Array, rows: Array, metres: float) -> Array:
    """Rows at the places no farther than so many metres from each point, in a straight line.

    Parameters
    ----------
    points, places
        Eastings and northings in metres, (points, 2) and (places, 2) float64, none missing.
    rows
        Rows at each place, (places, k) int32: k things are counted at once.
    metres
        The distance; a place as far off as this counts.

    Returns
    -------
    Array
        (points, k) int32.
    """
    counted = np.zeros((len(points), rows.shape[1]), dtype=np.int32)
    if len(places) and len(points):
        grid = _grid(places, metres)
        _add(
            points,
            np.lexsort((points // grid.width).T),
            places[grid.order],
            rows[grid.order],
            metres * metres,
            np.array([*grid.corner, grid.width]),
            grid.across,
            grid.start,
            counted,
        )
    return counted


def _grid(places: Array, metres: float) -> _Grid:
    corner = places.min(axis=0)
    extent = float((places.max(axis=0) - corner).max())
    width = max(metres, extent / _MOST_CELLS_ACROSS)
    across = int(extent // width) + 1
    east, north = ((places - corner) // width).astype(np.int64).T
    cell = east * across + north
    order = np.argsort(cell, kind="stable")
    counts = np.bincount(cell, minlength=across * across)
    start = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return _Grid((float(corner[0]), float(corner[1])), width, across, order, start)


@numba.njit(cache=True, nogil=True)
def _add(  # noqa: PLR0917 - numba compiles calls by position, of arrays and not of objects
    points: Array,
    in_turn: Array,
    places: Array,
    rows: Array,
    square: float,
    grid: Array,
    across: int,
    start: Array,
    counted: Array,
) -> None:
    """Add the rows of every place near enough to each point; neighbours in turn, to stay in cache."""
    for i in in_turn:
        x, y = points[i, 0], points[i, 1]
        east = int(np.floor((x - grid[0]) / grid[2]))
        north = int(np.floor((y - grid[1]) / grid[2]))
        low, high = max(north - 1, 0), min(north + 1, across - 1)
        if high < low:
            continue
        for column in range(max(east - 1, 0), min(east + 1, across - 1) + 1):
            for place in range(start[column * across + low], start[column * across + high + 1]):
                dx, dy = places[place, 0] - x, places[place, 1] - y
                if dx * dx + dy * dy <= square:
                    for k in range(rows.shape[1]):
                        counted[i, k] += rows[place, k]
