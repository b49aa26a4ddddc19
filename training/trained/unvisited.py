"""Two versions held to those whom no list led to: outcomes of the others are outcomes after help."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from training.figures.comparison import Difference, compare
from training.figures.metrics import Outcomes
from training.trained.common_date import CommonDate

_METRIC = "precision_at_capacity"


@dataclass(frozen=True)
class Unvisited:
    """Precision on both lists among those not visited.

    Attributes
    ----------
    visited
        Share of the places on the list of `before`, and of `after`, that were visited, in [0, 1].
    precision
        Mean over the test dates of either; None where nobody not visited was looked at.
    difference
        Of `after` less `before`, paired.
    """

    visited: tuple[float, float]
    precision: tuple[float | None, float | None]
    difference: Difference

    def sentences(self) -> list[str]:
        """What a terminal says of it."""
        visited = "{:.0%} and {:.0%}".format(*self.visited)
        before, after = self.precision
        told = "cannot be told: too few of them were looked at"
        if before is not None and after is not None:
            told = f"is {before:.3f} and {after:.3f}"
            low, high = self.difference.low, self.difference.high
            if low is not None and high is not None:
                told += f", {after - before:+.3f} ({low:+.3f} to {high:+.3f})"
        return [
            f"Of the places on the two lists {visited} were visited. Precision at capacity among the "
            f"others {told}.",
            "A visit may have averted what was foreseen: a fall among the visited is no drift, and "
            "a list that was followed looks worse for it than one that was not.",
        ]

    def as_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        sides = zip(("before", "after"), self.visited, self.precision, strict=True)
        return {
            **{side: {"visited": share, _METRIC: found} for side, share, found in sides},
            "difference": self.difference.difference,
            "low": self.difference.low,
            "high": self.difference.high,
        }


def unvisited(dates: Sequence[CommonDate], *, seed: int) -> Unvisited | None:
    """Both versions among those not visited; None where the definition names no visits.

    Parameters
    ----------
    dates
        Test dates that both were tested on.
    seed
        Draws the bootstrap.
    """
    others, visited = [], []
    for date in dates:
        if date.visited is None:
            return None
        outcomes, left = date.cohort.outcomes, ~date.visited
        kept = Outcomes(outcomes.positive & left, outcomes.observed & left)
        others.append(replace(date, cohort=replace(date.cohort, outcomes=kept)))
        visited.append([(date.visited & side).sum() / side.sum() for side in date.lists])
    (difference,) = (
        found
        for found in compare(
            [date.cohort for date in others],
            [{"before": date.before, "after": date.after} for date in others],
            [("after", "before")],
            seed=seed,
        )
        if found.metric == _METRIC
    )
    before, after = (float(share) for share in np.mean(visited, axis=0))
    return Unvisited((before, after), (_mean(others, "before"), _mean(others, "after")), difference)


def _mean(dates: Sequence[CommonDate], side: str) -> float | None:
    found = [date.figures[side].precision_at_capacity.value for date in dates]
    known = [value for value in found if value is not None]
    return float(np.mean(known)) if len(known) == len(found) else None
