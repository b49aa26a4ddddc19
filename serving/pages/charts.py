"""Charts of a score as plain geometry; the templates draw them as SVG, with the words beside them."""

from dataclasses import dataclass

from serving.answers import Explanation

HALF_WIDTH = 196
"""Units on each side of the middle line of a bar, within a drawing 400 wide."""

_COLUMNS = 20
_STEP = 20


@dataclass(frozen=True)
class Bar:
    """One contribution drawn from the middle line: to the right it raises the score, to the left it lowers it."""

    x: float
    width: float
    effect: str


@dataclass(frozen=True)
class Mark:
    """One of the hundred marks, filled or empty."""

    x: int
    y: int
    is_filled: bool


def bars_of(explanation: Explanation | None) -> list[Bar]:
    """One bar a reason, in order; the widest fills its side."""
    if explanation is None:
        return []
    largest = max((abs(reason.contribution) for reason in explanation.reasons), default=0.0) or 1.0
    bars = []
    for reason in explanation.reasons:
        width = round(HALF_WIDTH * abs(reason.contribution) / largest, 1)
        x = 200 if reason.contribution >= 0 else 200 - width
        bars.append(Bar(round(x, 1), width, reason.direction))
    return bars


def hundred_of(probability: float) -> list[Mark]:
    """A hundred marks in five rows, filled in order to the rounded probability."""
    filled = round(100 * probability)
    return [
        Mark(10 + _STEP * (i % _COLUMNS), 10 + _STEP * (i // _COLUMNS), i < filled)
        for i in range(100)
    ]
