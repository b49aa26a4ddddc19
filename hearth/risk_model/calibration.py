"""From a raw score to a probability."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """Map from raw score to probability: `isotonic` by knots, or `platt` by slope and intercept.

    References
    ----------
    Platt (1999); Zadrozny & Elkan (2002).
    """

    method: str
    knots: tuple[tuple[float, float], ...] = ()
    slope: float = 1.0
    intercept: float = 0.0

    def probability(self, raw: Vector) -> Vector:
        """Probability of each raw score, in [0, 1], never falling as the score rises."""
        if self.method == "isotonic":
            xs, ys = zip(*self.knots, strict=True)
            return np.asarray(np.interp(raw, xs, ys), dtype=np.float64)
        z = np.clip(self.slope * raw + self.intercept, -500, 500)
        return np.asarray(1.0 / (1.0 + np.exp(-z)))

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {**vars(self), "knots": [list(knot) for knot in self.knots]}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Calibration":
        """From what JSON holds."""
        return cls(**{**data, "knots": tuple((x, y) for x, y in data["knots"])})
