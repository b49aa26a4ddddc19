"""Two attributes at once: gaps that each attribute alone can hide."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from governance.disclosure.control import DisclosurePolicy, ProtectedCounts, protect_pairs
from governance.fairness.base_rates import Side, Stated, soften
from governance.fairness.bootstrap import ratio_of_ratios
from governance.fairness.counts import CELLS
from governance.fairness.groups import Comparison, GroupTable, Rate, compare, rate
from governance.fairness.intervals import Interval
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS, Metric, Verdict

LEAST_PEOPLE = 30
"""Fewest people a rate of a pair of groups is read from; below, the verdict is cannot tell."""


@dataclass(frozen=True)
class PairComparison:
    """One group of an attribute against its reference, within one group of the other.

    `against_reference` is of a concern: its ratio over the same ratio within the other attribute's
    reference group, by bootstrap.
    """

    within: str
    group: str
    reference: str
    counts: ProtectedCounts
    rate: Rate
    reference_rate: Rate
    comparison: Comparison
    against_reference: Interval | None = None

    @property
    def adjusted_p_value(self) -> float | None:
        """Over all comparisons of the report that carry a verdict."""
        return self.comparison.adjusted_p_value


@dataclass(frozen=True)
class PairTable:
    """Every comparison within the groups of two attributes, on one metric."""

    first: str
    second: str
    metric: Metric
    comparisons: tuple[PairComparison, ...]


def pair_tables(
    outcomes: Outcomes,
    groups: Mapping[str, Grouping],
    tables: Mapping[str, GroupTable],
    *,
    metrics: Sequence[Metric],
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
    stated: Stated | None = None,
) -> tuple[PairTable, ...]:
    """The first attribute crossed with each of the others, not yet adjusted for how many there are.

    See `governance.fairness.many_comparisons.adjusted_report`, and `soften`.

    Parameters
    ----------
    outcomes : Outcomes
    groups : mapping of str to Grouping
        Each row's group, by attribute; the first attribute is the one crossed with the rest.
    tables : mapping of str to GroupTable
        The attributes' own tables.
    metrics : sequence of Metric
        Those that carry a verdict.
    policy : DisclosurePolicy
    tolerance : tuple of float, float
    stated : Stated, optional
        The chances stated, where the candidate gives any.
    """
    first, *others = groups
    found = [
        PairTable(first, second, metric, comparisons)
        for second in others
        for metric, comparisons in _cross(
            outcomes,
            (groups[first], groups[second]),
            (tables[first], tables[second]),
            metrics=metrics,
            policy=policy,
            tolerance=tolerance,
            stated=stated,
        ).items()
    ]
    return tuple(found)


def _cross(
    outcomes: Outcomes,
    groups: tuple[Grouping, Grouping],
    tables: tuple[GroupTable, GroupTable],
    *,
    metrics: Sequence[Metric],
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
    stated: Stated | None,
) -> dict[Metric, tuple[PairComparison, ...]]:
    names = [part.names for part in groups]
    shape = (len(names[0]), len(names[1]))
    crossed = groups[0].crossed(groups[1])
    counts = outcomes.counts(crossed).reshape(*shape, len(CELLS))
    alone = [
        [next(row.counts for row in table.rows if row.group == name) for name in part]
        for part, table in zip(names, tables, strict=True)
    ]
    weighing = outcomes.weighing(crossed)
    printed = protect_pairs(
        counts, alone[0], alone[1], policy, weighing and weighing.reshape(*shape)
    )
    effects = outcomes.design_effects(crossed)
    rates = {
        (a, b): {
            name: rate(metric, printed[a][b], effects[a * shape[1] + b][name])
            for name, metric in METRICS.items()
        }
        for a, b in product(range(shape[0]), range(shape[1]))
    }

    def side(pair: tuple[int, int]) -> Side:
        return Side(crossed.codes == pair[0] * shape[1] + pair[1], rates[pair])

    def elsewhere(
        metric: Metric, mine: tuple[int, int], theirs: tuple[int, int], axis: int
    ) -> Interval | None:
        """The gap over the same gap within the reference group; None where that is itself."""
        there = [
            (references[0], pair[1]) if axis == 0 else (pair[0], references[1])
            for pair in (mine, theirs)
        ]
        if mine in there:
            return None
        here, other = (
            [(printed[a][b], rates[a, b][metric.name]) for a, b in pairs]
            for pairs in ((mine, theirs), there)
        )
        return ratio_of_ratios(metric, here, other)

    def against(
        metric: Metric, mine: tuple[int, int], theirs: tuple[int, int], axis: int
    ) -> PairComparison:
        here, there = rates[mine][metric.name], rates[theirs][metric.name]
        enough = min(here.people or 0, there.people or 0) >= LEAST_PEOPLE
        comparison = compare(here, there, tolerance) if enough else Comparison(Verdict.CANNOT_TELL)
        if stated is not None and comparison.verdict is Verdict.CONCERN:
            sides = side(mine), side(theirs)
            comparison = soften(comparison, metric, sides, stated, tolerance)
        is_gap = comparison.verdict in {Verdict.CONCERN, Verdict.CONSISTENT}
        return PairComparison(
            within=names[axis][mine[axis]],
            group=names[1 - axis][mine[1 - axis]],
            reference=names[1 - axis][theirs[1 - axis]],
            counts=printed[mine[0]][mine[1]],
            rate=here,
            reference_rate=there,
            comparison=comparison,
            against_reference=elsewhere(metric, mine, theirs, axis) if is_gap else None,
        )

    references = [part.index(table.reference) for part, table in zip(names, tables, strict=True)]
    pairs = list(_pairs(shape[0], shape[1], references))
    return {metric: tuple(against(metric, *pair) for pair in pairs) for metric in metrics}


def _pairs(
    rows: int, columns: int, references: list[int]
) -> Iterator[tuple[tuple[int, int], tuple[int, int], int]]:
    """(pair, pair it is compared with, which attribute both share)."""
    for a, b in product(range(rows), range(columns)):
        if b != references[1]:
            yield (a, b), (a, references[1]), 0
    for b, a in product(range(columns), range(rows)):
        if a != references[0]:
            yield (a, b), (references[0], b), 1
