"""Charts drawn as SVG: rows of points with their intervals, readable without colour or scripts."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, log
from textwrap import wrap
from typing import Literal

from governance.report.document import Chart

Shape = Literal["circle", "ring", "diamond", "square"]

_WIDTH, _RIGHT, _ROW, _TOP, _BOTTOM = 720, 172, 34, 30, 46
_LABEL_CHARACTERS, _CHARACTER = 30, 7.4
_RATIO_TICKS = (0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10)
_PERCENT_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
_MOST_TICKS = 6


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

    @property
    def is_ratio(self) -> bool:
        """Whether values are ratios, which are drawn on a log scale."""
        return self.tolerance is not None


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
    scale = _Scale.fitting(rows, axis, left)
    height = _TOP + _ROW * len(rows) + _BOTTOM
    parts = [
        f'<svg class="chart" role="img" aria-labelledby="{name}-t {name}-d" '
        f'viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">',
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>',
        *_frame(scale, axis, height),
    ]
    for index, (row, lines) in enumerate(zip(rows, labels, strict=True)):
        parts += _row(row, lines, scale, _TOP + _ROW * (index + 0.5))
    parts.append("</svg>")
    return Chart(title, description, "".join(parts))


@dataclass(frozen=True)
class _Scale:
    low: float
    high: float
    left: float
    right: float
    is_log: bool
    ticks: tuple[float, ...]

    @classmethod
    def fitting(cls, rows: Sequence[Row], axis: Axis, left: float) -> "_Scale":
        ends = [v for r in rows for v in (r.value, r.low, r.high, r.stated) if v is not None]
        if axis.is_ratio:
            inside = [v for v in ends if v > 0]
            low = max(_RATIO_TICKS[0], min([0.5, *inside]))
            high = min(_RATIO_TICKS[-1], max([2.0, *inside]))
            ticks = tuple(t for t in _RATIO_TICKS if low <= t <= high)
            return cls(low, high, left, _WIDTH - _RIGHT, is_log=True, ticks=ticks)
        top = min(1.0, max([0.05, *ends]))
        step = next((s for s in _PERCENT_STEPS if top / s <= _MOST_TICKS), _PERCENT_STEPS[-1])
        count = ceil(round(top / step, 6))
        ticks = tuple(step * i for i in range(count + 1))
        return cls(0.0, ticks[-1], left, _WIDTH - _RIGHT, is_log=False, ticks=ticks)

    def x(self, value: float) -> float:
        inside = min(self.high, max(self.low, value))
        share = (
            log(inside / self.low) / log(self.high / self.low)
            if self.is_log
            else (inside - self.low) / (self.high - self.low)
        )
        return round(self.left + share * (self.right - self.left), 1)


def _frame(scale: _Scale, axis: Axis, height: float) -> list[str]:
    floor = height - _BOTTOM
    parts = []
    if axis.tolerance:
        low, high = (scale.x(limit) for limit in axis.tolerance)
        parts += [
            f'<rect class="band" x="{low}" y="{_TOP - 8}" width="{round(high - low, 1)}" height="{floor - _TOP + 8}"/>',
            f'<text class="small" x="{(low + high) / 2:.1f}" y="14" text-anchor="middle">within tolerance</text>',
        ]
    for tick in scale.ticks:
        x = scale.x(tick)
        kind = "even" if axis.is_ratio and tick == 1 else "grid"
        words = f"{tick:g}" if axis.is_ratio else f"{100 * tick:.0f}%"
        parts += [
            f'<line class="{kind}" x1="{x}" x2="{x}" y1="{_TOP - 8}" y2="{floor}"/>',
            f'<text class="small" x="{x}" y="{floor + 16}" text-anchor="middle">{words}</text>',
        ]
    middle = (scale.left + scale.right) / 2
    parts.append(
        f'<text class="small" x="{middle:.1f}" y="{floor + 36}" text-anchor="middle">{escape(axis.title)}</text>'
    )
    return parts


def _row(row: Row, lines: list[str], scale: _Scale, y: float) -> list[str]:
    start = y + 5 - 8 * (len(lines) - 1)
    parts = [
        f'<text x="0" y="{start + 16 * i:.1f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]
    parts.append(f'<text x="{scale.right + 14}" y="{y + 5:.1f}">{escape(row.text)}</text>')
    if row.low is not None and row.high is not None:
        parts.append(
            f'<line class="interval" x1="{scale.x(row.low)}" x2="{scale.x(row.high)}" y1="{y}" y2="{y}"/>'
        )
    if row.stated is not None:
        x = scale.x(row.stated)
        parts.append(f'<line class="stated" x1="{x}" x2="{x}" y1="{y - 11}" y2="{y + 11}"/>')
    if row.value is not None:
        parts.append(_point(row.shape, scale.x(row.value), y))
    return parts


def _point(shape: Shape, x: float, y: float) -> str:
    if shape == "diamond":
        corners = f"{x},{y - 8} {x + 8},{y} {x},{y + 8} {x - 8},{y}"
        return f'<polygon class="point concern" points="{corners}"/>'
    if shape == "square":
        return f'<rect class="point" x="{x - 5}" y="{y - 5}" width="10" height="10"/>'
    return f'<circle class="point {shape}" cx="{x}" cy="{y}" r="6"/>'
