"""Verdicts of a report adjusted for how many comparisons it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from governance.fairness.groups import Comparison, GroupTable
from governance.fairness.intervals import false_discovery_adjusted
from governance.fairness.policy import Metric, Verdict

FALSE_DISCOVERY_RATE = 0.05
"""Largest expected share of false ones among the concerns of a report."""


def adjusted(comparisons: Sequence[Comparison]) -> list[Comparison]:
    """The comparisons with p-values adjusted over all of them that could be made.

    A gap needs an adjusted p-value below 0.05 besides an interval outside the tolerance;
    without one it reads *cannot tell*. Where nothing differs in truth, at most one report in
    twenty raises any concern, however many groups, attributes and metrics it compares.

    References
    ----------
    Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57, 289-300; tests that
    share a reference group or people are positively dependent, for which it holds as well:
    Benjamini & Yekutieli 2001, Annals of Statistics 29, 1165-1188.
    """
    ratios = [one.ratio for one in comparisons if one.ratio is not None]
    p_values = iter(false_discovery_adjusted([ratio.p_value for ratio in ratios]))
    return [_read(one, float(next(p_values))) if one.ratio else one for one in comparisons]


def adjusted_tables(
    tables: Mapping[str, GroupTable], metrics: Sequence[Metric]
) -> dict[str, GroupTable]:
    """Tables whose comparisons on these metrics, those that carry a verdict, are adjusted together."""
    places = [
        (name, row.group, metric.name)
        for name, table in tables.items()
        for row in table.rows
        for metric in metrics
        if row.group != table.reference
    ]
    rows = {(name, row.group): row for name, table in tables.items() for row in table.rows}
    given = [rows[name, group].comparisons[metric] for name, group, metric in places]
    made = dict(zip(places, adjusted(given), strict=True))
    return {
        name: replace(
            table,
            rows=tuple(
                replace(
                    row,
                    comparisons={
                        metric: made.get((name, row.group, metric), comparison)
                        for metric, comparison in row.comparisons.items()
                    },
                )
                for row in table.rows
            ),
        )
        for name, table in tables.items()
    }


def _read(comparison: Comparison, p_value: float) -> Comparison:
    is_gap = comparison.verdict in {Verdict.CONCERN, Verdict.CONSISTENT}
    doubted = is_gap and p_value >= FALSE_DISCOVERY_RATE
    verdict = Verdict.CANNOT_TELL if doubted else comparison.verdict
    return replace(comparison, verdict=verdict, adjusted_p_value=p_value)
