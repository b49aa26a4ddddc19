"""How a list treats the groups of one attribute: rates, ratios to a reference, verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.counts import count_outcomes, outcome_cells
from governance.disclosure import (
    CONFIDENTIAL,
    NOT_APPLICABLE,
    UNRELIABLE,
    DisclosurePolicy,
    ProtectedCounts,
    protect_table,
)
from governance.intervals import (
    Interval,
    Ratio,
    design_effect,
    ratio_of_rates,
    smallest_detectable_gap,
    wilson,
)
from governance.policy import METRICS, Metric, Verdict, verdict
from hearth.errors import DataError, Fault

NOT_RECORDED = "not recorded"
"""Group of those whose attribute the council does not hold."""


@dataclass(frozen=True)
class Outcomes:
    """Who was on the list and what happened, one row per entity and split.

    Attributes
    ----------
    selected, happened, observed : array of bool, shape (rows,)
        `happened` means nothing where `observed` is false.
    entity, split : array of int, shape (rows,)
        Codes; the pair of them names a row.
    """

    selected: NDArray[np.bool_]
    happened: NDArray[np.bool_]
    observed: NDArray[np.bool_]
    entity: NDArray[np.int64]
    split: NDArray[np.int64]

    def __post_init__(self) -> None:
        """Refuse two rows for one entity in one split: they would count a person twice."""
        pairs = np.unique(np.stack([self.entity, self.split]), axis=1).shape[1]
        if pairs != len(self.entity):
            raise DataError(
                [
                    Fault(
                        "scored rows",
                        "entity_id, split",
                        f"{len(self.entity) - pairs} rows repeat an entity within a split",
                        "give one row for each entity and split",
                    )
                ]
            )

    @property
    def is_repeated(self) -> bool:
        """Whether some entity stands in more than one split."""
        return len(np.unique(self.entity)) < len(self.entity)

    def design_effects(self, within: NDArray[np.bool_] | None = None) -> dict[str, float]:
        """Design effect of each metric in part of the rows; all 1 where no entity repeats."""
        if not self.is_repeated:
            return dict.fromkeys(METRICS, 1.0)
        if within is None:
            within = np.ones(len(self.entity), dtype=bool)
        cells = outcome_cells(self.selected, self.happened, self.observed)[within]
        return {
            name: design_effect(
                metric.above[cells].astype(bool),
                metric.below[cells].astype(bool),
                self.entity[within],
            )
            for name, metric in METRICS.items()
        }


@dataclass(frozen=True)
class Rate:
    """A rate of printed counts with its interval, or the mark that stands in its place."""

    interval: Interval | None
    mark: str = ""
    numerator: int | None = None
    denominator: int | None = None
    design_effect: float = 1.0


@dataclass(frozen=True)
class Comparison:
    """A rate beside the reference's."""

    verdict: Verdict
    ratio: Ratio | None = None
    difference: float | None = None
    detectable_gap: float | None = None


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
    groups: Sequence[str],
    *,
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
    reference: str | None = None,
) -> GroupTable:
    """Rates of every group, each compared with the reference group's.

    Parameters
    ----------
    attribute : str
        What the groups are groups of.
    outcomes : Outcomes
    groups : sequence of str, length rows
        Each row's group.
    policy : DisclosurePolicy
        Decides what is printed; rates, intervals, ratios and verdicts come from that alone.
    tolerance : tuple of float, float
        Ratios between these are no concern.
    reference : str, optional
        Group the others are compared with; the largest recorded one if None.

    Returns
    -------
    GroupTable
        Groups in alphabetical order, those not recorded last.

    Raises
    ------
    DataError
        If nobody is in the reference group.
    """
    names, counts = count_outcomes(outcomes.selected, outcomes.happened, outcomes.observed, groups)
    members = np.asarray(groups, dtype=str)
    chosen = reference or _largest(names, counts.sum(axis=1))
    if chosen not in names:
        raise DataError([_unknown_reference(attribute, chosen)])
    table = protect_table(names, counts, policy)
    rates = {
        name: _rates(table.groups[name], outcomes.design_effects(members == name)) for name in names
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
    everyone = _rates(table.everyone, outcomes.design_effects())
    return GroupTable(
        attribute,
        chosen,
        rows,
        GroupRow("Everyone", table.everyone, everyone, {}),
        outcomes.is_repeated,
    )


def rate(metric: Metric, counts: ProtectedCounts, effect: float = 1.0) -> Rate:
    """Rate of printed counts; a mark where a count is withheld, missing or too small."""
    above, below = counts[metric.numerator], counts[metric.denominator]
    if above is None or below is None:
        return Rate(None, CONFIDENTIAL)
    if below == 0:
        return Rate(None, NOT_APPLICABLE, above, below)
    if below < counts.least_denominator:
        return Rate(None, UNRELIABLE, above, below)
    above = min(above, below)  # rounding can put a part above its whole
    return Rate(wilson(above, below, effect), "", above, below, effect)


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
    return Comparison(
        verdict(ratio.low, ratio.high, tolerance) if ratio else Verdict.CANNOT_TELL,
        ratio,
        mine.interval.value - reference.interval.value,
        smallest_detectable_gap(above, below, reference_above, reference_below, effects),
    )


def _largest(names: list[str], sizes: NDArray[np.int64]) -> str:
    recorded = [index for index, name in enumerate(names) if name != NOT_RECORDED]
    return names[max(recorded or range(len(names)), key=lambda index: int(sizes[index]))]


def _unknown_reference(attribute: str, reference: str) -> Fault:
    return Fault(
        "model definition",
        f"fairness.attributes.{attribute}.reference",
        f"nobody assessed is in the group {reference}",
        "name a group that the data hold, or leave it out to take the largest",
    )
