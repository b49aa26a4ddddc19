"""Who was on the list, what happened to whom, and how rows fall into groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.fairness.counts import CELLS, Counts
from governance.fairness.intervals import design_effects
from governance.fairness.policy import METRICS
from governance.fairness.weighing import Floats, Weighing
from hearth.errors import DataError, Fault


@dataclass(frozen=True)
class Grouping:
    """Each row's group.

    Attributes
    ----------
    names : tuple of str
        Groups in alphabetical order.
    codes : int64 array, shape (rows,)
        Position of the row's group in `names`.
    """

    names: tuple[str, ...]
    codes: NDArray[np.int64]

    @classmethod
    def of(cls, values: Iterable[object]) -> Self:
        """Grouping by the text of the values, one a row."""
        codes, names = pd.factorize(pd.Series(values, dtype="str"), sort=True)
        return cls(tuple(map(str, names)), codes.astype(np.int64))

    @classmethod
    def together(cls, rows: int) -> Self:
        """Everyone in one group."""
        return cls(("Everyone",), np.zeros(rows, dtype=np.int64))

    def crossed(self, other: Self) -> Self:
        """Each pair of groups as a group, in the order (mine, theirs)."""
        names = tuple(f"{mine} × {theirs}" for mine in self.names for theirs in other.names)
        return type(self)(names, self.codes * len(other.names) + other.codes)


@dataclass(frozen=True)
class Outcomes:
    """Who was on the list and what happened, one row per entity and split.

    Attributes
    ----------
    selected, happened, observed : array of bool, shape (rows,)
        `happened` means nothing where `observed` is false.
    entity, split : array of int, shape (rows,)
        Numbered from 0; the pair of them names a row.
    weight : float64 array, shape (rows,), optional
        How many of those the rows are drawn from each stands for, 1 on average; None where each row
        stands for itself.
    """

    selected: NDArray[np.bool_]
    happened: NDArray[np.bool_]
    observed: NDArray[np.bool_]
    entity: NDArray[np.int64]
    split: NDArray[np.int64]
    weight: Floats | None = None

    def __post_init__(self) -> None:
        """Refuse two rows for one entity in one split: they would count a person twice."""
        splits = int(self.split.max(initial=0)) + 1
        repeated = len(self.entity) - _distinct(self.entity * splits + self.split)
        if repeated:
            raise DataError(
                [
                    Fault(
                        "scored rows",
                        "entity_id, split",
                        f"{repeated} rows repeat an entity within a split",
                        "give one row for each entity and split",
                    )
                ]
            )

    @cached_property
    def is_repeated(self) -> bool:
        """Whether some entity stands in more than one split."""
        return _distinct(self.entity) < len(self.entity)

    @cached_property
    def cells(self) -> Counts:
        """Index in `CELLS` of each row, shape (rows,)."""
        outcome = np.where(self.observed, np.where(self.happened, 0, 1), 2)
        return np.where(self.selected, 0, 3).astype(np.int64) + outcome

    def where(self, rows: NDArray[np.bool_]) -> "Outcomes":
        """Outcomes of these rows alone."""
        return Outcomes(
            self.selected[rows],
            self.happened[rows],
            self.observed[rows],
            self.entity[rows],
            self.split[rows],
            None if self.weight is None else self.weight[rows],
        )

    def counts(self, grouping: Grouping) -> Counts:
        """Rows of each group and outcome, shape (groups, 6); rows nobody looked at are no negatives."""
        return _tally(grouping.codes, len(grouping.names), self.cells)

    def weighing(self, grouping: Grouping) -> Weighing | None:
        """Weights behind the counts of each group, shape (groups, 6); None where rows have none."""
        if self.weight is None:
            return None
        place, size = grouping.codes * len(CELLS) + self.cells, len(grouping.names) * len(CELLS)
        sums, squares = (
            np.bincount(place, weights=of, minlength=size).reshape(-1, len(CELLS))
            for of in (self.weight, self.weight**2)
        )
        return Weighing(sums.astype(np.float64), squares.astype(np.float64))

    def design_effects(self, grouping: Grouping) -> list[dict[str, float]]:
        """Design effect of repeated entities on each metric in each group; all 1 where none repeats."""
        groups = len(grouping.names)
        if not self.is_repeated:
            return [dict.fromkeys(METRICS, 1.0)] * groups
        # An entity may be in one group on one date and in another on the next: a cluster is both.
        code, clusters = pd.factorize(self.entity * groups + grouping.codes)
        counts = _tally(code, len(clusters), self.cells)
        effects = {
            name: design_effects(
                counts @ metric.above, counts @ metric.below, clusters % groups, groups
            )
            for name, metric in METRICS.items()
        }
        return [{name: float(found[g]) for name, found in effects.items()} for g in range(groups)]


def _distinct(numbers: NDArray[np.int64]) -> int:
    return len(pd.unique(numbers))


def _tally(codes: NDArray[np.int64], groups: int, cells: Counts) -> Counts:
    counted = np.bincount(codes * len(CELLS) + cells, minlength=groups * len(CELLS))
    return counted.reshape(groups, len(CELLS)).astype(np.int64)
