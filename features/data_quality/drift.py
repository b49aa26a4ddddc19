"""How far an extract has moved from the last one: rows, completeness, categories, numbers and keys."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from math import log
from typing import Any

from features.data_quality.profile import Profile

NOTABLE_PSI = 0.25
"""Above this a distribution is held to have shifted (N. Siddiqi, Credit Risk Scorecards, 2006)."""

NOTABLE_CHANGE, NOTABLE_LOSS = 0.2, 0.05
"""Change in rows, and loss of completeness, from which they are told."""

_FLOOR = 1e-4


@dataclass(frozen=True)
class Drift:
    """A snapshot beside the one before it.

    Attributes
    ----------
    rows_before : int
    rows_change : float or None
        Change as a share of the rows before; None where there were none.
    completeness : dict
        Change in the share of rows with a value, by column.
    categories_before : dict
        Share of each value the last time, by column of categories.
    psi : dict
        Population stability index of each column of categories.
    medians : dict
        Median before and now, of columns of numbers.
    shifted : tuple of str
        Columns of numbers whose median left the middle half of what it was.
    """

    rows_before: int
    rows_change: float | None
    completeness: dict[str, float]
    categories_before: dict[str, dict[str, float]]
    psi: dict[str, float]
    medians: dict[str, tuple[float, float]]
    shifted: tuple[str, ...]

    def notes(self) -> Iterator[str]:
        """What of it somebody should look at, a sentence each."""
        change = self.rows_change
        if change is not None and abs(change) > NOTABLE_CHANGE:
            yield f"{abs(change):.0%} {'more' if change > 0 else 'fewer'} rows than the last time."
        for name, moved in self.completeness.items():
            if moved < -NOTABLE_LOSS:
                yield f"{name} is empty in {-moved:.0%} more of the rows than the last time."
        for name, psi in self.psi.items():
            if psi > NOTABLE_PSI:
                yield f"The shares of {name} have shifted since the last time (PSI {psi:.2f})."
        for name in self.shifted:
            yield f"The median of {name} has left the middle half of what it was."

    def as_json(self) -> dict[str, Any]:
        """Drift as JSON holds it."""
        return asdict(self)


def drift_between(before: Profile, now: Profile) -> Drift:
    """Drift from one profile to the next, over the columns that both have."""
    return Drift(
        rows_before=before.rows,
        rows_change=None if before.rows == 0 else round(now.rows / before.rows - 1, 6),
        completeness={
            name: round(share - before.completeness[name], 6)
            for name, share in now.completeness.items()
            if name in before.completeness
        },
        categories_before={
            name: shares for name, shares in before.categories.items() if name in now.categories
        },
        psi={
            name: round(_stability(before.categories[name], shares), 6)
            for name, shares in now.categories.items()
            if name in before.categories
        },
        medians={
            name: (before.quantiles[name][2], found[2])
            for name, found in now.quantiles.items()
            if name in before.quantiles
        },
        shifted=tuple(
            name
            for name, found in now.quantiles.items()
            if name in before.quantiles
            and not before.quantiles[name][1] <= found[2] <= before.quantiles[name][3]
        ),
    )


def _stability(before: dict[str, float], now: dict[str, float]) -> float:
    """Population stability index of two sets of shares; shares of nothing count as 1 in 10,000."""
    total = 0.0
    for value in before.keys() | now.keys():
        was, is_ = (max(_FLOOR, shares.get(value, 0.0)) for shares in (before, now))
        total += (is_ - was) * log(is_ / was)
    return total
