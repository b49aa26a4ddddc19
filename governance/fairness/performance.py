"""How each way of ranking did at capacity, by test date and over all, from printed counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from governance.disclosure.control import (
    DisclosurePolicy,
    Population,
    ProtectedCounts,
    ProtectedTable,
    protect_table,
)
from governance.disclosure.suppression import Shown
from governance.fairness.counts import SUMS
from governance.fairness.groups import Rate, rate
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS

_SHOWN = ("precision", "recall", "base_rate", "observed_share")
_OF_THE_ORDER = (
    "auc",
    "average_precision",
    "brier",
    "calibration_slope",
    "predicted_over_actual",
    "days_earlier",
)
_AT_OTHER_LENGTHS = ("precision_at_100", "precision_at_10pct")


@dataclass(frozen=True)
class CandidateResult:
    """One way of ranking on one test date.

    Attributes
    ----------
    rates : dict of str to Rate
        `precision` and `recall` at capacity, and the cohort's `base_rate` and `observed_share`.
    figures : dict of str to float or None
        Figures of the whole order, as training measured them; None where withheld or unknown.
    """

    candidate: str
    counts: ProtectedCounts
    rates: dict[str, Rate]
    figures: dict[str, float | None]


@dataclass(frozen=True)
class SplitResult:
    """One test date: who was in the cohort, what happened, how each way of ranking did."""

    split: str
    cohort: ProtectedCounts
    base_rate: Rate
    observed_share: Rate
    candidates: dict[str, CandidateResult]


@dataclass(frozen=True)
class Performance:
    """Every test date, and all of them together."""

    splits: tuple[SplitResult, ...]
    over_all: SplitResult
    is_withheld_by_split: bool


def measure_performance(
    outcomes: Mapping[str, Outcomes],
    split_names: Sequence[str],
    metrics: Mapping[str, Any],
    policy: DisclosurePolicy,
    population: Population = Population.ALL,
) -> Performance:
    """Results of every candidate on every test date.

    All candidates rank the same people, so a test date's outcomes are printed
    once for all of them; where they are too few to print, no date's are.

    Parameters
    ----------
    outcomes : mapping of str to Outcomes
        By candidate, of the same people.
    split_names : sequence of str
        Test dates by their number in `outcomes`.
    metrics : mapping
        As training writes metrics.json.
    policy : DisclosurePolicy
    population : Population
        `KNOWN` where those whose outcome is unknown are too few to print anything about.

    Notes
    -----
    Under a policy that withholds or rounds, no other length of list is printed: the counts of
    two lengths differ by the few people between them.
    """
    tables = {
        name: _table(split_names, found, policy, population) for name, found in outcomes.items()
    }
    withheld = not all(
        _has_margins(counts) for table in tables.values() for counts in table.groups.values()
    )
    trained = {entry["test_as_of"]: entry["candidates"] for entry in metrics["splits"]}
    keys = (*_OF_THE_ORDER, *(_AT_OTHER_LENGTHS if policy.is_open else ()))

    def of_split(split: str) -> SplitResult:
        printed = {
            name: NOTHING_PRINTED if withheld else table.groups[split]
            for name, table in tables.items()
        }
        figures = {} if withheld else trained.get(split, {})
        return _result(
            split,
            {
                name: CandidateResult(
                    name,
                    counts,
                    _rates(counts, {}),
                    {key: figures.get(name, {}).get(key) for key in keys},
                )
                for name, counts in printed.items()
            },
        )

    over_all = _result(
        "all",
        {
            name: CandidateResult(
                name,
                table.everyone,
                _rates(table.everyone, _effects(outcomes[name])),
                {},
            )
            for name, table in tables.items()
        },
    )
    return Performance(
        tuple(of_split(split) for split in sorted(split_names)),
        over_all,
        withheld,
    )


def _result(split: str, candidates: dict[str, CandidateResult]) -> SplitResult:
    cohort = next(iter(candidates.values()))
    return SplitResult(
        split,
        cohort.counts,
        cohort.rates["base_rate"],
        cohort.rates["observed_share"],
        candidates,
    )


def _rates(counts: ProtectedCounts, effects: Mapping[str, float]) -> dict[str, Rate]:
    return {name: rate(METRICS[name], counts, effects.get(name, 1.0)) for name in _SHOWN}


NOTHING_PRINTED = ProtectedCounts(dict.fromkeys(SUMS), Shown.NOTHING)
"""Counts of which none may be printed."""


def _has_margins(counts: ProtectedCounts) -> bool:
    """Whether it is printed how many had the outcome, and how many were on the list."""
    listed = counts["selected"] is not None or counts["selected_known"] is not None
    return counts["positives"] is not None and listed


def _effects(outcomes: Outcomes) -> dict[str, float]:
    (effects,) = outcomes.design_effects(Grouping.together(len(outcomes.entity)))
    return effects


def _table(
    split_names: Sequence[str], outcomes: Outcomes, policy: DisclosurePolicy, population: Population
) -> ProtectedTable:
    splits = Grouping(tuple(split_names), outcomes.split)
    weighing = outcomes.weighing(splits)
    return protect_table(splits.names, outcomes.counts(splits), policy, population, weighing)
