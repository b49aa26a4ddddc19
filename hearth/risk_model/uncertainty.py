"""How far a probability may be off: its interval, by raw score, as a small table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Uncertainty:
    """Interval of the probability at some raw scores, straight lines between them.

    `scores` rise; `low` and `high` never fall along them. `level` is the share of intervals, in
    (0, 1), that are meant to hold the share with the outcome among people who score alike.
    """

    level: float
    method: str
    scores: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    def interval(self, raw: Vector, probability: Vector) -> tuple[Vector, Vector]:
        """Low and high ends at raw scores, each shape (rows,), in [0, 1].

        They hold the probability always, and never fall as the score rises.
        """
        low = np.interp(raw, self.scores, self.low)
        high = np.interp(raw, self.scores, self.high)
        return np.minimum(low, probability), np.maximum(high, probability)

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {name: list(v) if isinstance(v, tuple) else v for name, v in vars(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Uncertainty":
        """From what JSON holds."""
        ends = {name: tuple(data[name]) for name in ("scores", "low", "high")}
        return cls(**{**data, **ends})
