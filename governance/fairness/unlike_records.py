"""Four questions of a group's records, each a ratio to another group's with its 95 % interval."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import erfc, exp, log, sqrt

import numpy as np

from governance.disclosure.control import DisclosurePolicy
from governance.fairness.base_rates import Stated
from governance.fairness.groups import NOT_RECORDED, GroupRow, GroupTable, Rate, group_table
from governance.fairness.intervals import Interval, Ratio, difference, ratio_of_rates, wilson
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import Verdict, verdict

_Z95 = 1.959964
_STRATA = (("selected_known", "selected"), ("unselected_known", "unselected"))


class Question(StrEnum):
    """What was compared."""

    STATED = "recorded against stated"
    MISSED = "recorded of those checked with the outcome"
    INVENTED = "recorded of those checked without the outcome"
    LOOKED_AT = "looked at, on the list or off it"
    REPRESENTED = "in the cohort against in the population"


@dataclass(frozen=True)
class Discrepancy:
    """A group's figure beside the reference's, and their ratio.

    Attributes
    ----------
    mine, theirs : float
        Shares in [0, 1]: recorded, looked at, or in the cohort; `theirs` is the population's share
        where representation is asked.
    expected : float or None
        Of *stated*: the share that the same chances led to in the reference group.
    """

    question: Question
    attribute: str
    group: str
    reference: str
    mine: float
    theirs: float
    ratio: Ratio
    verdict: Verdict
    expected: float | None = None


def _others(table: GroupTable) -> tuple[GroupRow, list[GroupRow]]:
    reference = next(row for row in table.rows if row.group == table.reference)
    others = [row for row in table.rows if row.group not in {table.reference, NOT_RECORDED}]
    return reference, others


def recorded_against_stated(
    table: GroupTable, groups: Grouping, stated: Stated, tolerance: tuple[float, float]
) -> Iterator[Discrepancy]:
    """How often the outcome is recorded, given the same stated chances."""
    reference, others = _others(table)
    there = _over_stated(reference, groups, stated)
    for row in others:
        here = _over_stated(row, groups, stated)
        if here is None or there is None:
            continue
        seen, theirs = (each.rates["base_rate"].interval for each in (row, reference))
        if seen is None or theirs is None:
            continue
        ratio = _ratio_of(here, there)
        yield Discrepancy(
            Question.STATED,
            table.attribute,
            row.group,
            table.reference,
            seen.value,
            theirs.value,
            ratio,
            verdict(ratio.low, ratio.high, tolerance),
            expected=seen.value / ratio.value,
        )


def _over_stated(row: GroupRow, groups: Grouping, stated: Stated) -> Interval | None:
    """Share that came true over the mean stated; None of none."""
    came_true = row.rates["base_rate"].interval
    if came_true is None or came_true.value == 0:
        return None
    mean = stated.means(groups.codes == groups.names.index(row.group))["all"]
    return Interval(came_true.value / mean, came_true.low / mean, came_true.high / mean)


def _ratio_of(here: Interval, there: Interval) -> Ratio:
    apart = difference(*(Interval(log(x.value), log(x.low), log(x.high)) for x in (here, there)))
    spread = (apart.high - apart.low) / (2 * _Z95)
    p_value = erfc(abs(apart.value) / spread / sqrt(2))
    return Ratio(exp(apart.value), exp(apart.low), exp(apart.high), p_value)


def recorded_against_checked(
    table: GroupTable,
    groups: Grouping,
    checked: Outcomes,
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
) -> Iterator[Discrepancy]:
    """How often the outcome is recorded, of those with whom it was found another way, and of the others."""
    name, rows = table.attribute, checked.observed
    codes, present = groups.codes[rows], np.unique(groups.codes[rows])
    names = tuple(groups.names[code] for code in present)
    if table.reference not in names:
        return
    again = group_table(
        name,
        checked.where(rows),
        Grouping(names, np.searchsorted(present, codes)),
        policy=policy,
        tolerance=tolerance,
        reference=table.reference,
    )
    reference, others = _others(again)
    for row in others:
        for question, metric in (
            (Question.MISSED, "recall"),
            (Question.INVENTED, "false_positive_rate"),
        ):
            mine, theirs = row.rates[metric], reference.rates[metric]
            ratio = _ratio_of_rates(mine, theirs)
            if ratio is None or mine.interval is None or theirs.interval is None:
                continue
            yield Discrepancy(
                question,
                name,
                row.group,
                table.reference,
                mine.interval.value,
                theirs.interval.value,
                ratio,
                verdict(ratio.low, ratio.high, tolerance),
            )


def _ratio_of_rates(mine: Rate, theirs: Rate) -> Ratio | None:
    """Ratio of two printed rates; where the reference has none, with half a case added to both."""
    parts = (mine.numerator, mine.denominator, theirs.numerator, theirs.denominator)
    if mine.interval is None or theirs.interval is None or None in parts:
        return None
    a, n, b, m = (float(part or 0) for part in parts)
    if b == 0:
        a, n, b, m = a + 0.5, n + 1, b + 0.5, m + 1
    return ratio_of_rates(a, n, b, m, (mine.design_effect, theirs.design_effect))


def looked_at(table: GroupTable, tolerance: tuple[float, float]) -> Iterator[Discrepancy]:
    """How often the outcome is known, on the list and off it."""
    reference, others = _others(table)
    for row in others:
        mine, theirs = (each.rates["observed_share"] for each in (row, reference))
        ratio = _mantel_haenszel(row, reference)
        if ratio is None or mine.interval is None or theirs.interval is None:
            continue
        yield Discrepancy(
            Question.LOOKED_AT,
            table.attribute,
            row.group,
            table.reference,
            mine.interval.value,
            theirs.interval.value,
            ratio,
            verdict(ratio.low, ratio.high, tolerance),
        )


def _mantel_haenszel(row: GroupRow, reference: GroupRow) -> Ratio | None:
    """Ratio of shares looked at, the listed compared with the listed and the others with the others."""
    above, below, spread = 0.0, 0.0, 0.0
    for known, everyone in _STRATA:
        counts = tuple(
            of.exact(name) for of in (row.counts, reference.counts) for name in (known, everyone)
        )
        if None in counts:
            return None
        a, n, b, m = (float(count or 0) for count in counts)
        if n + m == 0:
            continue
        above += a * m / (n + m)
        below += b * n / (n + m)
        spread += (n * m * (a + b) - a * b * (n + m)) / (n + m) ** 2
    if above == 0 or below == 0 or spread <= 0:
        return None  # nobody was looked at, or everybody
    rates = (each.rates["observed_share"] for each in (row, reference))
    deviation = sqrt(max(rate.design_effect for rate in rates) * spread / (above * below))
    centre = log(above / below)
    return Ratio(
        above / below,
        exp(centre - _Z95 * deviation),
        exp(centre + _Z95 * deviation),
        erfc(abs(centre) / deviation / sqrt(2)),
    )


def represented(
    table: GroupTable, shares: Mapping[str, float], tolerance: tuple[float, float]
) -> Iterator[Discrepancy]:
    """How often the group stands in the cohort, among those whose group is recorded."""
    counted = {row.group: row.counts.exact("n") for row in table.rows if row.group in shares}
    total = float(sum(count or 0 for count in counted.values()))
    whole = sum(shares[group] for group in counted)
    if None in counted.values() or not total or not whole:
        return
    effect = max(1.0, *(row.rates["base_rate"].design_effect for row in table.rows))
    for group, count in counted.items():
        expected = shares[group] / whole
        seen = wilson(float(count or 0), total, effect)
        if not 0 < expected < 1 or seen.value == 0:
            continue
        ratio = _ratio_of(seen, Interval(expected, expected, expected))
        yield Discrepancy(
            Question.REPRESENTED,
            table.attribute,
            group,
            table.reference,
            seen.value,
            expected,
            Ratio(ratio.value, ratio.low, ratio.high, ratio.p_value),
            verdict(ratio.low, ratio.high, tolerance),
        )
