"""What a report gives away beside an earlier one: few people who joined, left or were recorded anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from governance.disclosure.control import DisclosurePolicy
from governance.fairness.counts import SUMS

COHORT = tuple(name for name, cells in SUMS.items() if (cells[:3] == cells[3:]).all())
"""Counts of who there was and what happened, whatever list was made: two lists always differ."""

Sums = Mapping[str, int | None]


@dataclass(frozen=True)
class Difference:
    """Printed counts of one row of one table that lie a protected number apart from the earlier ones.

    Attributes
    ----------
    table, row : str
        An attribute and its group, or "test dates" and the date.
    counts : tuple of str
        Names of the counts.
    """

    table: str
    row: str
    counts: tuple[str, ...]


def differences(
    now: Mapping[str, Any], earlier: Mapping[str, Any], policy: DisclosurePolicy
) -> tuple[Difference, ...]:
    """Rows of which the two reports print cohort counts that differ by few people.

    Subtracting one from the other gives a count that neither may print. A count withheld now and
    printed before, in a row whose other counts have not changed, is named too.

    Parameters
    ----------
    now, earlier : mapping
        `groups` and `performance` as report.json holds them.
    policy : DisclosurePolicy
        Nothing is found where it withholds nothing.
    """
    if policy.protects is None:
        return ()
    most = policy.protects[1]
    before = {(table, row): sums for table, row, sums in _rows(earlier)}
    found = [
        Difference(table, row, tuple(_small(sums, before.get((table, row), {}), most)))
        for table, row, sums in _rows(now)
    ]
    return tuple(one for one in found if one.counts)


def _rows(report: Mapping[str, Any]) -> Iterator[tuple[str, str, Sums]]:
    for name, table in report["groups"].items():
        for row in (*table["rows"], table["everyone"]):
            yield name, row["group"], row["counts"]["sums"]
    for split in report["performance"]["splits"]:
        yield "test dates", split["split"], split["cohort"]["sums"]


def _small(now: Sums, before: Sums, most: int) -> Iterator[str]:
    pairs = {name: (now.get(name), before.get(name)) for name in COHORT}
    both = {n: (a, b) for n, (a, b) in pairs.items() if a is not None and b is not None}
    is_unchanged = bool(both) and all(a == b for a, b in both.values())
    for name, (mine, theirs) in pairs.items():
        if name in both:
            if 0 < abs(both[name][0] - both[name][1]) <= most:
                yield name
        elif mine is None and theirs is not None and is_unchanged:
            yield name
