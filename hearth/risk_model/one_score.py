"""What one raw score says: the figures that the arrays' code gives, without the cost of an array of one."""

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence

from hearth.risk_model.calibration import Calibration
from hearth.risk_model.uncertainty import Uncertainty

_FARTHEST = 500.0  # log-odds beyond which a float's exponential says no more


class OneScore:
    """Probability and interval of one raw score at a time, as `RiskModel` gives them for many."""

    def __init__(self, calibration: Calibration, uncertainty: Uncertainty | None) -> None:
        self._probability = _curve_of(calibration)
        self._ends = (
            None
            if uncertainty is None
            else (
                _lines(uncertainty.scores, uncertainty.low),
                _lines(uncertainty.scores, uncertainty.high),
            )
        )

    def probability(self, raw: float) -> float:
        """Probability of a raw score, in [0, 1]."""
        return self._probability(raw)

    def interval(self, raw: float) -> tuple[float, float] | None:
        """Ends of the interval around its probability; None where the bundle has none."""
        if self._ends is None:
            return None
        low, high = self._ends
        probability = self._probability(raw)
        return min(low(raw), probability), max(high(raw), probability)


def _curve_of(calibration: Calibration) -> Callable[[float], float]:
    if calibration.method == "isotonic":
        xs, ys = zip(*calibration.knots, strict=True)
        return _lines(xs, ys)
    slope, intercept = calibration.slope, calibration.intercept

    def platt(raw: float) -> float:
        z = min(max(slope * raw + intercept, -_FARTHEST), _FARTHEST)
        return 1.0 / (1.0 + math.exp(-z))

    return platt


def _lines(xs: Sequence[float], ys: Sequence[float]) -> Callable[[float], float]:
    """Straight lines between knots that rise, flat beyond them: `numpy.interp` of one number."""
    last = len(xs) - 1

    def at(x: float) -> float:
        place = bisect_right(xs, x) - 1
        if place < 0:
            return ys[0]
        if place >= last:
            return ys[last]
        if xs[place] == x:
            return ys[place]
        slope = (ys[place + 1] - ys[place]) / (xs[place + 1] - xs[place])
        return slope * (x - xs[place]) + ys[place]

    return at
