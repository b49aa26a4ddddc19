"""Further tables of the same groups: at other lengths of list, by date, by area, beside the version in use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.disclosure.control import CONFIDENTIAL, DisclosurePolicy, Population
from governance.disclosure.parting import may_be_parted
from governance.fairness.by_date import AttributeOverTime, by_date
from governance.fairness.groups import GroupTable, group_table
from governance.fairness.intersections import PairTable
from governance.fairness.list_lengths import ListLengths, list_lengths
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.performance import Performance
from governance.fairness.policy import headline_metrics
from governance.fairness.replacement import Champion, Replacement, replacement, shown_metrics
from governance.fairness.whole_groups import Effects, WholeGroups
from governance.geography.area_map import AreaMap
from governance.scored import groups_of
from hearth.definition import ModelDefinition

AREA = "area"
"""Column of the areas of rows."""


@dataclass(frozen=True)
class Geography:
    """Rates by area, and the outlines where there are any."""

    table: GroupTable
    outlines: AreaMap | None


@dataclass(frozen=True)
class Beside:
    """What further tables are made from, where it is there.

    Attributes
    ----------
    champion : Champion, optional
        The version in use, if it is another one.
    areas : DataFrame, optional
        One row per `entity_id` and `as_of`, with the code of the `area` it lies in.
    outlines : AreaMap, optional
        Outlines of those areas.
    """

    champion: Champion | None = None
    areas: pd.DataFrame | None = None
    outlines: AreaMap | None = None


@dataclass(frozen=True)
class Further:
    """Further tables, all of them fit to print.

    Attributes
    ----------
    dates : dict of str to AttributeOverTime
        By attribute; those are left out of which it may not be shown.
    replacement : Replacement, optional
        None where no other version is in use, or the two share no row.
    """

    lengths: ListLengths
    dates: dict[str, AttributeOverTime]
    replacement: Replacement | None
    geography: Geography | None


def look_further(
    beside: Beside,
    definition: ModelDefinition,
    rows: pd.DataFrame,
    outcomes: Outcomes,
    groups: Mapping[str, Grouping],
    *,
    tables: Mapping[str, GroupTable],
    pairs: Sequence[PairTable],
    performance: Performance,
    policy: DisclosurePolicy,
    population: Population,
    probability: NDArray[np.float64] | None,
) -> Further:
    """Further tables of a candidate's list.

    Parameters
    ----------
    beside : Beside
    definition : ModelDefinition
    rows, outcomes
        The candidate's.
    groups, tables, pairs, performance
        What the assessment has of them.
    policy, population
        As for `protect_table`.
    probability : float64 array, shape (rows,), optional
        As stated by the candidate.
    """
    tolerance = definition.fairness.tolerance
    open_pairs = {table.second for table in pairs if not _is_whole(table, tables)}
    others = [name for name in list(tables)[1:] if name not in open_pairs]
    may = may_be_parted(list(tables), dict.fromkeys(others, True), policy)
    found = [WholeGroups.of(tables[name], outcomes, groups[name]) for name in may]
    whole = [each for each in found if each is not None]
    everyone = performance.over_all.candidates[str(rows["candidate"].iloc[0])]
    dates = Grouping.of(rows["split"])
    told = [] if performance.is_withheld_by_split or len(dates.names) < 2 else whole  # noqa: PLR2004 a change needs two
    over_time = {
        each.attribute: by_date(
            each, outcomes, dates, probability, policy=policy, tolerance=tolerance
        )
        for each in told
    }
    return Further(
        list_lengths(
            rows,
            outcomes,
            whole,
            effects=_effects(tables, outcomes),
            policy=policy,
            tolerance=tolerance,
            is_unknown_printed=everyone.counts["unknown"] is not None,
        ),
        {name: found for name, found in over_time.items() if found is not None},
        replacement(
            rows,
            outcomes,
            beside.champion,
            whole,
            metrics=shown_metrics(headline_metrics(definition.intervention)),
            policy=policy,
            population=population,
            seed=definition.learner.seed,
        )
        if beside.champion
        else None,
        None
        if beside.areas is None
        else Geography(
            group_table(
                AREA,
                outcomes,
                groups_of(rows, beside.areas, AREA),
                policy=policy,
                tolerance=tolerance,
                # Where the list falls matters more than what became of those on it.
                population=Population.ALL if population is Population.EITHER else population,
            ),
            beside.outlines,
        ),
    )


def _is_whole(pairs: PairTable, tables: Mapping[str, GroupTable]) -> bool:
    """Whether every pair of two groups that are printed whole is printed."""
    whole = {
        row.group
        for name in (pairs.first, pairs.second)
        for row in tables[name].rows
        if row.counts.is_complete
    }
    return all(
        pair.counts.is_complete and pair.reference_rate.mark != CONFIDENTIAL
        for pair in pairs.comparisons
        if {pair.within, pair.group, pair.reference} <= whole
    )


def _effects(tables: Mapping[str, GroupTable], outcomes: Outcomes) -> Effects:
    """Design effects of everyone together."""
    for table in tables.values():
        return {name: rate.design_effect for name, rate in table.everyone.rates.items()}
    return outcomes.design_effects(Grouping.together(len(outcomes.entity)))[0]
