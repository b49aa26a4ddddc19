"""Use in figures: how often people override, how long they look, and what was challenged, by group.

Every number comes from counts that passed disclosure control. One base table a grouping holds both
questions: whether a decision overrides (in the place of selection) and whether it was quick (in the
place of the outcome), so that what is withheld of the one cannot be worked out from the other.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import median
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
from governance.fairness.counts import CELLS
from governance.fairness.intervals import wilson
from governance.human_use.recorded import Challenged, Decided, Recorded

QUICK_SECONDS = 30
"""Fewer seconds than it takes to read about 120 words, which is less than a score's page has.

References
----------
Brysbaert 2019, Journal of Memory and Language 109, 104047: 238 words a minute, silently, non-fiction.
"""

FINAL = ("agree", "override")
LEAST_FOR_MEDIAN = 10
EVERYONE = "Everyone"

Row = dict[str, Any]


def use_in_figures(
    use: Recorded, groupings: Mapping[str, Sequence[str]], policy: DisclosurePolicy
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
    """
    final = [j for j, one in enumerate(use.decided) if one.outcome in FINAL]
    decided = [use.decided[j] for j in final]
    return {
        "policy": policy.text,
        "quick_seconds": QUICK_SECONDS,
        "scores": use.scores,
        "abstained": alone(use.abstained, policy),
        "put_off": alone(len(use.decided) - len(decided), policy),
        "everyone": _rows(decided, [EVERYONE] * len(decided), policy)[0] if decided else None,
        "tables": [
            {"title": title, "rows": _rows(decided, [groups[j] for j in final], policy)}
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


def _rows(decided: Sequence[Decided], groups: Sequence[str], policy: DisclosurePolicy) -> list[Row]:
    names = sorted(set(groups))
    counts = np.zeros((len(names), len(CELLS)), dtype=np.int64)
    dwell: dict[str, list[float]] = {name: [] for name in names}
    for one, group in zip(decided, groups, strict=True):
        counts[names.index(group), CELLS.index(_cell(one))] += 1
        if one.dwell_seconds is not None:
            dwell[group].append(one.dwell_seconds)
    table = protect_table(names, counts, policy, Population.ALL)
    if len(names) == 1:  # everyone: nothing to be told apart, and what is printed is of them all
        return [_row(names[0], table.everyone, dwell[names[0]])]
    return [_row(name, table.groups[name], dwell[name]) for name in names]


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
