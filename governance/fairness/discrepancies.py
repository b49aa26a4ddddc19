"""Where a group's records differ from others' in ways that no verdict on the list would show.

Four questions, each a ratio to the reference group with its 95 % interval:

- *stated*: given the same stated chances, is the outcome recorded as often?
- *checked*: where the outcome was found another way too, is it recorded as it was found?
- *looked at*: given the same place, on the list or off it, is the outcome known as often?
- *represented*: is the group in the cohort as often as in the population?
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from governance.disclosure.control import DisclosurePolicy
from governance.fairness.base_rates import Stated
from governance.fairness.groups import GroupRow, GroupTable
from governance.fairness.intervals import false_discovery_adjusted
from governance.fairness.many_comparisons import FALSE_DISCOVERY_RATE
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import Verdict
from governance.fairness.unlike_records import (
    Discrepancy,
    Question,
    looked_at,
    recorded_against_checked,
    recorded_against_stated,
    represented,
)


def discrepancies(
    tables: Mapping[str, GroupTable],
    groups: Mapping[str, Grouping],
    *,
    stated: Stated | None,
    checked: Outcomes | None,
    population: Mapping[str, Mapping[str, float]],
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
) -> tuple[Discrepancy, ...]:
    """Every comparison that could be made, its verdict adjusted for how many there are.

    A concern is a ratio whose interval lies outside the tolerance and whose adjusted p-value is
    below 0.05. All figures are of printed counts; a stated chance is printed beside them.

    Parameters
    ----------
    tables, groups : mappings by attribute
    stated : Stated, optional
        Where the candidate states probabilities.
    checked : Outcomes, optional
        Of the same rows: "selected" says that the outcome is recorded, "happened" that it was found
        another way, "observed" that both are known.
    population : mapping of str to mapping of str to float
        By attribute and group: its share of those the service is for, from elsewhere.
    policy : DisclosurePolicy
    tolerance : tuple of float, float

    Notes
    -----
    What each can identify. *Checked* identifies how outcomes are recorded, if those checked were
    drawn by lot or at least alike in all groups. *Stated* cannot part outcomes recorded otherwise
    from risk that the score does not see, and sees nothing where the score has learned the record's
    bias. *Looked at* sees unequal looking only as far as list and no list tell risks apart.
    *Represented* sees who is missing altogether, which no record can show by itself.

    References
    ----------
    Obermeyer, Powers, Vogeli & Mullainathan 2019, Science 366, 447-453: calibration within groups
    on another outcome, to show a label that means different things.
    Greenland & Robins 1985, Biometrics 41, 55-68: variance of the Mantel-Haenszel ratio.
    """
    found = [
        one
        for name, table in tables.items()
        for one in (
            *(recorded_against_stated(table, groups[name], stated, tolerance) if stated else ()),
            *(
                recorded_against_checked(table, groups[name], checked, policy, tolerance)
                if checked
                else ()
            ),
            *looked_at(table, tolerance),
            *represented(table, population.get(name, {}), tolerance),
        )
    ]
    adjusted = false_discovery_adjusted([one.ratio.p_value for one in found])
    return tuple(
        replace(one, verdict=Verdict.CANNOT_TELL)
        if one.verdict is Verdict.CONCERN and p_value >= FALSE_DISCOVERY_RATE
        else one
        for one, p_value in zip(found, adjusted, strict=True)
    )


def harden(tables: Mapping[str, GroupTable], found: Sequence[Discrepancy]) -> dict[str, GroupTable]:
    """The tables, a gap of a group whose records differ no longer put down to base rates."""
    doubted = {
        (one.attribute, group)
        for one in found
        if one.verdict is Verdict.CONCERN and one.question is not Question.REPRESENTED
        for group in (one.group,)
    }

    def hardened(table: GroupTable, row: GroupRow) -> GroupRow:
        if (table.attribute, row.group) not in doubted:
            return row
        comparisons = {
            metric: replace(each, verdict=Verdict.CONCERN)
            if each.verdict is Verdict.CONSISTENT
            else each
            for metric, each in row.comparisons.items()
        }
        return replace(row, comparisons=comparisons)

    return {
        name: replace(table, rows=tuple(hardened(table, row) for row in table.rows))
        for name, table in tables.items()
    }
