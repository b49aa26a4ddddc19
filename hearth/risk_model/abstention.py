"""When a model says that it cannot tell: its interval is too wide, or too little is recorded."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hearth.risk_model.encoding import FeatureSpec, Matrix

Flags = NDArray[np.bool_]
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Abstention:
    """The rule of a definition; a part of it that is None never applies.

    `wider_than` is a width of the interval, in (0, 1); `fewer_recorded_than` a number of reason groups.
    """

    wider_than: float | None = None
    fewer_recorded_than: int | None = None

    @classmethod
    def of(cls, about: Mapping[str, Any]) -> "Abstention":
        """Rule of a bundle; one without a rule never abstains."""
        return cls(**(about.get("abstain") or {}))

    def is_too_wide(self, low: Vector, high: Vector) -> Flags:
        """Whether each interval is too wide, shape (rows,)."""
        if self.wider_than is None:
            return np.zeros(len(low), dtype=bool)
        return np.asarray(high - low > self.wider_than)

    def is_too_thin(self, features: Sequence[FeatureSpec], rows: Matrix) -> Flags:
        """Whether too few groups hold anything recorded of each row, shape (rows,)."""
        if self.fewer_recorded_than is None:
            return np.zeros(len(rows), dtype=bool)
        return groups_recorded(features, rows) < self.fewer_recorded_than


def groups_recorded(features: Sequence[FeatureSpec], rows: Matrix) -> NDArray[np.int64]:
    """How many reason groups hold a recorded value of each row, shape (rows,).

    A count of nothing is recorded: somebody looked, and there was none. What was filled in is not.
    """
    known = ~np.isnan(rows)
    place = {feature.name: j for j, feature in enumerate(features)}
    for j, feature in enumerate(features):
        if feature.flag_of is not None:
            known[:, place[feature.flag_of]] &= rows[:, j] != 1
            known[:, j] = False
    groups = {feature.group for feature in features}
    own = [[j for j, f in enumerate(features) if f.group == group] for group in sorted(groups)]
    recorded = [known[:, places].any(axis=1) for places in own]
    return np.asarray(np.sum(recorded, axis=0, dtype=np.int64))
