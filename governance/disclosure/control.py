"""Disclosure control: what may be printed of a count, and the one table all numbers come from.

A report never prints a number computed from the raw counts. It prints sums of a
`ProtectedTable`, and rates, intervals, ratios and charts made from those sums.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil
from typing import Self

import numpy as np

from governance.disclosure.pair_suppression import choose_shown_pairs
from governance.disclosure.suppression import Shown, choose_shown
from governance.fairness.counts import CELLS, KNOWN, SUMS, Counts
from governance.fairness.weighing import Weighing, WeightedSum
from hearth.errors import NotFoundError

CONFIDENTIAL = "[c]"
"""Printed for a number withheld to protect people (Government Analysis Function shorthand)."""
UNRELIABLE = "[u]"
"""Printed for a number resting on too few people to be read."""
NOT_APPLICABLE = "[z]"
"""Printed for a number that does not exist, such as a rate of nobody."""
_QUARTERS = 4


@dataclass(frozen=True)
class DisclosurePolicy:
    """A named rule for what small counts may be printed.

    Attributes
    ----------
    name : str
        What a model definition calls it.
    protects : tuple of int, int, or None
        Counts in this closed range are withheld, and what is printed must leave
        at least this whole range possible for each of them.
    round_to : int
        Counts are rounded to a multiple of this; 1 leaves them exact.
    least_denominator : int
        A rate of fewer people than this is not printed.
    text : str
        The rule in one sentence, printed in the report.
    """

    name: str
    protects: tuple[int, int] | None
    round_to: int
    least_denominator: int
    text: str

    @property
    def is_open(self) -> bool:
        """Whether figures made of raw counts may be printed to the last digit."""
        return self.protects is None and self.round_to == 1


POLICIES = {
    policy.name: policy
    for policy in (
        DisclosurePolicy(
            "dfe",
            (1, 5),
            1,
            1,
            "Counts from 1 to 5 are withheld and shown as [c], with any other count that "
            "would let them be worked out (the Department for Education's rule).",
        ),
        DisclosurePolicy(
            "tre_10",
            (0, 9),
            1,
            1,
            "Counts below 10, zero included, are withheld and shown as [c], with any other "
            "count that would let them be worked out (usual in trusted research environments).",
        ),
        DisclosurePolicy(
            "round5",
            None,
            5,
            23,
            "Every count is rounded to the nearest 5, and no rate of fewer than 23 people is "
            "shown (after the rounding strategy of the Higher Education Statistics Agency).",
        ),
        DisclosurePolicy("none", None, 1, 1, "Nothing is withheld: the data are public."),
    )
}


def disclosure_policy(name: str) -> DisclosurePolicy:
    """Policy of that name.

    Raises
    ------
    NotFoundError
        If there is no such policy; there is no default.
    """
    if name not in POLICIES:
        raise NotFoundError(
            f"disclosure policy `{name}` is not known; use one of {', '.join(sorted(POLICIES))}"
        )
    return POLICIES[name]


@dataclass(frozen=True)
class ProtectedCounts:
    """Sums of one group that may be printed; None stands for a withheld one.

    Where rows are weighted, `sums` are those of the weights, rounded, and `weighted` what they are
    made of.
    """

    sums: dict[str, int | None]
    shown: Shown
    least_denominator: int = 1
    is_open: bool = False
    weighted: dict[str, WeightedSum] | None = None

    def design_effect(self, found: float, below: str) -> float:
        """Design effect of a rate of the sum `below`, from that of repeated entities.

        Raised to the next quarter unless the data are public, since it counts repeated entities;
        multiplied by that of the weights (Gabler, Häder & Lahiri 1999, Survey Methodology 25, 105-106).
        """
        if self.weighted:
            return found * self.weighted[below].design_effect
        return found if self.is_open else ceil(_QUARTERS * round(found, 6)) / _QUARTERS

    def __getitem__(self, name: str) -> int | None:
        return self.sums[name]

    def exact(self, name: str) -> float | None:
        """The sum that rates are made of: of weights not rounded, where rows are weighted."""
        return self.weighted[name].total if self.weighted else self.sums[name]

    def people(self, name: str) -> int | None:
        """How many rows the sum is of, whatever their weight."""
        return self.weighted[name].people if self.weighted else self.sums[name]

    @property
    def is_complete(self) -> bool:
        """Nothing of this group is withheld."""
        return self.shown is Shown.EVERYTHING


@dataclass(frozen=True)
class ProtectedTable:
    """One attribute's groups and everyone together, after disclosure control."""

    groups: dict[str, ProtectedCounts]
    everyone: ProtectedCounts


class Population(StrEnum):
    """Whom the groups of a table count: all, or those whose outcome is known."""

    ALL = "all"
    KNOWN = "known"
    EITHER = "either"


