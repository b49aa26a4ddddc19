"""The comparisons between groups that carry a verdict, and how many got which."""

from collections import Counter
from dataclasses import dataclass

from governance.assessment import Assessment
from governance.fairness.groups import Comparison, GroupRow, GroupTable, Rate
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
