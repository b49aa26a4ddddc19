"""Verdicts of a report adjusted for how many comparisons it makes."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from governance.fairness.groups import Comparison, GroupRow, GroupTable
from governance.fairness.intersections import PairTable
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


def adjusted_report(
    tables: Mapping[str, GroupTable], pairs: Sequence[PairTable], metrics: Sequence[Metric]
) -> tuple[dict[str, GroupTable], tuple[PairTable, ...]]:
    """Tables and pairs of groups, their comparisons on these metrics adjusted all together."""
    places = [
        (name, row.group, metric.name)
        for name, table in tables.items()
        for row in table.rows
        for metric in metrics
        if row.group != table.reference
    ]
    rows = {(name, row.group): row for name, table in tables.items() for row in table.rows}
    alone = [rows[name, group].comparisons[metric] for name, group, metric in places]
    crossed = [pair.comparison for table in pairs for pair in table.comparisons]
    made = adjusted([*alone, *crossed])
    read, of_pairs = dict(zip(places, made, strict=False)), iter(made[len(places) :])
    return (
        {
            name: replace(table, rows=tuple(_with(read, name, row) for row in table.rows))
            for name, table in tables.items()
        },
        tuple(
            replace(
                table,
                comparisons=tuple(
                    replace(pair, comparison=next(of_pairs)) for pair in table.comparisons
                ),
            )
            for table in pairs
        ),
    )


def _with(read: Mapping[tuple[str, str, str], Comparison], name: str, row: GroupRow) -> GroupRow:
    comparisons = {
        metric: read.get((name, row.group, metric), comparison)
        for metric, comparison in row.comparisons.items()
    }
    return replace(row, comparisons=comparisons)


def _read(comparison: Comparison, p_value: float) -> Comparison:
    is_gap = comparison.verdict in {Verdict.CONCERN, Verdict.CONSISTENT}
    doubted = is_gap and p_value >= FALSE_DISCOVERY_RATE
    verdict = Verdict.CANNOT_TELL if doubted else comparison.verdict
    return replace(comparison, verdict=verdict, adjusted_p_value=p_value)