def protect_table(
    names: Sequence[str],
    counts: Counts,
    policy: DisclosurePolicy,
    population: Population = Population.EITHER,
    weighing: Weighing | None = None,
) -> ProtectedTable:
    """Groups' sums as they may be printed beside the sums of everyone.

    Tables of several attributes over the same people may be printed together:
    a change between two groups of one attribute that leaves its printed sums as
    they are can always be made without changing any other attribute's groups.

    Parameters
    ----------
    names : sequence of str, length groups
    counts : int64 array, shape (groups, 6)
        True counts in the order of `CELLS`; every person is in one group.
    policy : DisclosurePolicy
    population : Population
        `KNOWN` prints nothing about those whose outcome is unknown, of everyone
        either; `EITHER` leaves them out of the groups where that lets more groups
        be printed, as when only a handful are unknown.
    weighing : Weighing, optional
        Where rows are weighted; the policy must then be open.
    """
    if policy.protects is None:
        shown, together, counted = [Shown.EVERYTHING] * len(counts), Shown.EVERYTHING, counts
    else:
        counted = counts * KNOWN if population is Population.KNOWN else counts
        shown, together = choose_shown(counted, policy.protects)
        if population is Population.EITHER and together is Shown.EVERYTHING:
            known, _ = choose_shown(counts * KNOWN, policy.protects)
            if _printed(known) > _printed(shown):
                shown, counted = known, counts * KNOWN
    groups = _Printer.of(counts, counted, policy)
    everyone = groups if population is Population.KNOWN else _Printer.of(counts, counts, policy)
    return ProtectedTable(
        groups={
            name: groups.print(row, level, weighing and weighing[at])
            for at, (name, row, level) in enumerate(zip(names, counts, shown, strict=True))
        },
        everyone=everyone.print(counts.sum(axis=0), together, weighing and weighing.together),
    )


def _printed(shown: Sequence[Shown]) -> tuple[int, int]:
    """How much is printed: groups printed whole, then sums withheld, fewer first."""
    return list(shown).count(Shown.EVERYTHING), -sum(level.hides for level in shown)


def protect_pairs(
    counts: Counts,
    first: Sequence[ProtectedCounts],
    second: Sequence[ProtectedCounts],
    policy: DisclosurePolicy,
    weighing: Weighing | None = None,
) -> list[list[ProtectedCounts]]:
    """Sums of each pair of groups of two attributes, as they may be printed.

    A pair is printed whole or not at all, and counts only those whose outcome is known. One attribute may be paired with many
    others (a star), but not those with each other: round a ring of tables the
    argument that each is safe alone no longer holds.

    Parameters
    ----------
    counts : int64 array, shape (first, second, 6)
    first, second : sequences of ProtectedCounts
        The two attributes' groups as `protect_table` lets them be printed.
    weighing : Weighing, optional
        As for `protect_table`, shape (first, second, 6).
    """
    shown = np.ones(counts.shape[:2], dtype=bool)
    known = counts * KNOWN
    if policy.protects is not None:
        shown = choose_shown_pairs(
            known,
            [group.shown for group in first],
            [group.shown for group in second],
            policy.protects,
        )
    flat = counts.reshape(-1, len(CELLS))
    printer = _Printer.of(flat, flat * KNOWN, policy)
    return [
        [
            printer.print(
                cell, Shown.EVERYTHING if whole else Shown.NOTHING, weighing and weighing[a, b]
            )
            for b, (cell, whole) in enumerate(zip(row, row_shown, strict=True))
        ]
        for a, (row, row_shown) in enumerate(zip(counts, shown, strict=True))
    ]


@dataclass(frozen=True)
class _Printer:
    """Prints sums of a table's rows: those shown, and those equal to one that is.

    `in_play` is 1 for the cells that anyone counted is in; `leaves_out` says that
    the unknown are among the rows but not counted, so that no sum with them is printed.
    """

    policy: DisclosurePolicy
    in_play: Counts
    leaves_out: bool

    @classmethod
    def of(cls, counts: Counts, counted: Counts, policy: DisclosurePolicy) -> Self:
        by_outcome = counted.sum(axis=0).reshape(2, 3).sum(axis=0) > 0
        in_play = np.tile(by_outcome, 2).astype(np.int64)
        return cls(policy, in_play, leaves_out=bool((counts != counted).any()))

    def print(self, row: Counts, shown: Shown, weighing: Weighing | None = None) -> ProtectedCounts:
        if weighing is not None:
            return self._print_weighted(weighing.sums_of(row))
        printed = {tuple(SUMS[name] * self.in_play) for name in shown.sums}
        sums = {
            name: _rounded(int(cells @ row), self.policy.round_to)
            if tuple(cells * self.in_play) in printed and not self._counts_unknown(cells)
            else None
            for name, cells in SUMS.items()
        }
        return ProtectedCounts(sums, shown, self.policy.least_denominator, self.policy.is_open)

    def _print_weighted(self, weighted: dict[str, WeightedSum]) -> ProtectedCounts:
        if not self.policy.is_open:
            raise ValueError("weighted counts are not those that disclosure control protects")
        sums: dict[str, int | None] = {name: round(each.total) for name, each in weighted.items()}
        return ProtectedCounts(sums, Shown.EVERYTHING, is_open=True, weighted=weighted)

    def _counts_unknown(self, cells: Counts) -> bool:
        return self.leaves_out and bool((cells > KNOWN).any())


def _rounded(count: int, unit: int) -> int:
    return unit * ((2 * count + unit) // (2 * unit))
