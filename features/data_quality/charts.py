"""Charts of a quality report, drawn as SVG: readable without colour, scripts or another host.

Places are in per cent of the width, so that letters keep their size on a telephone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

_ROW = 52  # of a label and, below it, its bar
_SPAN = 78  # per cent of the width that a whole bar takes; the rest is for the figure
_COLUMNS_HEIGHT, _HEAD, _YEARS = 200, 22, 6
_LATE = 85  # per cent of the width after which a year is not written: it would end outside


@dataclass(frozen=True)
class Bar:
    """One line of a chart: a share in [0, 1], what it was the last time, and the figure in words."""

    label: str
    share: float
    text: str
    before: float | None = None


def bar_chart(name: str, title: str, description: str, bars: Sequence[Bar]) -> str:
    """Bars of shares, each with an upright stroke for the share of the last time where it is known.

    Parameters
    ----------
    name
        Unique in the page; the ids of title and description begin with it.
    title, description
        For those who do not see the drawing.
    bars
        Lines of the chart, from the top.
    """
    parts = []
    for i, bar in enumerate(bars):
        y = _ROW * i
        parts.append(f'<text x="0" y="{y + 17}">{escape(bar.label)}</text>')
        parts.append(f'<rect class="rest" x="0" y="{y + 24}" width="{_SPAN}%" height="18"/>')
        parts.append(
            f'<rect class="bar" x="0" y="{y + 24}" width="{_SPAN * bar.share:.1f}%" height="18"/>'
        )
        if bar.before is not None:
            x = f"{_SPAN * bar.before:.1f}%"
            parts.append(f'<line class="before" x1="{x}" x2="{x}" y1="{y + 21}" y2="{y + 45}"/>')
        parts.append(f'<text x="{_SPAN + 2}%" y="{y + 38}">{escape(bar.text)}</text>')
    return _drawn(name, title, description, parts, _ROW * len(bars))


def month_chart(name: str, title: str, description: str, months: Mapping[str, int]) -> str:
    """Rows by month as upright bars; months without a row are shown as empty.

    Parameters
    ----------
    name, title, description
        As for `bar_chart`.
    months
        Rows by month, written as 2021-03, in order.
    """
    first, last = (_number(month) for month in (min(months), max(months)))
    most = max(months.values())
    step = 100 / (last - first + 1)
    floor = _COLUMNS_HEIGHT - 26
    parts = [
        f'<text class="small" x="0" y="14">most: {most:,}</text>',
        f'<line class="axis" x1="0" x2="100%" y1="{floor}" y2="{floor}"/>',
    ]
    for month, rows in months.items():
        height = (floor - _HEAD) * rows / most
        x = step * (_number(month) - first)
        parts.append(
            f'<rect class="bar" x="{x:.2f}%" y="{floor - height:.1f}" width="{step * 0.8:.2f}%" height="{height:.1f}"/>'
        )
    parts += _month_labels(first, last, step, floor + 20)
    return _drawn(name, title, description, parts, _COLUMNS_HEIGHT)


def _month_labels(first: int, last: int, step: float, y: float) -> list[str]:
    """Years under their January, or the first month where none is written."""
    years = range(ceil(first / 12), last // 12 + 1)
    shown = years[:: max(1, ceil(len(years) / _YEARS))]
    places = {step * (year * 12 - first): str(year) for year in shown}
    told = {x: text for x, text in places.items() if x <= _LATE}
    told = told or {0: f"{first // 12}-{first % 12 + 1:02d}"}
    return [f'<text class="small" x="{x:.1f}%" y="{y}">{text}</text>' for x, text in told.items()]


def _number(month: str) -> int:
    """Months since the year 0."""
    year, _, number = month.rpartition("-")
    return int(year) * 12 + int(number) - 1


def _drawn(name: str, title: str, description: str, parts: Sequence[str], height: float) -> str:
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-t {name}-d" '
        f'height="{height:g}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )
