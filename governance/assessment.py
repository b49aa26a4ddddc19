"""The assessment: everything the report says in numbers, made from stored artefacts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from governance.disclosure.control import (
    DisclosurePolicy,
    Population,
    disclosure_policy,
)
from governance.disclosure.parting import hides_few_unknown
from governance.fairness.base_rates import Stated, soften_table
from governance.fairness.bootstrap import WidestGap, widest_gaps
from governance.fairness.calibration import GroupCalibration, calibrations
from governance.fairness.coverage import CoverageRow, coverage_of
from governance.fairness.discrepancies import discrepancies, harden
from governance.fairness.groups import GroupTable, group_table
from governance.fairness.intersections import PairTable, pair_tables
from governance.fairness.many_comparisons import adjusted_report
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.performance import Performance, measure_performance
from governance.fairness.policy import headline_metrics
from governance.fairness.unlike_records import Discrepancy
from governance.further import Beside, Further, look_further
from governance.scored import (
    check_scored,
    checked_outcomes,
    groups_by_attribute,
    outcomes_by_candidate,
    rows_of,
)
from governance.weights import check_weights
from hearth.definition import ModelDefinition
from hearth.progress import Progress, silent


@dataclass(frozen=True)
class Provenance:
    """Hashes of what was assessed, and how to do it again."""

    hashes: dict[str, str]
    hearth_version: str
    made_on: str
    command: str


@dataclass(frozen=True)
class Given:
    """That nothing but scored rows was given, as of a vendor's model.

    Attributes
    ----------
    listed : str, optional
        Who is on the list, in words; None where the capacity of the definition says so.
    """

    listed: str | None


@dataclass(frozen=True)
class Earlier:
    """An earlier report of the same model, which a reader may subtract from this one."""

    version: str
    report: Mapping[str, Any]


@dataclass(frozen=True)
class Evidence:
    """What an assessment is made from.

    Attributes
    ----------
    scored : DataFrame
        One row per split, entity and candidate; see `governance.scored.COLUMNS`, and for a sample
        `governance.weights.WEIGHT`.
    protected : DataFrame
        One row per entity and as-of date, one column per declared attribute.
    metrics, matrix : mapping
        metrics.json and the matrix manifest.
    analyses : mapping of str to mapping
        What `hearth analyse` found of this version, by the analysis's name; empty where nobody ran it.
    earlier : Earlier, optional
        The report of the version before, where there is one.
    given : Given, optional
        Where there is no model, only somebody's scored rows; its definition is then no more than
        what was said of them.
    beside : Beside
        The version in use, areas and their outlines, where there are any.
    titles : mapping of str to str
        What people call each source.
    population : mapping of str to mapping of str to float
        By attribute and group: its share of those the service is for, as a census has it; empty
        where nobody gave any.
    """

    definition: ModelDefinition
    version: str
    scored: pd.DataFrame
    protected: pd.DataFrame
    metrics: Mapping[str, Any]
    matrix: Mapping[str, Any]
    provenance: Provenance
    analyses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    given: Given | None = None
    earlier: Earlier | None = None
    beside: Beside = field(default_factory=Beside)
    titles: Mapping[str, str] = field(default_factory=dict)
    population: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Assessment:
    """Numbers and verdicts on one version of a model, all of them fit to print.

    Attributes
    ----------
    candidate : str
        The way of ranking that was chosen; the group figures are about its list.
    calibration : dict of str to tuple of GroupCalibration
        By attribute; empty where the candidate gives no probability.
    widest : dict of str to dict of str to WidestGap
        By attribute and headline metric.
    discrepancies : tuple of Discrepancy
        Where a group's records differ from others', found or not; `is_checked` says whether outcomes
        found another way were among the evidence.
    """

    definition: ModelDefinition
    version: str
    candidate: str
    policy: DisclosurePolicy
    performance: Performance
    tables: dict[str, GroupTable]
    pairs: tuple[PairTable, ...]
    widest: dict[str, dict[str, WidestGap]]
    discrepancies: tuple[Discrepancy, ...]
    is_checked: bool
    calibration: dict[str, tuple[GroupCalibration, ...]]
    coverage: tuple[CoverageRow, ...]
    metrics: Mapping[str, Any]
    matrix: Mapping[str, Any]
    provenance: Provenance
    further: Further
    analyses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    given: Given | None = None
    earlier: Earlier | None = None
    titles: Mapping[str, str] = field(default_factory=dict)


def assess(evidence: Evidence, progress: Progress = silent) -> Assessment:
    """Assessment of the candidate that training chose, over all test dates.

    Parameters
    ----------
    evidence : Evidence
    progress : Progress
        Told of each attribute.

    Raises
    ------
    DataError
        If the scored rows lack a column or the chosen candidate, or a person is counted twice.
    """
    definition = evidence.definition
    check_scored(evidence.scored)
    is_alone = bool(evidence.given) and not (evidence.analyses or evidence.beside.champion)
    check_weights(evidence.scored, definition.fairness.disclosure, is_alone=is_alone)
    policy = disclosure_policy(definition.fairness.disclosure)
    candidate = str(evidence.metrics["chosen"])
    rows = rows_of(evidence.scored, candidate)
    by_candidate = outcomes_by_candidate(evidence.scored)
    outcomes = by_candidate[candidate]
    population = _population(definition, by_candidate, policy)
    tolerance = definition.fairness.tolerance
    attributes = definition.fairness.attributes
    groups = groups_by_attribute(rows, evidence.protected, [a.name for a in attributes])
    tables: dict[str, GroupTable] = {}
    for done, attribute in enumerate(attributes):
        progress("measuring groups", done, len(attributes))
        tables[attribute.name] = group_table(
            attribute.name,
            outcomes,
            groups[attribute.name],
            policy=policy,
            tolerance=tolerance,
            reference=attribute.reference,
            population=population or Population.EITHER,
        )
    progress("measuring groups", len(attributes), len(attributes))
    metrics = headline_metrics(definition.intervention)
    stated = _stated(rows, outcomes)
    if stated is not None:
        tables = {
            name: soften_table(table, groups[name], metrics, stated, tolerance)
            for name, table in tables.items()
        }
    performance = measure_performance(
        by_candidate,
        Grouping.of(evidence.scored["split"]).names,
        evidence.metrics,
        policy,
        population or Population.ALL,
    )
    checked = checked_outcomes(rows, outcomes)
    found = discrepancies(
        tables,
        groups,
        stated=stated,
        checked=checked,
        population=evidence.population,
        policy=policy,
        tolerance=tolerance,
    )
    crossed = (
        pair_tables(
            outcomes,
            groups,
            tables,
            metrics=metrics,
            policy=policy,
            tolerance=tolerance,
            stated=stated,
        )
        if len(groups) > 1
        else ()
    )
    tables, pairs = adjusted_report(tables, crossed, metrics)
    tables = harden(tables, found)
    return Assessment(
        definition=definition,
        version=evidence.version,
        candidate=candidate,
        policy=policy,
        performance=performance,
        tables=tables,
        widest=widest_gaps(tables, metrics),
        discrepancies=found,
        is_checked=checked is not None,
        pairs=pairs,
        calibration=calibrations(stated, groups, tables) if stated else {},
        coverage=coverage_of(definition.fairness),
        metrics=evidence.metrics,
        matrix=evidence.matrix,
        provenance=evidence.provenance,
        further=look_further(
            evidence.beside,
            definition,
            rows,
            outcomes,
            groups,
            tables=tables,
            pairs=pairs,
            performance=performance,
            policy=policy,
            population=population or Population.EITHER,
            probability=None if stated is None else rows["score"].to_numpy(dtype=np.float64),
        ),
        analyses=evidence.analyses,
        given=evidence.given,
        earlier=evidence.earlier,
        titles=evidence.titles,
    )


def _population(
    definition: ModelDefinition, by_candidate: Mapping[str, Outcomes], policy: DisclosurePolicy
) -> Population | None:
    """`KNOWN` where any list holds so few of unknown outcome that all of them must go unsaid.

    Where capacity is a count, the length of the list is public, and what is left
    of it after the known would give the unknown away.
    """
    if definition.capacity.count is not None:
        return None
    totals = (
        outcomes.counts(Grouping.together(len(outcomes.entity)))[0]
        for outcomes in by_candidate.values()
    )
    few = any(hides_few_unknown(total, policy) for total in totals)
    return Population.KNOWN if few else None


def _stated(rows: pd.DataFrame, outcomes: Outcomes) -> Stated | None:
    """The chances stated; None where the candidate gives an order and no probability."""
    if not rows["calibrated"].to_numpy(dtype=bool).all():
        return None
    return Stated.of(outcomes, rows["score"].to_numpy(dtype=np.float64))
