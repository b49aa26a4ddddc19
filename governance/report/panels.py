"""Small charts side by side, one a group: a rate along dates or lengths, with its intervals."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import shorten

from governance.fairness.groups import Rate
from governance.report.charts import NARROW, WIDE, svg, text
from governance.report.document import Chart
from governance.report.scales import Scale

_GAP, _AXIS, _HEAD, _FOOT, _PLOT = 24, 42, 34, 26, 110
_TICKS = 4
_LABEL = 26
_CAPTION = 44


@dataclass(frozen=True)
class Panel:
    """One group's rate at each step."""

    label: str
    rates: tuple[Rate, ...]


@dataclass(frozen=True)
class Steps:
    """What runs along the bottom of every panel, the step that is marked, and the words below them all."""

    words: tuple[str, ...]
    title: str
    marked: int | None = None


@dataclass(frozen=True)
class _Frame:
    """Where one panel lies."""

    x: float
    y: float
    width: float
    scale: Scale
    steps: Steps

    def along(self, step: int) -> float:
        return round(self.x + (step + 0.5) * self.width / len(self.steps.words), 1)


def panel_chart(
    name: str,
    title: str,
    description: str,
    panels: Sequence[Panel],
    *,
    everyone: Panel,
    steps: Steps,
) -> Chart:
    """Chart of small panels, each group's line beside everyone's dashed one, all on one scale.

    Parameters
    ----------
    name, title, description : str
        As for `interval_chart`.
    panels : sequence of Panel
    everyone : Panel
        Drawn in each panel.
    steps : Steps
    """

    def drawn(of: str, width: float, columns: int) -> str:
        rows = -(-len(panels) // columns)
        height = rows * (_HEAD + _PLOT + _FOOT) + _CAPTION
        return svg(
            of,
            title,
            description,
            (width, height),
            _drawing(panels, everyone, steps, width, columns),
        )

    return Chart(
        title,
        description,
        drawn(name, WIDE, min(3, max(2, len(panels)))),
        drawn(f"{name}-narrow", NARROW, 1),
    )


def _drawing(
    panels: Sequence[Panel], everyone: Panel, steps: Steps, width: float, columns: int
) -> Iterator[str]:
    intervals = [r.interval for p in (*panels, everyone) for r in p.rates if r.interval]
    highest = [interval.high for interval in intervals]
    across = (width - _GAP * (columns - 1)) / columns
    for index, panel in enumerate(panels):
        row, column = divmod(index, columns)
        top = row * (_HEAD + _PLOT + _FOOT) + _HEAD
        scale = Scale.of_shares(highest, top + _PLOT, top, most_ticks=_TICKS)
        left = column * (across + _GAP) + _AXIS
        frame = _Frame(left, top, across - _AXIS, scale, steps)
        yield text(left, top - 12, shorten(panel.label, _LABEL, placeholder="…"), kind="label")
        yield from _grid(frame)
        yield from _path(frame, everyone.rates, "everyone")
        yield from _path(frame, panel.rates, "own")
        yield from _points(frame, panel.rates)
    bottom = -(-len(panels) // columns) * (_HEAD + _PLOT + _FOOT)
    yield text(0, bottom + 16, steps.title, kind="small")
    yield text(0, bottom + 34, "Dashed line: everyone together", kind="small")


def _grid(frame: _Frame) -> Iterator[str]:
    for tick in frame.scale.ticks:
        y = frame.scale.at(tick)
        yield f'<line class="grid" x1="{frame.x}" x2="{frame.x + frame.width:.1f}" y1="{y}" y2="{y}"/>'
        yield text(frame.x - 6, y + 4, frame.scale.words(tick), kind="small", anchor="end")
    for step, words in enumerate(frame.steps.words):
        if step == frame.steps.marked:
            x = frame.along(step)
            yield f'<line class="even" x1="{x}" x2="{x}" y1="{frame.y}" y2="{frame.y + _PLOT}"/>'
        yield text(frame.along(step), frame.y + _PLOT + 17, words, kind="small", anchor="middle")


def _path(frame: _Frame, rates: Sequence[Rate], kind: str) -> Iterator[str]:
    """Lines between neighbouring steps of which both are known."""
    for step in range(len(rates) - 1):
        one, other = rates[step].interval, rates[step + 1].interval
        if one and other:
            ends = [
                (frame.along(s), frame.scale.at(i.value))
                for s, i in ((step, one), (step + 1, other))
            ]
            (x1, y1), (x2, y2) = ends
            yield f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'  # fmt: skip


def _points(frame: _Frame, rates: Sequence[Rate]) -> Iterator[str]:
    for step, rate in enumerate(rates):
        x = frame.along(step)
        if rate.interval is None:
            yield text(x, frame.y + _PLOT - 8, rate.mark, kind="small", anchor="middle")
            continue
        low, high = (frame.scale.at(end) for end in (rate.interval.low, rate.interval.high))
        yield f'<line class="interval" x1="{x}" x2="{x}" y1="{low}" y2="{high}"/>'
        yield f'<circle class="point" cx="{x}" cy="{frame.scale.at(rate.interval.value)}" r="4"/>'
