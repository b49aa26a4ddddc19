"""How unevenly a list falls on the groups of protected attributes, on one test date.

Candidates never see a group; what they made of a test date is judged here afterwards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.protected_attributes import NOT_RECORDED, read_protected
from hearth.definition import Intervention, ModelDefinition
from hearth.settings import Settings
from training.figures.metrics import Outcomes
from training.figures.ranking import Bools

_LEAST_IN_GROUP = 10
"""Of fewer, a rate says little and may say too much."""


@dataclass(frozen=True)
class Groups:
    """Group of every row of the matrix by each protected attribute.

    Attributes
    ----------
    as_of
        Shape (n,), datetime64[D].
    by_attribute
        Attribute → shape (n,), text.
    by_recall
        Whether groups are compared by those found among their positives, which is the harm of
        missing help; else by those listed, which is the harm of a burden.
    """

    as_of: npt.NDArray[np.datetime64]
    by_attribute: Mapping[str, npt.NDArray[np.str_]]
    by_recall: bool

    def gap(self, as_of: np.datetime64, selected: Bools, outcomes: Outcomes) -> float | None:
        """Gap between groups of the list at a date: that of the attribute with the widest.

        It is 1 less the lowest rate over the highest, in [0, 1]. Groups in which fewer than ten
        count are left out, and so are rows of no recorded group; None where no attribute has two.

        Parameters
        ----------
        as_of
            The test date.
        selected, outcomes
            Of everybody scored on it, in the order of the matrix.
        """
        on_date = self.as_of == as_of
        counted = outcomes.positive if self.by_recall else np.ones(len(selected), dtype=bool)
        gaps = [
            gap_between(groups[on_date][counted], selected[counted])
            for groups in self.by_attribute.values()
        ]
        return max((gap for gap in gaps if gap is not None), default=None)


def read_groups(settings: Settings, definition: ModelDefinition) -> Groups | None:
    """Groups of a model's matrix; None where the definition names no protected attribute."""
    attributes = definition.fairness.attributes
    if not attributes:
        return None
    table = read_protected(settings, definition.model)
    return Groups(
        table["as_of"].to_numpy().astype("datetime64[D]"),
        {attribute.name: _words(table[attribute.name]) for attribute in attributes},
        by_recall=definition.intervention is not Intervention.PUNITIVE,
    )


def gap_between(groups: npt.NDArray[np.str_], selected: Bools) -> float | None:
    """1 less the lowest rate over the highest, of groups in which ten or more count; None of fewer than two.

    Parameters
    ----------
    groups, selected
        Shape (n,), of those who count.
    """
    names, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    rates = np.bincount(codes, weights=selected, minlength=len(names)) / sizes
    rates = rates[(sizes >= _LEAST_IN_GROUP) & (names != NOT_RECORDED)]
    if len(rates) < 2 or rates.max() == 0:  # noqa: PLR2004 - a gap is between two
        return None
    return float(1 - rates.min() / rates.max())


def _words(column: pa.ChunkedArray) -> npt.NDArray[np.str_]:
    return np.asarray(column.fill_null(NOT_RECORDED).to_pylist(), dtype=np.str_)
