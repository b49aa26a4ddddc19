"""Who enters and who leaves a list when one model takes the place of another, group by group."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from governance.disclosure.control import (
    CONFIDENTIAL,
    DisclosurePolicy,
    ProtectedCounts,
    protect_table,
)
from governance.fairness.counts import CELLS, Counts
from governance.fairness.outcomes import Grouping

Bools = NDArray[np.bool_]
Shown = int | str
"""A count, or the mark of one that is withheld."""


@dataclass(frozen=True)
class Movement:
    """Places of one group on the two lists, as they may be shown.

    `before` and `after` are the places on either list; `stays`, `enters` and `leaves` part them.
    """

    group: str
    before: Shown
    after: Shown
    stays: Shown
    enters: Shown
    leaves: Shown

    def as_json(self) -> dict[str, Any]:
        """Movement as JSON holds it."""
        return asdict(self)


def list_movement(
    before: Bools, after: Bools, groups: Grouping, policy: DisclosurePolicy
) -> list[Movement]:
    """Movement of every group, small counts withheld with any that would give them away.

    It is the table of selection against outcome that a fairness report prints, with "was on the
    list before" in the place of the outcome: the same rules protect it.

    Parameters
    ----------
    before, after
        Shape (rows,): on the list of the one, of the other.
    groups
        Of the same rows.
    policy
        What small counts may be shown.
    """
    table = protect_table(groups.names, _counts(before, after, groups), policy)
    return [_movement(name, counts) for name, counts in table.groups.items()]


def _counts(before: Bools, after: Bools, groups: Grouping) -> Counts:
    """Counts in the order of `CELLS`, of which none is unknown."""
    cell = np.where(after, 0, CELLS.index("fn")) + np.where(before, 0, 1)
    flat = np.bincount(groups.codes * len(CELLS) + cell, minlength=len(groups.names) * len(CELLS))
    return flat.reshape(len(groups.names), len(CELLS)).astype(np.int64)


def _movement(group: str, counts: ProtectedCounts) -> Movement:
    def shown(name: str) -> Shown:
        count = counts[name]
        return CONFIDENTIAL if count is None else count

    return Movement(
        group,
        before=shown("positives"),
        after=shown("selected"),
        stays=shown("tp"),
        enters=shown("fp"),
        leaves=shown("fn"),
    )
