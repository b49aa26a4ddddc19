"""Charts of a quality report, drawn as SVG: readable without colour, scripts or another host."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil

_WIDTH, _ROW, _TOP, _BOTTOM = 720, 26, 6, 6
_CHARACTER, _LONGEST, _FIGURES = 7.4, 30, 84
_COLUMNS_HEIGHT, _AXIS, _YEARS = 200, 56, 10


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
    labels = [
        bar.label if len(bar.label) <= _LONGEST else bar.label[: _LONGEST - 1] + "…" for bar in bars
    ]
    left = 12 + _CHARACTER * max(map(len, labels), default=0)
    span = _WIDTH - _FIGURES - left
    parts = []
    for i, (bar, label) in enumerate(zip(bars, labels, strict=True)):
        y = _TOP + _ROW * i
        parts.append(f'<text x="0" y="{y + 17}">{escape(label)}</text>')
        parts.append(
            f'<rect class="rest" x="{left:.1f}" y="{y + 4}" width="{span:.1f}" height="18"/>'
        )
        parts.append(
            f'<rect class="bar" x="{left:.1f}" y="{y + 4}" width="{span * bar.share:.1f}" height="18"/>'
        )
        if bar.before is not None:
            x = left + span * bar.before
            parts.append(
                f'<line class="before" x1="{x:.1f}" x2="{x:.1f}" y1="{y + 1}" y2="{y + 25}"/>'
            )
        parts.append(f'<text x="{_WIDTH - _FIGURES + 10}" y="{y + 17}">{escape(bar.text)}</text>')
    return _drawn(name, title, description, parts, _TOP + _ROW * len(bars) + _BOTTOM)


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
    step = (_WIDTH - _AXIS) / (last - first + 1)
    floor = _COLUMNS_HEIGHT - 26
    parts = [
        f'<line class="axis" x1="{_AXIS}" x2="{_WIDTH}" y1="{floor}" y2="{floor}"/>',
        f'<text class="small" x="{_AXIS - 6}" y="18" text-anchor="end">{most:,}</text>',
        f'<text class="small" x="{_AXIS - 6}" y="{floor}" text-anchor="end">0</text>',
    ]
    for month, rows in months.items():
        height = (floor - 10) * rows / most
        x = _AXIS + step * (_number(month) - first)
        parts.append(
            f'<rect class="bar" x="{x:.1f}" y="{floor - height:.1f}" width="{max(0.5, step * 0.8):.1f}" height="{height:.1f}"/>'
        )
    parts += _month_labels(first, last, step, floor + 20)
    return _drawn(name, title, description, parts, _COLUMNS_HEIGHT)


def _month_labels(first: int, last: int, step: float, y: float) -> list[str]:
    """Years under their January, or the first month where none begins."""
    years = range(ceil(first / 12), last // 12 + 1)
    told = {year * 12: str(year) for year in years[:: max(1, ceil(len(years) / _YEARS))]}
    told = told or {first: f"{first // 12}-{first % 12 + 1:02d}"}
    return [
        f'<text class="small" x="{_AXIS + step * (month - first):.1f}" y="{y}">{text}</text>'
        for month, text in told.items()
    ]


def _number(month: str) -> int:
    """Months since the year 0."""
    year, _, number = month.rpartition("-")
    return int(year) * 12 + int(number) - 1


def _drawn(name: str, title: str, description: str, parts: Sequence[str], height: float) -> str:
    return (
        f'<svg class="chart" role="img" aria-labelledby="{name}-t {name}-d" '
        f'viewBox="0 0 {_WIDTH} {height:g}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        f"{''.join(parts)}</svg>"
    )
