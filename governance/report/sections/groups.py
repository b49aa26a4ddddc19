"""Section 5: every group at capacity, its rates beside the reference's, and the verdicts."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.groups import Comparison, GroupRow, GroupTable
from governance.fairness.policy import METRICS, Metric, Verdict, headline_metrics, metrics_in_order
from governance.report.document import (
    Block,
    Bullets,
    Column,
    Heading,
    Inset,
    Paragraph,
    Section,
    Table,
)
from governance.report.findings import candidate_name
from governance.report.weighted import weighted_rows, with_note
from governance.report.words import (
    NOUNS,
    UNKNOWN,
    count,
    group_name,
    points,
    rate_alone,
    rate_with_interval,
    ratio_with_interval,
)

_COUNTS = {
    "n": "Cohort",
    "known": "Outcome known",
    "positives": "Outcome happened",
    "selected": "Listed",
    "tp": "Listed, happened (TP)",
    "fp": "Listed, did not (FP)",
    "fn": "Not listed, happened (FN)",
    "tn": "Not listed, did not (TN)",
}


_BEYOND = {
    Verdict.CONSISTENT: "Base rates explain it, if the outcome is recorded alike in both groups.",
    Verdict.CONCERN: "It stays a concern: the gap goes beyond that, or one of the groups' "
    "probabilities cannot be relied on, or one is looked at more than the other.",
}
_LEFT_OUT = (
    "Only those whose outcome is known: so few others are in some groups that counting them would "
    "give them away."
)


def section(assessment: Assessment) -> Section:
    """Counts, rates with intervals, ratios, differences, verdicts, smallest detectable gaps."""
    return Section(
        5,
        "Group by group, at capacity",
        (
            Paragraph(
                f"The list is the one {candidate_name(assessment.candidate)} makes, over all test "
                f"dates. {_interval_words(assessment)}"
            ),
            Paragraph(
                "Concern: the whole interval of the ratio lies outside the tolerance. No concern "
                "found: the whole of it lies within. Cannot tell: anything else, and gaps that chance "
                "alone could give among so many comparisons (Benjamini and Hochberg 1995). "
                "Differs, consistent with base rates: a gap as large as a concern, that the groups' "
                "different base rates would give even a score that states everybody's risk rightly. "
                "No result here proves that a list treats groups as it should."
            ),
            Paragraph(f"Disclosure control: {assessment.policy.text}"),
            *(
                block
                for table in assessment.tables.values()
                for block in _attribute(assessment, table)
            ),
        ),
    )


def _interval_words(assessment: Assessment) -> str:
    weighted = (
        " Rows are weighted, and Wilson's 95% intervals are taken at the effective sample size "
        "(section 2)."
    )
    if any(table.is_clustered for table in assessment.tables.values()):
        return (
            "The same entity can stand at several test dates, so Wilson's 95% intervals are taken "
            "at the effective sample size, with each entity's rows kept together."
        ) + (weighted if weighted_rows(assessment) else "")
    if weighted_rows(assessment):
        return f"Each entity stands at one test date only.{weighted}"
    return "Each entity stands at one test date only, so intervals are Wilson's 95% intervals."


def _attribute(assessment: Assessment, table: GroupTable) -> Iterator[Block]:
    attribute = next(
        a for a in assessment.definition.fairness.attributes if a.name == table.attribute
    )
    title = title_of(attribute)
    yield Heading(title)
    if attribute.assign == "area_estimate":
        yield Inset(
            "These groups describe areas, not people. What holds between areas need not hold "
            "between people (the ecological fallacy).",
            is_warning=True,
        )
    yield _counts(assessment, title, table)
    for metric in headline_metrics(assessment.definition.intervention):
        yield _comparisons(assessment, title, table, metric)
        yield from _widest(assessment, table, metric)
    yield from expectations(assessment, table)
    yield _rates(assessment, title, table)
    if _base_rates_differ(table):
        yield Inset(
            "Base rates differ between these groups. Then error rates differ too, even for a model "
            "that is right about everybody's risk: no list can be equal in every way at once "
            "(Kleinberg, Mullainathan and Raghavan 2016; Chouldechova 2017). Which gap is "
            "tolerable is for the board to decide, not for the arithmetic."
        )


def _counts(assessment: Assessment, title: str, table: GroupTable) -> Table:
    rows = (*table.rows, table.everyone)
    leaves_out = all(row.counts["n"] is None for row in table.rows)
    has_unknown = any(row.counts["unknown"] != 0 for row in rows)
    shown = dict(_COUNTS)
    if not has_unknown:
        shown.pop("known")
    elif leaves_out:
        shown = {key: words for key, words in _COUNTS.items() if key not in {"n", "selected"}}
    return Table(
        f"{title}: counts",
        (Column("Group"), *(Column(words, "number") for words in shown.values())),
        tuple((group_name(row.group), *(count(row.counts[key]) for key in shown)) for row in rows),
        note=with_note(assessment, _LEFT_OUT if has_unknown and leaves_out else ""),
    )


def _comparisons(assessment: Assessment, title: str, table: GroupTable, metric: Metric) -> Table:
    where = NOUNS[assessment.definition.unit][2]

    def cells(row: GroupRow) -> tuple[str, ...]:
        comparison = row.comparisons[metric.name]
        gap = comparison.detectable_gap
        return (
            group_name(row.group),
            rate_with_interval(row.rates[metric.name]),
            ratio_with_interval(comparison),
            _difference(comparison),
            UNKNOWN if gap is None else points(gap, is_signed=False),
            comparison.verdict.value,
        )

    return Table(
        f"{title}: {metric.title.lower()}, compared with {group_name(table.reference)}",
        (
            Column("Group"),
            Column("Rate (95% interval)", "number"),
            Column("Ratio (95% interval)", "number"),
            Column("Difference, points (95% interval)", "number"),
            Column("Smallest visible gap, points", "number"),
            Column("Verdict", "verdict"),
        ),
        tuple(cells(row) for row in table.rows),
        note=f"{metric.title}: of those {metric.among.format(where=where)}, the share that "
        f"{metric.share}. The smallest visible gap is the true difference that numbers this large would "
        "show four times in five.",
    )


def expectations(assessment: Assessment, table: GroupTable) -> Iterator[Block]:
    """Of every gap as large as a concern: what base rates alone would give, and what is left."""
    found = [
        f"{group_name(row.group)}, {metric.title.lower()}: a ratio of {ratio.value:.2f} is seen; base "
        f"rates alone would give about {expected.value:.2f} (likely {expected.low:.2f} to "
        f"{expected.high:.2f}). Seen over expected: {beyond.value:.2f} ({beyond.low:.2f} to "
        f"{beyond.high:.2f}). {_BEYOND[comparison.verdict]}"
        for metric in headline_metrics(assessment.definition.intervention)
        for row in table.rows
        for comparison in [row.comparisons[metric.name]]
        for ratio, expected, beyond in [
            (comparison.ratio, comparison.expected_ratio, comparison.beyond_base_rates)
        ]
        if ratio and expected and beyond and comparison.verdict in _BEYOND
    ]
    if found:
        yield Paragraph("What base rates alone would give, of each gap as large as a concern:")
        yield Bullets(tuple(found))


def _difference(comparison: Comparison) -> str:
    found = comparison.difference_interval
    if found is None:
        return UNKNOWN
    return f"{points(found.value)} ({points(found.low)} to {points(found.high)})"


def _widest(assessment: Assessment, table: GroupTable, metric: Metric) -> Iterator[Block]:
    """The widest gap of all, beside what chance alone would give."""
    found = assessment.widest.get(table.attribute, {}).get(metric.name)
    if found is None:
        return
    gap, low, high, chance = (
        points(x, is_signed=False)
        for x in (found.gap.value, found.gap.low, found.gap.high, found.by_chance)
    )
    yield Paragraph(
        f"Widest gap of all, between {group_name(found.highest)} and {group_name(found.lowest)}: "
        f"{gap} points (95% bootstrap interval {low} to {high}). Were the rate the same in all these "
        f"groups, chance alone would give about {chance}."
    )


def _rates(assessment: Assessment, title: str, table: GroupTable) -> Table:
    headline = {m.name for m in headline_metrics(assessment.definition.intervention)}
    others = [
        m for m in metrics_in_order(assessment.definition.intervention) if m.name not in headline
    ]
    return Table(
        f"{title}: other rates",
        (Column("Group"), *(Column(metric.title, "number") for metric in others)),
        tuple(
            (group_name(row.group), *(rate_alone(row.rates[metric.name]) for metric in others))
            for row in (*table.rows, table.everyone)
        ),
    )


def _base_rates_differ(table: GroupTable) -> bool:
    name = METRICS["base_rate"].name
    ratios = [row.comparisons[name].ratio for row in table.rows]
    return any(r is not None and not r.low <= 1 <= r.high for r in ratios)
