"""A map of shares as SVG: pattern as well as colour, withheld areas hatched, nothing but Python.

How to use it in a page::

    area_map = AreaMap.read(area_map_file(settings.state_dir, definition.area))
    drawing = draw_map("listed", "Share on the list, by area", "…", area_map, shares)

and put `drawing.svg` (the map) and `drawing.key` (what the patterns mean, a list) into the page as
they stand: both are escaped, hold no `style=`, no script and no link to elsewhere, and read at any
width, because the words are in the key and not in the map. `shares` maps an area's code to its
share, or to None where that is withheld; an area that it lacks is drawn empty. **Shares must have
passed disclosure control, and the table of the same figures must stand beside the map.**
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor

from governance.geography.area_map import SHEET, AreaMap

WITHHELD, EMPTY = "Withheld to protect people", "Nobody here was ranked"
_INK = "#0b0c0c"
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5)
_MOST_CLASSES = 5
_TILE, _SCALE = 16, 1.0
_CLASSES = (
    ("#e4eef8", ""),
    ("#c9ddf0", f'<circle cx="8" cy="8" r="2" fill="{_INK}"/>'),
    ("#9cc3e2", f'<path d="M0 8h16" stroke="{_INK}" stroke-width="1.8"/>'),
    ("#4d8fc4", f'<path d="M8 0v16M0 8h16" stroke="{_INK}" stroke-width="1.8"/>'),
    ("#0b3a66", '<circle cx="8" cy="8" r="2.8" fill="#ffffff"/>'),
)
"""Fill and marks from least to most: from bare through dots and lines to dark with light dots."""
_HATCH = f'<path d="M-4 4L4-4M0 16L16 0M12 20L20 12" stroke="{_INK}" stroke-width="1.8"/>'


@dataclass(frozen=True)
class Drawing:
    """A map and the list that says what its patterns mean, both as HTML."""

    svg: str
    key: str


def draw_map(
    name: str,
    title: str,
    description: str,
    area_map: AreaMap,
    shares: Mapping[str, float | None],
) -> Drawing:
    """Map of shares by area.

    Parameters
    ----------
    name : str
        Unique in the page; the ids of title, description and patterns begin with it.
    title, description : str
        For those who do not see the drawing.
    area_map : AreaMap
    shares : mapping of str to float or None
        Share of each area in [0, 1], by its code; None where it is withheld.
    """
    limits = class_limits([share for share in shares.values() if share is not None])
    used = {_mark(code, shares, limits) for code in (area.code for area in area_map.areas)}
    marks = [*range(len(limits) - 1), *(mark for mark in (WITHHELD, EMPTY) if mark in used)]
    outlines = [
        f'<path d="{area.path}" fill="{_fill(name, _mark(area.code, shares, limits))}">'
        f"<title>{escape(area.name)}: {_words(area.code, shares)}</title></path>"
        for area in area_map.areas
    ]
    svg = (
        f'<svg class="map" role="img" aria-labelledby="{name}-t {name}-d" '
        f'viewBox="-4 -4 {SHEET + 8} {area_map.height + 8}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>'
        f"<defs>{''.join(_pattern(name, mark) for mark in marks if mark != EMPTY)}</defs>"
        f'<g stroke="{_INK}" stroke-width="1.2" stroke-linejoin="round">{"".join(outlines)}</g></svg>'
    )
    items = "".join(
        f'<li><svg width="36" height="22" aria-hidden="true" focusable="false"><rect x="1" y="1" '
        f'width="34" height="20" fill="{_fill(name, mark)}" stroke="{_INK}"/></svg> '
        f"{_meaning(mark, limits)}</li>"
        for mark in marks
    )
    key = f'<ul class="map-key">{items}</ul><p class="note">{escape(area_map.credit)}</p>'
    return Drawing(svg, key)


def class_limits(shares: Sequence[float]) -> tuple[float, ...]:
    """Round limits of at most five classes of equal width that hold all shares; empty of none."""
    if not shares:
        return ()
    least, most = min(shares), max(shares)
    for step in _STEPS:
        first = floor(least / step + 1e-9)
        last = max(ceil(most / step - 1e-9), first + 1)
        if last - first <= _MOST_CLASSES:
            return tuple(round(step * i, 6) for i in range(first, last + 1))
    return (0.0, 1.0)


def _mark(code: str, shares: Mapping[str, float | None], limits: Sequence[float]) -> int | str:
    """Class of an area, from 0, or why it has none."""
    if code not in shares:
        return EMPTY
    share = shares[code]
    if share is None:
        return WITHHELD
    return next((i for i, top in enumerate(limits[1:-1]) if share < top), max(len(limits) - 2, 0))


def _fill(name: str, mark: int | str) -> str:
    if mark == EMPTY:
        return "#ffffff"
    return f"url(#{name}-{'hatch' if mark == WITHHELD else mark})"


def _pattern(name: str, mark: int | str) -> str:
    colour, marks = ("#ffffff", _HATCH) if isinstance(mark, str) else _CLASSES[mark]
    kind = "hatch" if isinstance(mark, str) else mark
    return (
        f'<pattern id="{name}-{kind}" width="{_TILE}" height="{_TILE}" '
        f'patternUnits="userSpaceOnUse" patternTransform="scale({_SCALE})"><rect width="{_TILE}" height="{_TILE}" '
        f'fill="{colour}"/>{marks}</pattern>'
    )


def _meaning(mark: int | str, limits: Sequence[float]) -> str:
    if isinstance(mark, str):
        return mark
    low, high = (f"{100 * limit:g}%" for limit in limits[mark : mark + 2])
    return f"{low} to {high}" if mark == len(limits) - 2 else f"{low} to under {high}"


def _words(code: str, shares: Mapping[str, float | None]) -> str:
    if code not in shares:
        return EMPTY.lower()
    share = shares[code]
    return WITHHELD.lower() if share is None else f"{100 * share:.1f}%"
