"""How often each group is on the list now, against how often it was when a model was tested."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.disclosure.control import (
    DisclosurePolicy,
    Population,
    ProtectedCounts,
    ProtectedTable,
    protect_table,
)
from governance.fairness.counts import CELLS
from governance.fairness.intervals import ratio_of_rates
from governance.fairness.outcomes import Grouping

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class SelectionDrift:
    """Selection rate of one group then and now, in [0, 1]; None where it may not be shown.

    `ratio` is now over then, the lists taken as equally long. `moved` says that its whole 95 % interval lies outside the tolerance;
    None where the data cannot say or may not be shown.
    """

    attribute: str
    group: str
    then: float | None
    now: float | None
    ratio: float | None
    moved: bool | None

    def as_json(self) -> dict[str, Any]:
        """Drift as JSON holds it."""
        return asdict(self)


def selection_drift(
    attribute: str,
    then: tuple[Bools, Grouping],
    now: tuple[Bools, Grouping],
    *,
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
) -> list[SelectionDrift]:
    """Drift of every group that is in both, from counts that may be printed.

    Parameters
    ----------
    attribute
        Name of the attribute.
    then, now
        Who is on the list, shape (rows,), and the rows' groups.
    policy
        What small counts may be shown.
    tolerance
        Least and greatest ratio that is let pass.
    """
    first, second = (_table(selected, groups, policy) for selected, groups in (then, now))
    shared = [name for name in second.groups if name in first.groups]
    return [_drift(attribute, name, first, second, tolerance) for name in shared]


def _table(selected: Bools, groups: Grouping, policy: DisclosurePolicy) -> ProtectedTable:
    """Counts by group; nobody's outcome comes into it."""
    cell = np.where(selected, CELLS.index("selected_unknown"), CELLS.index("unselected_unknown"))
    size = len(groups.names) * len(CELLS)
    flat = np.bincount(groups.codes * len(CELLS) + cell, minlength=size)
    counts = flat.reshape(len(groups.names), len(CELLS)).astype(np.int64)
    return protect_table(groups.names, counts, policy, Population.ALL)


def _drift(
    attribute: str,
    name: str,
    first: ProtectedTable,
    second: ProtectedTable,
    tolerance: tuple[float, float],
) -> SelectionDrift:
    then, now = (_counts(table.groups[name]) for table in (first, second))
    before, after = (_counts(table.everyone) for table in (first, second))
    rates = (_rate(then), _rate(now))
    if then is None or now is None or before is None or after is None:
        return SelectionDrift(attribute, name, *rates, None, None)
    found = ratio_of_rates(*now, *then)
    if found is None or not after[0]:
        return SelectionDrift(attribute, name, *rates, None, None)
    longer = (after[0] / after[1]) / (before[0] / before[1])
    low, high = tolerance
    moved = found.high / longer < low or found.low / longer > high
    return SelectionDrift(attribute, name, *rates, found.value / longer, moved)


def _counts(counts: ProtectedCounts) -> tuple[int, int] | None:
    """Selected and all, or None where they may not be shown or are too few to be read."""
    selected, everybody = counts["selected"], counts["n"]
    if selected is None or everybody is None or everybody < counts.least_denominator:
        return None
    return (selected, everybody) if everybody else None


def _rate(counted: tuple[int, int] | None) -> float | None:
    return None if counted is None else counted[0] / counted[1]
