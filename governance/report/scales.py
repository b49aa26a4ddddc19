"""Scales of charts: where a value stands, and which values are written along the axis."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, log
from typing import Self

_RATIO_TICKS = (0.1, 0.2, 0.5, 0.8, 1, 1.25, 2, 5, 10)
_PERCENT_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
_MOST_TICKS = 6


@dataclass(frozen=True)
class Scale:
    """From values to places between `start` and `end`, in the drawing's units."""

    low: float
    high: float
    start: float
    end: float
    ticks: tuple[float, ...]
    is_log: bool = False

    @classmethod
    def of_shares(
        cls, values: Iterable[float], start: float, end: float, *, most_ticks: int = _MOST_TICKS
    ) -> Self:
        """Shares from 0 up, ticks at round percentages."""
        top = min(1.0, max([0.05, *values]))
        step = next((s for s in _PERCENT_STEPS if top / s <= most_ticks), _PERCENT_STEPS[-1])
        ticks = tuple(step * i for i in range(ceil(round(top / step, 6)) + 1))
        return cls(0.0, ticks[-1], start, end, ticks)

    @classmethod
    def of_ratios(cls, values: Iterable[float], start: float, end: float) -> Self:
        """Ratios on a log scale that holds a half and a double at least."""
        above = [value for value in values if value > 0]
        low = max(_RATIO_TICKS[0], min([0.5, *above]))
        high = min(_RATIO_TICKS[-1], max([2.0, *above]))
        ticks = tuple(tick for tick in _RATIO_TICKS if low <= tick <= high)
        return cls(low, high, start, end, ticks, is_log=True)

    def at(self, value: float) -> float:
        """Place of a value; one beyond an end is put at it."""
        inside = min(self.high, max(self.low, value))
        share = (
            log(inside / self.low) / log(self.high / self.low)
            if self.is_log
            else (inside - self.low) / (self.high - self.low)
        )
        return round(self.start + share * (self.end - self.start), 1)

    def written(self, room: float) -> Sequence[float]:
        """Ticks whose words have room beside each other, 1 of a ratio first."""
        kept = list[float]()
        for tick in sorted(self.ticks, key=lambda tick: (tick != 1) if self.is_log else tick):
            if all(abs(self.at(tick) - self.at(other)) >= room for other in kept):
                kept.append(tick)
        return sorted(kept)

    def words(self, tick: float) -> str:
        """A tick as it is written."""
        return f"{tick:g}" if self.is_log else f"{100 * tick:.0f}%"
