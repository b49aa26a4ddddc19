"""Each group from one test date to the next: base rate, list, headline metrics, calibration."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from governance.disclosure.control import (
    DisclosurePolicy,
    Population,
    ProtectedCounts,
    protect_table,
)
from governance.disclosure.parting import is_any_small
from governance.fairness.counts import CELLS, KNOWN
from governance.fairness.groups import Comparison, Rate, compare, rate
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS
from governance.fairness.weighing import Floats, weighted_mean
from governance.fairness.whole_groups import WholeGroups


@dataclass(frozen=True)
class GroupAtDate:
    """One group on one test date; `stated` is the mean stated probability, where there is one."""

    rates: dict[str, Rate]
    stated: float | None


@dataclass(frozen=True)
class GroupOverTime:
    """One group on every test date, and the last beside the first, metric by metric."""

    group: str
    dates: tuple[GroupAtDate, ...]
    changes: dict[str, Comparison]


@dataclass(frozen=True)
class AttributeOverTime:
    """The groups of one attribute over time, beside everyone."""

    attribute: str
    dates: tuple[str, ...]
    groups: tuple[GroupOverTime, ...]
    everyone: GroupOverTime


def by_date(
    whole: WholeGroups,
    outcomes: Outcomes,
    dates: Grouping,
    probability: NDArray[np.float64] | None,
    *,
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
) -> AttributeOverTime | None:
    """Rates of every group on every test date; None where some are of too few people to print.

    Where only those of unknown outcome are too few, nothing is said of them, nor of how much of a
    group is on the list. The last date is compared with the first as if their people were
    different, so that where some are the same the interval is wider than it need be.

    Parameters
    ----------
    whole : WholeGroups
        Of an attribute that may be parted; see `governance.disclosure.parting`.
    outcomes : Outcomes
    dates : Grouping
        Each row's test date.
    probability : float64 array, shape (rows,), optional
        As stated.
    """
    groups = whole.grouping
    shape = (len(groups.names), len(dates.names), len(CELLS))
    counts = outcomes.counts(groups.crossed(dates)).reshape(shape)
    weighing = outcomes.weighing(groups.crossed(dates))
    weighing = weighing and weighing.reshape(*shape[:2])
    population = Population.ALL
    if not whole.counts_unknown or is_any_small(counts, policy):
        counts, population = counts * KNOWN, Population.KNOWN
    # Section 4 prints how long each date's list is: less the known, it is those of unknown outcome.
    if is_any_small(counts, policy) or is_any_small(outcomes.counts(dates), policy):
        return None
    printed = [
        protect_table(
            groups.names, counts[:, date], policy, population, weighing and weighing[:, date]
        )
        for date in range(len(dates.names))
    ]

    def over_time(
        name: str, parts: Sequence[ProtectedCounts], of: NDArray[np.bool_]
    ) -> GroupOverTime:
        at = tuple(
            _at_date(
                part, probability, outcomes.observed & of & (dates.codes == date), outcomes.weight
            )
            for date, part in enumerate(parts)
        )
        changes = {m: compare(at[-1].rates[m], at[0].rates[m], tolerance) for m in METRICS}
        return GroupOverTime(name, at, changes)

    return AttributeOverTime(
        whole.attribute,
        dates.names,
        tuple(
            over_time(name, [table.groups[name] for table in printed], groups.codes == code)
            for code, name in enumerate(groups.names)
        ),
        over_time("Everyone", [t.everyone for t in printed], np.ones(len(groups.codes), dtype=bool)),
    )  # fmt: skip


def _at_date(
    counts: ProtectedCounts,
    probability: Floats | None,
    known: NDArray[np.bool_],
    weight: Floats | None,
) -> GroupAtDate:
    rates: Mapping[str, Rate] = {name: rate(metric, counts) for name, metric in METRICS.items()}
    is_stated = probability is not None and rates["base_rate"].interval is not None
    stated = (
        weighted_mean(probability, known, weight) if probability is not None and is_stated else None
    )
    return GroupAtDate(dict(rates), stated)
