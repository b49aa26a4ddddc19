"""Metrics computed anew beside those of a pack: which differ, and by how much."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

PARTS = ("chosen", "splits", "comparison", "success")
"""Of metrics.json: all that follows from matrix, definition and code."""

TOLERANCE = 1e-9
"""Relative: two machines may add floating-point numbers in another order."""


@dataclass(frozen=True)
class Difference:
    """One figure that is not as it was: its place, what the pack says, what was found now."""

    place: str
    recorded: Any
    found: Any


@dataclass(frozen=True)
class Compared:
    """How many figures were held against each other, and which differ."""

    figures: int
    differences: tuple[Difference, ...]


def compare_metrics(recorded: Mapping[str, Any], found: Mapping[str, Any]) -> Compared:
    """Every figure of `PARTS`, one by one, except when the bar was put on record."""
    pairs = [pair for part in PARTS for pair in _pairs(part, recorded.get(part), found.get(part))]
    wrong = [Difference(*pair) for pair in pairs if not _agree(*pair[1:])]
    return Compared(len(pairs), tuple(wrong))


def _pairs(place: str, recorded: Any, found: Any) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(recorded, Mapping) and isinstance(found, Mapping):
        for name in sorted(set(recorded) | set(found)):
            if f"{place}.{name}" != "success.registered":
                yield from _pairs(f"{place}.{name}", recorded.get(name), found.get(name))
    elif isinstance(recorded, list) and isinstance(found, list) and len(recorded) == len(found):
        for index, (one, other) in enumerate(zip(recorded, found, strict=True)):
            yield from _pairs(f"{place}[{index}]", one, other)
    else:
        yield place, recorded, found


def _agree(recorded: Any, found: Any) -> bool:
    if isinstance(recorded, float) or isinstance(found, float):
        return (
            isinstance(recorded, int | float)
            and isinstance(found, int | float)
            and math.isclose(recorded, found, rel_tol=TOLERANCE, abs_tol=1e-12)
        )
    return bool(recorded == found)
