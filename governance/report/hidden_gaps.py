"""Gaps within the groups of one characteristic that another, looked at alone, does not show."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.groups import Comparison
from governance.fairness.intersections import PairComparison, PairTable
from governance.fairness.many_comparisons import FALSE_DISCOVERY_RATE
from governance.fairness.policy import Verdict
from governance.report.words import NOUNS, group_name, ratio_in_words


def hidden_gaps(assessment: Assessment) -> list[str]:
    """Every hidden gap in a sentence, the surest first.

    Hidden is a gap that chance among all comparisons of the report does not give, whose ratio lies
    outside the tolerance, where the same two groups' ratio over everybody lies within it.
    """
    found = sorted(_hidden(assessment), key=lambda one: one[1].adjusted_p_value or 0.0)
    return [_sentence(assessment, *one) for one in found]


def _hidden(assessment: Assessment) -> Iterator[tuple[PairTable, PairComparison, str, Comparison]]:
    least, most = assessment.definition.fairness.tolerance
    for table in assessment.pairs:
        for pair in table.comparisons:
            ratio, p_value = pair.comparison.ratio, pair.adjusted_p_value
            if ratio is None or p_value is None or p_value >= FALSE_DISCOVERY_RATE:
                continue
            if pair.comparison.verdict is Verdict.CONSISTENT or least <= ratio.value <= most:
                continue
            for attribute, alone in _alone(assessment, table, pair):
                if alone.ratio is not None and least <= alone.ratio.value <= most:
                    yield table, pair, attribute, alone


def _alone(
    assessment: Assessment, table: PairTable, pair: PairComparison
) -> Iterator[tuple[str, Comparison]]:
    """The same groups compared over everybody, by the attribute they are groups of."""
    for attribute, other in ((table.first, table.second), (table.second, table.first)):
        own = assessment.tables[attribute]
        of_other = {row.group for row in assessment.tables[other].rows}
        rows = {row.group: row for row in own.rows}
        if pair.group in rows and own.reference == pair.reference and pair.within in of_other:
            yield attribute, rows[pair.group].comparisons[table.metric.name]


def _sentence(
    assessment: Assessment,
    table: PairTable,
    pair: PairComparison,
    attribute: str,
    alone: Comparison,
) -> str:
    titles = {a.name: title_of(a).lower() for a in assessment.definition.fairness.attributes}
    _, nouns, where = NOUNS[assessment.definition.unit]
    mine, theirs = pair.rate.interval, pair.reference_rate.interval
    if mine is None or theirs is None or alone.ratio is None:
        return ""
    return (
        f"Hidden by {titles[attribute]} alone, {titles[table.first]} and {titles[table.second]}: of every "
        f"100 {nouns} in the group {group_name(pair.within)} {table.metric.among.format(where=where)}, "
        f"about {100 * mine.value:.0f} of those who are {group_name(pair.group)} {table.metric.share}, "
        f"and {100 * theirs.value:.0f} of those who are {group_name(pair.reference)} "
        f"({ratio_in_words(pair.comparison)}). Over everybody the ratio is {alone.ratio.value:.2f}."
    )
