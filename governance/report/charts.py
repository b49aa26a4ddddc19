"""Charts drawn as SVG: rows of points with their intervals, readable without colour or scripts.

Each is drawn twice, for a wide page and for a telephone, and the style sheet shows one of them:
text in a drawing that is only made smaller cannot be read.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap
from typing import Literal

from governance.report.document import Chart
from governance.report.scales import Scale

Shape = Literal["circle", "ring", "diamond", "square"]

NARROW = 300
"""Width of a drawing for a telephone, in pixels of the smallest screen it must fit."""
WIDE = 720
_RIGHT, _ROW, _TOP, _BOTTOM = 172, 34, 30, 46
_LABEL_CHARACTERS, _CHARACTER, _LINE = 30, 7.4, 18
_NARROW_CHARACTERS = 34
_ROOM = 34  # between the middles of two words on an axis


@dataclass(frozen=True)
class Row:
    """One line of a chart.

    Attributes
    ----------
    value, low, high : float or None
        Point and interval; None draws the text alone.
    stated : float or None
        A second point, drawn as an upright stroke.
    text : str
        Figures to the right of the line.
    """

    label: str
    value: float | None
    low: float | None
    high: float | None
    text: str
    shape: Shape = "circle"
    stated: float | None = None


@dataclass(frozen=True)
class Axis:
    """Horizontal axis: shares from 0, or ratios on a log scale with a band of tolerance."""

    title: str
    tolerance: tuple[float, float] | None = None

    def scale(self, rows: Sequence[Row], left: float, right: float) -> Scale:
        """Scale that holds all rows."""
        ends = [v for r in rows for v in (r.value, r.low, r.high, r.stated) if v is not None]
        make = Scale.of_shares if self.tolerance is None else Scale.of_ratios
        return make(ends, left, right)


@dataclass(frozen=True)
class _Placed:
    """A row as it lies in the drawing: its words, line by line, and the height of its line."""

    row: Row
    words: tuple[tuple[float, float, str], ...]
    y: float


def interval_chart(
    name: str, title: str, description: str, rows: Sequence[Row], axis: Axis
) -> Chart:
    """Chart with one row a group: point, interval, and the figures in words.

    Parameters
    ----------
    name : str
        Unique in the page; the ids of title and description begin with it.
    title, description : str
        For those who do not see the drawing.
    rows : sequence of Row
    axis : Axis
    """
    labels = [wrap(row.label, _LABEL_CHARACTERS) or [""] for row in rows]
    left = 16 + _CHARACTER * max((len(line) for lines in labels for line in lines), default=0)
    scale = axis.scale(rows, left, WIDE - _RIGHT)
    placed = [
        _beside(row, lines, scale, _TOP + _ROW * (index + 0.5))
        for index, (row, lines) in enumerate(zip(rows, labels, strict=True))
    ]
    wide = _drawn(placed, scale, axis, _TOP + _ROW * len(rows))
    small_scale = axis.scale(rows, 12, NARROW - 14)
    stacked = list(_stacked(rows))
    floor = stacked[-1].y + _LINE if stacked else _TOP
    narrow = _drawn(stacked, small_scale, axis, floor)
    return Chart(
        title,
        description,
        svg(name, title, description, (WIDE, _TOP + _ROW * len(rows) + _BOTTOM), wide),
        svg(f"{name}-narrow", title, description, (NARROW, floor + _BOTTOM), narrow),
    )


def svg(
    name: str, title: str, description: str, size: tuple[float, float], parts: Iterable[str]
) -> str:
    """A drawing of this width and height, with the words for those who do not see it."""
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-t {name}-d" '
        f'viewBox="0 0 {size[0]} {size[1]}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-t">{escape(title)}</title>'
        f'<desc id="{name}-d">{escape(description)}</desc>{"".join(parts)}</svg>'
    )


def text(x: float, y: float, words: str, *, kind: str = "", anchor: str = "") -> str:
    """Words in a drawing."""
    kind = f' class="{kind}"' if kind else ""
    anchor = f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{kind} x="{x:g}" y="{y:.1f}"{anchor}>{escape(words)}</text>'


def _beside(row: Row, lines: Sequence[str], scale: Scale, y: float) -> _Placed:
    """Label to the left of the line, figures to its right."""
    start = y + 5 - 8 * (len(lines) - 1)
    words = [(0.0, start + 16 * i, line) for i, line in enumerate(lines)]
    return _Placed(row, (*words, (scale.end + 14, y + 5, row.text)), y)


def _stacked(rows: Sequence[Row]) -> Iterator[_Placed]:
    """Label and figures above the line."""
    y = float(_TOP)
    for row in rows:
        lines = [*wrap(row.label, _NARROW_CHARACTERS), row.text]
        words = tuple((0.0, y + _LINE * (i + 0.8), line) for i, line in enumerate(lines))
        y += _LINE * len(lines) + 14
        yield _Placed(row, words, y)
        y += 18


def _drawn(placed: Sequence[_Placed], scale: Scale, axis: Axis, floor: float) -> Iterator[str]:
    yield from _frame(scale, axis, floor)
    for each in placed:
        yield from (text(x, y, words) for x, y, words in each.words)
        yield from _line(each.row, scale, each.y)


def _frame(scale: Scale, axis: Axis, floor: float) -> Iterator[str]:
    if axis.tolerance:
        low, high = (scale.at(limit) for limit in axis.tolerance)
        yield f'<rect class="band" x="{low}" y="{_TOP - 8}" width="{round(high - low, 1)}" height="{floor - _TOP + 8}"/>'
        yield text((low + high) / 2, 14, "within tolerance", kind="small", anchor="middle")
    for tick in scale.ticks:
        x = scale.at(tick)
        kind = "even" if scale.is_log and tick == 1 else "grid"
        yield f'<line class="{kind}" x1="{x}" x2="{x}" y1="{_TOP - 8}" y2="{floor}"/>'
    for tick in scale.written(_ROOM):
        yield text(scale.at(tick), floor + 16, scale.words(tick), kind="small", anchor="middle")
    middle = (scale.start + scale.end) / 2
    yield text(middle, floor + 36, axis.title, kind="small", anchor="middle")


def _line(row: Row, scale: Scale, y: float) -> Iterator[str]:
    if row.low is not None and row.high is not None:
        yield f'<line class="interval" x1="{scale.at(row.low)}" x2="{scale.at(row.high)}" y1="{y}" y2="{y}"/>'
    if row.stated is not None:
        x = scale.at(row.stated)
        yield f'<line class="stated" x1="{x}" x2="{x}" y1="{y - 11}" y2="{y + 11}"/>'
    if row.value is not None:
        yield point(row.shape, scale.at(row.value), y)


def point(shape: Shape, x: float, y: float) -> str:
    """A point, its shape saying what its colour does."""
    if shape == "diamond":
        corners = f"{x},{y - 8} {x + 8},{y} {x},{y + 8} {x - 8},{y}"
        return f'<polygon class="point concern" points="{corners}"/>'
    if shape == "square":
        return f'<rect class="point" x="{x - 5}" y="{y - 5}" width="10" height="10"/>'
    return f'<circle class="point {shape}" cx="{x}" cy="{y}" r="6"/>'
