"""The map beside a table of areas: outlines that `hearth areas` kept, shares that disclosure control let through."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from markupsafe import Markup

from governance.geography.area_map import AreaMap, area_map_file
from governance.geography.drawing import draw_map
from hearth.errors import DataError


@dataclass(frozen=True)
class ShownMap:
    """A map and what its patterns mean, as HTML that is safe to put into a page."""

    svg: Markup
    key: Markup


def map_of(
    state_dir: Path, areas: Sequence[Mapping[str, Any]], *, is_whole: bool
) -> ShownMap | None:
    """Map of the share on the list; None where no outlines of all these areas are kept.

    Parameters
    ----------
    areas
        Rows of the table, each with its `area` and its `share`, None where it is withheld.
    is_whole
        Whether these are all areas; if not, no other is drawn.
    """
    shares = {str(row["area"]): row["share"] for row in areas if row["area"] is not None}
    area_map = _outlines_of(state_dir, frozenset(shares))
    if area_map is None:
        return None
    if not is_whole:
        seen = tuple(area for area in area_map.areas if area.code in shares)
        area_map = replace(area_map, areas=seen)
    drawing = draw_map(
        "listed",
        "Share on the list, by area",
        "A map of the figures of the table: the darker the pattern, the larger the share of an area's "
        "entities that is on the list.",
        area_map,
        shares,
    )
    return ShownMap(Markup(drawing.svg), Markup(drawing.key))  # noqa: S704 draw_map escapes every name


def _outlines_of(state_dir: Path, codes: frozenset[str]) -> AreaMap | None:
    """The map that has every one of these areas, of those kept; one that cannot be read is no map."""
    folder = area_map_file(state_dir, "any").parent
    for path in sorted(folder.glob("*.json")) if codes else ():
        try:
            found = AreaMap.read(path)
        except DataError:
            continue
        if codes <= {area.code for area in found.areas}:
            return found
    return None
