"""Splits drawn over time: marks on a line of text for a terminal, and an SVG that needs nothing else."""

from collections.abc import Callable, Iterator
from datetime import date
from html import escape

from training.validation.splits import Split
from training.validation.splits_shown import SplitsShown

LEGEND = {
    "●": "learnt from",
    "─": "its label window",
    "×": "purged: labels not yet known",
    "│": "model fitted",
    "◆": "tested on",
    "═": "its label window",
}
_WIDTH, _LEFT, _RIGHT, _ROW, _TOP = 920, 110, 20, 30, 44
_NARROWEST_YEAR = 40  # pixels that the name of a year takes
_STYLE = (
    "text{font:13px sans-serif;fill:#0b0c0c}.axis{stroke:#b1b4b6}.train{stroke:#1d70b8}"
    ".trained{fill:#1d70b8}.test{stroke:#d4351c;stroke-width:5}.tested{fill:#d4351c}"
    ".fit{stroke:#0b0c0c;stroke-width:2}.purged{stroke:#505a5f;stroke-width:2}"
)


def text_lines(shown: SplitsShown, width: int) -> list[str]:
    """One line of marks a split, each `width` characters; their meaning is in `LEGEND`."""
    first, last = _span(shown)

    def at(day: date) -> int:
        return min(width - 1, (day - first).days * width // max(1, (last - first).days))

    return ["".join(_marks(shown, split, at, width)) for split in shown.splits]


def text_axis(shown: SplitsShown, width: int) -> str:
    """Years above the lines of marks, as many as fit."""
    first, last = _span(shown)
    line = ""
    for year in range(first.year, last.year + 1):
        place = max(0, (date(year, 1, 1) - first).days * width // max(1, (last - first).days))
        if place + 4 <= width and (not line or place > len(line)):
            line = line.ljust(place) + str(year)
    return line.ljust(width)


def svg(shown: SplitsShown) -> str:
    """The splits as an SVG document with a title and a description, for a page or a paper."""
    first, last = _span(shown)
    scale = (_WIDTH - _LEFT - _RIGHT) / max(1, (last - first).days)
    height = _TOP + _ROW * (len(shown.splits) + 2)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" '
        'aria-labelledby="title desc">',
        f'<title id="title">Temporal splits of {escape(shown.model)}</title>',
        f'<desc id="desc">{escape(_described(shown))}</desc>',
        f"<style>{_STYLE}</style>",
        *_years(first, last, scale, height),
    ]
    for number, split in enumerate(shown.splits):
        y = _TOP + _ROW * (number + 0.5)
        parts += [f'<text x="4" y="{y + 4:.0f}">{split.test.as_of}</text>']
        parts += _row(shown, split, y, lambda day: _LEFT + (day - first).days * scale)
    parts += _svg_legend(height - _ROW / 2)
    return "\n".join([*parts, "</svg>", ""])


def _span(shown: SplitsShown) -> tuple[date, date]:
    last = max([split.test.window_end for split in shown.splits] or [shown.dates[-1].window_end])
    return shown.dates[0].as_of, last


def _marks(shown: SplitsShown, split: Split, at: Callable[[date], int], width: int) -> list[str]:
    line = [" "] * width
    for period in split.training:
        for place in range(at(period.as_of), at(period.window_end)):
            line[place] = "─"
    for place in range(at(split.test.as_of), at(split.test.window_end) + 1):
        line[place] = "═"
    for day in split.training_dates:
        line[at(day)] = "●"
    for day in shown.purged(split):
        line[at(day)] = "×"
    line[at(split.fitted_on)] = "│"
    line[at(split.test.as_of)] = "◆"
    return line


def _described(shown: SplitsShown) -> str:
    lines = [
        f"Tested on {split.test.as_of} by a model fitted on {split.fitted_on}, which learnt from "
        f"{len(split.training)} dates, {split.training_dates[0]} to {split.training_dates[-1]}."
        for split in shown.splits
    ]
    return " ".join(lines) or "No date can be tested on."


def _years(first: date, last: date, scale: float, height: float) -> Iterator[str]:
    shown_to = float("-inf")
    for year in range(first.year, last.year + 1):
        x = _LEFT + (date(year, 1, 1) - first).days * scale
        if x < _LEFT or x - shown_to < _NARROWEST_YEAR:
            continue
        shown_to = x
        yield f'<line class="axis" x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 12}" y2="{height - _ROW}"/>'
        yield f'<text x="{x:.1f}" y="{_TOP - 18}" text-anchor="middle">{year}</text>'


def _row(shown: SplitsShown, split: Split, y: float, x: Callable[[date], float]) -> Iterator[str]:
    for period in split.training:
        yield _line("train", x(period.as_of), x(period.window_end), y)
    yield _line("test", x(split.test.as_of), x(split.test.window_end), y)
    for day in split.training_dates:
        yield f'<circle class="trained" cx="{x(day):.1f}" cy="{y:.1f}" r="4"/>'
    for day in shown.purged(split):
        yield _cross(x(day), y)
    yield _bar(x(split.fitted_on), y)
    yield _diamond(x(split.test.as_of), y)


def _svg_legend(y: float) -> Iterator[str]:
    marks = [
        (
            f'<circle class="trained" cx="{_LEFT}" cy="{y:.1f}" r="4"/>',
            "learnt from, with its label window",
        ),
        (_cross(_LEFT + 250, y), "purged: labels not yet known"),
        (_bar(_LEFT + 460, y), "model fitted"),
        (_diamond(_LEFT + 570, y), "tested on, with its label window"),
    ]
    places = (_LEFT, _LEFT + 250, _LEFT + 460, _LEFT + 570)
    for place, (mark, said) in zip(places, marks, strict=True):
        yield mark
        yield f'<text x="{place + 10}" y="{y + 4:.1f}">{said}</text>'


def _line(kind: str, start: float, end: float, y: float) -> str:
    return f'<line class="{kind}" x1="{start:.1f}" x2="{end:.1f}" y1="{y:.1f}" y2="{y:.1f}"/>'


def _cross(x: float, y: float) -> str:
    return f'<path class="purged" d="M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"/>'


def _bar(x: float, y: float) -> str:
    return f'<line class="fit" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 10:.1f}" y2="{y + 10:.1f}"/>'


def _diamond(x: float, y: float) -> str:
    return f'<path class="tested" d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z"/>'
