"""The groups of an attribute that are printed whole, the others as one: what further tables are of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from governance.disclosure.parting import POOLED, whole_or_pooled
from governance.fairness.groups import GroupTable
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS

Effects = Mapping[str, float]
"""Design effect of each metric."""


@dataclass(frozen=True)
class WholeGroups:
    """One attribute's groups as further tables have them.

    Attributes
    ----------
    reference : str
        Group the others are compared with; the first where the table's own is not printed whole.
    counts_unknown : bool
        Whether the attribute's own table counts those whose outcome is unknown.
    effects : dict of str to mapping
        Design effects of each group, at capacity.
    """

    attribute: str
    grouping: Grouping
    reference: str
    counts_unknown: bool
    effects: dict[str, Effects]

    @classmethod
    def of(cls, table: GroupTable, outcomes: Outcomes, groups: Grouping) -> Self | None:
        """Groups of a table printed whole; None where none is."""
        rows = {row.group: row for row in table.rows if row.counts.is_complete}
        names, codes = whole_or_pooled(groups.names, groups.codes, rows.keys())
        if not names:
            return None
        grouping = Grouping(names, codes)
        effects: dict[str, Effects] = {
            name: {metric: row.rates[metric].design_effect for metric in METRICS}
            for name, row in rows.items()
        }
        if POOLED in names:
            effects[POOLED] = outcomes.design_effects(grouping)[-1]
        return cls(
            table.attribute,
            grouping,
            table.reference if table.reference in names else names[0],
            any(row.counts["n"] is not None for row in rows.values()),
            effects,
        )
