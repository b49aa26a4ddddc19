"""How a list treats the groups of one attribute: rates, ratios to a reference, verdicts."""

from dataclasses import dataclass

from governance.disclosure.control import (
    CONFIDENTIAL,
    NOT_APPLICABLE,
    UNRELIABLE,
    DisclosurePolicy,
    Population,
    ProtectedCounts,
    ProtectedTable,
    protect_table,
)
from governance.fairness.intervals import (
    Interval,
    Ratio,
    difference,
    ratio_of_rates,
    smallest_detectable_gap,
    wilson,
)
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS, Metric, Verdict, verdict
from hearth.errors import DataError, Fault

NOT_RECORDED = "not recorded"
"""Group of those whose attribute the council does not hold."""


LEAST_PEOPLE = 10
"""Fewest people below the line of a rate that carries a verdict; intervals of ratios need some."""


@dataclass(frozen=True)
class Rate:
    """A rate of printed counts with its interval, or the mark that stands in its place.

    Where rows are weighted, numerator and denominator are sums of weights; `people` are the rows
    below the line all the same.
    """

    interval: Interval | None
    mark: str = ""
    numerator: float | None = None
    denominator: float | None = None
    design_effect: float = 1.0
    people: int | None = None


@dataclass(frozen=True)
class Comparison:
    """A rate beside the reference's.

    Attributes
    ----------
    adjusted_p_value
        Over all comparisons of the report that carry a verdict; None where none was made.
    expected_ratio, beyond_base_rates
        Of a gap that would be a concern: the ratio that base rates alone give, and the ratio seen
        over it; see `governance.fairness.base_rates`.
    """

    verdict: Verdict
    ratio: Ratio | None = None
    difference: float | None = None
    difference_interval: Interval | None = None
    detectable_gap: float | None = None
    adjusted_p_value: float | None = None
    expected_ratio: Interval | None = None
    beyond_base_rates: Interval | None = None


@dataclass(frozen=True)
class GroupRow:
    """One group: its printed counts, its rates and how they compare with the reference."""

    group: str
    counts: ProtectedCounts
    rates: dict[str, Rate]
    comparisons: dict[str, Comparison]


@dataclass(frozen=True)
class GroupTable:
    """The groups of one attribute, everyone, and the group others are compared with."""

    attribute: str
    reference: str
    rows: tuple[GroupRow, ...]
    everyone: GroupRow
    is_clustered: bool


def group_table(
    attribute: str,
    outcomes: Outcomes,
    groups: Grouping,
    *,
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
    reference: str | None = None,
    population: Population = Population.EITHER,
) -> GroupTable:
    """Rates of every group, each compared with the reference group's.

    Parameters
    ----------
    attribute : str
        What the groups are groups of.
    outcomes : Outcomes
    groups : Grouping
    policy : DisclosurePolicy
        Decides what is printed; rates, intervals, ratios and verdicts come from that alone.
    tolerance : tuple of float, float
        Ratios between these are no concern.
    reference : str, optional
        Group the others are compared with; if None, the largest that is printed whole.
    population : Population
        As for `protect_table`.

    Returns
    -------
    GroupTable
        Groups in alphabetical order, those not recorded last.

    Raises
    ------
    DataError
        If nobody is in the reference group.
    """
    names, counts = groups.names, outcomes.counts(groups)
    if reference is not None and reference not in names:
        raise DataError([_unknown_reference(attribute, reference)])
    weighing = outcomes.weighing(groups)
    table = protect_table(names, counts, policy, population, weighing)
    sizes = (weighing.sums if weighing else counts).sum(axis=1)
    chosen = reference or _largest(table, dict(zip(names, sizes, strict=True)))
    effects = outcomes.design_effects(groups)
    rates = {
        name: _rates(table.groups[name], own) for name, own in zip(names, effects, strict=True)
    }
    rows = tuple(
        GroupRow(
            name,
            table.groups[name],
            rates[name],
            {
                metric: Comparison(Verdict.REFERENCE)
                if name == chosen
                else compare(rates[name][metric], rates[chosen][metric], tolerance)
                for metric in METRICS
            },
        )
        for name in sorted(names, key=lambda name: (name == NOT_RECORDED, name))
    )
    (effects_together,) = outcomes.design_effects(Grouping.together(len(groups.codes)))
    everyone = _rates(table.everyone, effects_together)
    return GroupTable(
        attribute,
        chosen,
        rows,
        GroupRow("Everyone", table.everyone, everyone, {}),
        outcomes.is_repeated,
    )


def rate(metric: Metric, counts: ProtectedCounts, effect: float = 1.0) -> Rate:
    """Rate of printed counts; a mark where a count is withheld, missing or too small."""
    above, below = counts.exact(metric.numerator), counts.exact(metric.denominator)
    people = counts.people(metric.denominator)
    if above is None or below is None:
        return Rate(None, CONFIDENTIAL)
    if below == 0:
        return Rate(None, NOT_APPLICABLE, above, below, people=people)
    if below < counts.least_denominator:
        return Rate(None, UNRELIABLE, above, below, people=people)
    above = min(above, below)  # rounding can put a part above its whole
    effect = counts.design_effect(effect, metric.denominator)
    return Rate(wilson(above, below, effect), "", above, below, effect, people)


def _rates(counts: ProtectedCounts, effects: dict[str, float]) -> dict[str, Rate]:
    return {name: rate(metric, counts, effects[name]) for name, metric in METRICS.items()}


def compare(mine: Rate, reference: Rate, tolerance: tuple[float, float]) -> Comparison:
    """Ratio, difference, verdict, and the smallest gap such numbers could have shown."""
    if mine.interval is None or reference.interval is None:
        return Comparison(Verdict.CANNOT_TELL)
    counts = (
        mine.numerator,
        mine.denominator,
        reference.numerator,
        reference.denominator,
    )
    above, below, reference_above, reference_below = (float(count or 0) for count in counts)
    effects = (mine.design_effect, reference.design_effect)
    ratio = ratio_of_rates(above, below, reference_above, reference_below, effects)
    enough = min(mine.people or 0, reference.people or 0) >= LEAST_PEOPLE
    return Comparison(
        verdict(ratio.low, ratio.high, tolerance) if ratio and enough else Verdict.CANNOT_TELL,
        ratio,
        mine.interval.value - reference.interval.value,
        difference(mine.interval, reference.interval),
        smallest_detectable_gap(above, below, reference_above, reference_below, effects),
    )


def _largest(table: ProtectedTable, sizes: dict[str, float]) -> str:
    """Largest recorded group that is printed whole, else the largest recorded."""
    return max(
        sizes,
        key=lambda name: (name != NOT_RECORDED, table.groups[name].is_complete, sizes[name]),
    )


def _unknown_reference(attribute: str, reference: str) -> Fault:
    return Fault(
        "model definition",
        f"fairness.attributes.{attribute}.reference",
        f"nobody assessed is in the group {reference}",
        "name a group that the data hold, or leave it out to take the largest",
    )
