"""The comparisons between groups that carry a verdict, and how many got which."""

from collections import Counter
from dataclasses import dataclass
from math import inf, log

from governance.assessment import Assessment
from governance.fairness.groups import Comparison, GroupRow, GroupTable, Rate
from governance.fairness.intervals import Ratio
from governance.fairness.policy import Metric, Verdict, headline_metrics


@dataclass(frozen=True)
class Judged:
    """A comparison that carries a verdict, with where it stands."""

    table: GroupTable
    row: GroupRow
    metric: Metric

    @property
    def comparison(self) -> Comparison:
        """The comparison itself."""
        return self.row.comparisons[self.metric.name]

    @property
    def rate(self) -> Rate:
        """The group's own rate."""
        return self.row.rates[self.metric.name]

    @property
    def reference_rate(self) -> Rate:
        """The reference group's rate."""
        return self.reference_row.rates[self.metric.name]

    @property
    def reference_row(self) -> GroupRow:
        """The reference group."""
        return next(r for r in self.table.rows if r.group == self.table.reference)


def judged(assessment: Assessment) -> list[Judged]:
    """Every comparison on a headline metric, reference groups left out."""
    return [
        Judged(table, row, metric)
        for table in assessment.tables.values()
        for metric in headline_metrics(assessment.definition.intervention)
        for row in table.rows
        if row.group != table.reference
    ]


def tally(assessment: Assessment) -> Counter[Verdict]:
    """How many comparisons got which verdict."""
    return Counter(one.comparison.verdict for one in judged(assessment))


def concerns_of_pairs(assessment: Assessment) -> int:
    """Concerns within the groups of another characteristic."""
    pairs = (one for table in assessment.pairs for one in table.comparisons)
    return sum(one.comparison.verdict is Verdict.CONCERN for one in pairs)


def surest_size(ratio: Ratio | None) -> float:
    """How far from 1 a ratio lies at the nearer end of its interval, as a logarithm; 0 where that holds 1."""
    if ratio is None:
        return 0.0
    if ratio.low <= 1 <= ratio.high:
        return 0.0
    nearer = ratio.low if ratio.low > 1 else ratio.high
    return abs(log(nearer)) if nearer else inf
