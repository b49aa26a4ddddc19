"""The people whom two versions scored on one test date."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from training.figures.evaluation import CandidateFigures, Cohort, Scores, evaluate
from training.figures.ranking import Bools


@dataclass(frozen=True)
class CommonDate:
    """The people whom both versions scored on one test date, with the scores of either.

    `before` and `after` say who is on the list of the one and of the other; `as_of` is theirs.
    `visited`, shape (n,), says whom a list led to; None where the definition names no visits.
    """

    split: str
    cohort: Cohort
    as_of: npt.NDArray[np.datetime64]
    before: Scores
    after: Scores
    visited: Bools | None = None

    @cached_property
    def figures(self) -> Mapping[str, CandidateFigures]:
        """Figures of `before` and of `after`, without intervals."""
        scores = {"before": self.before, "after": self.after}
        return evaluate(self.cohort, scores, replicates=0)

    @property
    def is_same(self) -> bool:
        """Whether both versions give everybody the same score."""
        first, second = self.before, self.after
        if first.probability is None or second.probability is None:
            same = first.probability is second.probability
        else:
            same = np.array_equal(first.probability, second.probability)
        return same and np.array_equal(first.raw, second.raw)

    @property
    def lists(self) -> tuple[Bools, Bools]:
        """Who is on the list of the one and of the other, shape (n,) each."""
        first, second = (
            self.cohort.selected(self.cohort.order(scores.raw))
            for scores in (self.before, self.after)
        )
        return first, second
