"""Sampling weights behind counts: sums of weights, and how many equal rows they are worth."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.fairness.counts import SUMS, Counts

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class WeightedSum:
    """Rows counted by weight.

    Attributes
    ----------
    total, squares : float
        Sums of the weights and of their squares.
    people : int
        How many rows there are, whatever their weight.
    """

    total: float
    squares: float
    people: int

    @property
    def design_effect(self) -> float:
        """Variance of a rate of these rows, over that of a rate of `total` rows of weight 1.

        With n rows it is Kish's 1 + cv² times total/n, so that total over it is the effective
        sample size, total²/squares.

        References
        ----------
        Kish 1965, *Survey Sampling*, sections 8.2 and 11.7.
        """
        return self.squares / self.total if self.total else 1.0

    @property
    def effective(self) -> float:
        """Effective sample size: how many rows of equal weight would give intervals as narrow."""
        return self.total / self.design_effect


@dataclass(frozen=True)
class Weighing:
    """Sums of weights and of their squares in the order of `CELLS`, shape (..., 6)."""

    sums: Floats
    squares: Floats

    def __getitem__(self, at: Any) -> "Weighing":
        return Weighing(self.sums[at], self.squares[at])

    def reshape(self, *shape: int) -> "Weighing":
        """The same with other axes before the last."""
        cells = self.sums.shape[-1]
        return Weighing(self.sums.reshape(*shape, cells), self.squares.reshape(*shape, cells))

    @property
    def together(self) -> "Weighing":
        """All groups as one."""
        return Weighing(self.sums.sum(axis=0), self.squares.sum(axis=0))

    def sums_of(self, people: Counts) -> dict[str, WeightedSum]:
        """Every sum of one group by name, from its row of weights and its row of `people`."""
        return {
            name: WeightedSum(
                float(cells @ self.sums), float(cells @ self.squares), int(cells @ people)
            )
            for name, cells in SUMS.items()
        }


def weighted_mean(values: Floats, rows: NDArray[np.bool_], weight: Floats | None) -> float:
    """Mean over these rows, by weight where there is one; NaN of nobody."""
    if weight is None:
        return float(values[rows].mean()) if rows.any() else float("nan")
    total = float(weight[rows].sum())
    return float((values[rows] * weight[rows]).sum()) / total if total else float("nan")
