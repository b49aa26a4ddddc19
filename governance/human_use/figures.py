"""Use in figures: how often people override, how long they look, and what was challenged, by group.

Every number comes from counts that passed disclosure control. One base table a grouping holds both
questions: whether a decision overrides (in the place of selection) and whether it was quick (in the
place of the outcome), so that what is withheld of the one cannot be worked out from the other.
A group of those decided on is named only where its counts are printed whole (`may_be_named`).
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from statistics import median
from types import MappingProxyType
from typing import Any

import numpy as np

from governance.disclosure.control import (
    CONFIDENTIAL,
    NOT_APPLICABLE,
    UNRELIABLE,
    DisclosurePolicy,
    Population,
    ProtectedCounts,
    protect_table,
)
from governance.disclosure.naming import may_be_named
from governance.fairness.counts import CELLS, Counts
from governance.fairness.intervals import wilson
from governance.human_use.recorded import FINAL, Challenged, Decided, Recorded

QUICK_SECONDS = 30
"""Fewer seconds than it takes to read about 120 words, which is less than a score's page has.

References
----------
Brysbaert 2019, Journal of Memory and Language 109, 104047: 238 words a minute, silently, non-fiction.
"""

LEAST_FOR_MEDIAN = 10
EVERYONE = "Everyone"
OTHERS = "Other groups"
"""Name of the groups that are not named, put together."""
NAMING = (
    f"A group or an area is named only where all its counts may be printed. “{OTHERS}” are all that "
    "are not named, those nobody decided on too, and where there are any, at least one that could "
    "have been."
)
"""Said beside the tables, so that nobody takes a name that is missing for a group that is."""

Row = dict[str, Any]


def use_in_figures(
    use: Recorded,
    groupings: Mapping[str, Sequence[str]],
    policy: DisclosurePolicy,
    of_whom: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> dict[str, Any]:
    """Figures as report and page show them, fit to print; JSON holds them as they are.

    Parameters
    ----------
    use
        What the records hold.
    groupings
        By title, the group of each decision of `use.decided`, in its order.
    policy
        What small counts may be shown.
    of_whom
        By title of each grouping that says whom or where a decision was about, all groups that
        there are, the smallest first. Of the other groupings every group is named.
    """
    final = [j for j, one in enumerate(use.decided) if one.outcome in FINAL]
    decided = [use.decided[j] for j in final]
    return {
        "policy": policy.text,
        "naming": "" if policy.protects is None else NAMING,
        "quick_seconds": QUICK_SECONDS,
        "scores": use.scores,
        "abstained": alone(use.abstained, policy),
        "put_off": alone(len(use.decided) - len(decided), policy),
        "everyone": _rows(decided, [EVERYONE] * len(decided), policy)[0] if decided else None,
        "tables": [
            _table(title, decided, [groups[j] for j in final], policy, of_whom.get(title))
            for title, groups in groupings.items()
        ]
        if decided
        else [],
        "challenges": {
            "by_state": _challenges([c.state for c in use.challenged], use.challenged, policy),
            "by_ground": _challenges([c.ground for c in use.challenged], use.challenged, policy),
            "any_overdue": any(c.is_overdue for c in use.challenged),
        },
    }


def alone(count: int, policy: DisclosurePolicy) -> int | None:
    """A count that stands in no table, as it may be printed; None where it is withheld."""
    if policy.protects is not None and policy.protects[0] <= count <= policy.protects[1]:
        return None
    return policy.round_to * ((2 * count + policy.round_to) // (2 * policy.round_to))


def _table(
    title: str,
    decided: Sequence[Decided],
    groups: Sequence[str],
    policy: DisclosurePolicy,
    there_are: Sequence[str] | None,
) -> dict[str, Any]:
    if there_are is None:
        return {"title": title, "rows": _rows(decided, groups, policy)}
    rows = _rows_of_whom(decided, groups, policy, there_are)
    if rows:
        return {"title": title, "rows": rows}
    said = f"Too few decisions to say anything by {title.lower()}."
    return {"title": title, "rows": [], "too_few": said}


def _rows_of_whom(
    decided: Sequence[Decided],
    groups: Sequence[str],
    policy: DisclosurePolicy,
    there_are: Sequence[str],
) -> list[Row]:
    """Groups that may be named, by name, then all others as one; nothing where none may be."""
    counts, dwell = _counted(decided, groups, there_are)
    named, others = may_be_named(counts, policy)
    if not named:
        return []
    parts = [(there_are[g], [g]) for g in sorted(named, key=lambda g: there_are[g])]
    parts += [(OTHERS, others)] if others else []
    table = protect_table(
        [name for name, _ in parts],
        np.array([counts[part].sum(axis=0) for _, part in parts]),
        replace(policy, protects=None),  # of these parts nothing is withheld: they are not small
        Population.ALL,
    )
    return [
        _row(name, table.groups[name], [s for g in part for s in dwell[there_are[g]]])
        for name, part in parts
    ]


def _rows(decided: Sequence[Decided], groups: Sequence[str], policy: DisclosurePolicy) -> list[Row]:
    names = sorted(set(groups))
    counts, dwell = _counted(decided, groups, names)
    table = protect_table(names, counts, policy, Population.ALL)
    if len(names) == 1:  # everyone: nothing to be told apart, and what is printed is of them all
        return [_row(names[0], table.everyone, dwell[names[0]])]
    return [_row(name, table.groups[name], dwell[name]) for name in names]


def _counted(
    decided: Sequence[Decided], groups: Sequence[str], names: Sequence[str]
) -> tuple[Counts, dict[str, list[float]]]:
    """Counts of each group, and how long was looked where that was told."""
    places = {name: place for place, name in enumerate(names)}
    counts = np.zeros((len(names), len(CELLS)), dtype=np.int64)
    dwell: dict[str, list[float]] = {name: [] for name in names}
    for one, group in zip(decided, groups, strict=True):
        counts[places[group], CELLS.index(_cell(one))] += 1
        if one.dwell_seconds is not None:
            dwell[group].append(one.dwell_seconds)
    return counts, dwell


def _cell(one: Decided) -> str:
    """Where a decision is counted: overriding is being selected, quick is the outcome."""
    overrides = one.outcome == "override"
    if one.dwell_seconds is None:
        return "selected_unknown" if overrides else "unselected_unknown"
    if one.dwell_seconds < QUICK_SECONDS:
        return "tp" if overrides else "fn"
    return "fp" if overrides else "tn"


def _row(name: str, counts: ProtectedCounts, dwell: Sequence[float]) -> Row:
    is_shown = counts.is_complete and len(dwell) >= max(LEAST_FOR_MEDIAN, counts.least_denominator)
    return {
        "group": name,
        "decisions": counts["n"],
        "overridden": counts["selected"],
        "override_rate": _rate(counts["selected"], counts["n"], counts.least_denominator),
        "told": counts["known"],
        "quick": counts["positives"],
        "quick_rate": _rate(counts["positives"], counts["known"], counts.least_denominator),
        "median_dwell_s": round(median(dwell)) if is_shown else None,
    }


def _rate(above: int | None, below: int | None, least: int) -> dict[str, Any]:
    """A rate with Wilson's 95 % interval, or the mark in its place."""
    mark = ""
    if above is None or below is None:
        mark = CONFIDENTIAL
    elif below == 0:
        mark = NOT_APPLICABLE
    elif below < least:
        mark = UNRELIABLE
    if mark or above is None or below is None:
        return {"value": None, "low": None, "high": None, "mark": mark}
    return vars(wilson(min(above, below), below)) | {"mark": ""}


def _challenges(
    groups: Sequence[str], challenged: Sequence[Challenged], policy: DisclosurePolicy
) -> list[Row]:
    """Counts by group, those overdue in the place of selection."""
    names = sorted(set(groups))
    if not names:
        return []
    cells = {True: CELLS.index("selected_unknown"), False: CELLS.index("unselected_unknown")}
    found = Counter(zip(groups, (one.is_overdue for one in challenged), strict=True))
    counts = np.zeros((len(names), len(CELLS)), dtype=np.int64)
    for (group, overdue), number in found.items():
        counts[names.index(group), cells[overdue]] = number
    table = protect_table(names, counts, policy, Population.ALL)
    return [
        {"group": name, "challenges": row["n"], "overdue": row["selected"]}
        for name, row in table.groups.items()
    ]
