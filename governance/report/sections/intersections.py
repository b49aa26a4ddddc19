"""Section 8: two attributes at once."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.intersections import LEAST_PEOPLE, PairComparison, PairTable
from governance.fairness.policy import Verdict
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
from governance.report.hidden_gaps import hidden_gaps
from governance.report.judged import surest_size
from governance.report.weighted import with_note
from governance.report.words import (
    UNKNOWN,
    count,
    counted,
    group_name,
    rate_with_interval,
    ratio_with_interval,
)

_MOST_SENTENCES = 6
_TITLE = "Two characteristics at once"


def section(assessment: Assessment) -> Section:
    """Gaps inside the groups of another attribute, adjusted for how many were looked at."""
    if not assessment.pairs:
        text = "Not available: it needs two attributes, and the definition declares fewer."
        return Section(8, _TITLE, (Paragraph(text),))
    titles = {a.name: title_of(a) for a in assessment.definition.fairness.attributes}
    made = [c for table in assessment.pairs for c in table.comparisons]
    tested = [c for c in made if c.adjusted_p_value is not None]
    concerns = [
        (table, pair)
        for table in assessment.pairs
        for pair in table.comparisons
        if pair.comparison.verdict is Verdict.CONCERN
    ]
    concerns.sort(key=lambda each: surest_size(each[1].comparison.ratio), reverse=True)
    return Section(
        8,
        _TITLE,
        (
            Paragraph(
                "A gap can hide inside a group: two attributes may each look even while their "
                "combination does not. Looking at many pairs finds some gaps by luck alone, so "
                "p-values are adjusted for how many were looked at (Benjamini and Hochberg 1995), "
                "and a concern needs an adjusted p-value below 0.05 as well."
            ),
            Inset(
                f"{counted(len(made), 'comparison')}, of which {len(tested)} had at least "
                f"{LEAST_PEOPLE} on each side and could be printed; "
                f"{counted(len(concerns), 'concern')}."
            ),
            *_concerns(concerns),
            *_hidden(assessment),
            *(block for table in assessment.pairs for block in _table(assessment, table, titles)),
            *_withheld([_caption(t, titles) for t in assessment.pairs if not _made(t)]),
        ),
    )


def _concerns(found: list[tuple[PairTable, PairComparison]]) -> Iterator[Block]:
    """The surest of the concerns in sentences."""
    if not found:
        return
    if len(found) > _MOST_SENTENCES:
        yield Paragraph(
            f"The {_MOST_SENTENCES} widest of the {len(found)} concerns; the tables hold them all."
        )
    yield Bullets(tuple(_sentence(*each) for each in found[:_MOST_SENTENCES]))


def _hidden(assessment: Assessment) -> Iterator[Block]:
    """Gaps that one characteristic alone does not show."""
    found = hidden_gaps(assessment)
    if not found:
        return
    yield Heading("Hidden by one characteristic alone")
    if len(found) > _MOST_SENTENCES:
        yield Paragraph(f"The {_MOST_SENTENCES} surest of {len(found)} gaps hidden in this way.")
    yield Bullets(tuple(found[:_MOST_SENTENCES]))


def _sentence(table: PairTable, pair: PairComparison) -> str:
    other = pair.against_reference
    wider = (
        f" That ratio is {other.value:.2f} times ({other.low:.2f} to {other.high:.2f}) what it is "
        "within the group that others are compared with."
        if other is not None and not other.low <= 1 <= other.high
        else ""
    )
    return (
        f"{table.metric.title}, within {group_name(pair.within)}: {group_name(pair.group)} {rate_with_interval(pair.rate)} against "
        f"{group_name(pair.reference)} {rate_with_interval(pair.reference_rate)}.{wider}"
    )


def _made(table: PairTable) -> list[PairComparison]:
    return [pair for pair in table.comparisons if pair.comparison.ratio is not None]


def _caption(table: PairTable, titles: dict[str, str]) -> str:
    return f"{titles[table.first]} and {titles[table.second].lower()}: {table.metric.title.lower()}"


def _withheld(captions: list[str]) -> Iterator[Block]:
    """Which tables say nothing."""
    if captions:
        yield Paragraph("Withheld, or too few in every pair:")
        yield Bullets(tuple(captions))


def _table(assessment: Assessment, table: PairTable, titles: dict[str, str]) -> Iterator[Block]:
    made = _made(table)
    if not made:
        return
    left = len(table.comparisons) - len(made)
    note = (
        f"{counted(left, 'more comparison')} could not be made: numbers withheld, or fewer than "
        f"{LEAST_PEOPLE} on a side."
    )
    yield Table(
        _caption(table, titles),
        (
            Column("Within"),
            Column("Group"),
            Column("Compared with"),
            Column("Outcome known", "number"),
            Column("Rate (95% interval)", "number"),
            Column("Ratio (95% interval)", "number"),
            Column("Adjusted p", "number"),
            Column("Verdict", "verdict"),
        ),
        tuple(
            (
                group_name(pair.within),
                group_name(pair.group),
                group_name(pair.reference),
                count(pair.counts["known"]),
                rate_with_interval(pair.rate),
                ratio_with_interval(pair.comparison),
                UNKNOWN if pair.adjusted_p_value is None else _p_value(pair.adjusted_p_value),
                pair.comparison.verdict.value,
            )
            for pair in made
        ),
        note=with_note(assessment, note if left else ""),
    )


def _p_value(value: float) -> str:
    return "< 0.001" if value < 0.001 else f"{value:.3f}"  # noqa: PLR2004 the least three decimals show
