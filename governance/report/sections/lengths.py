"""Section 9: what a longer or a shorter list would do, for everyone and group by group."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.list_lengths import AttributeAtLengths, ListLengths
from governance.fairness.policy import Metric, Verdict, headline_metrics
from governance.report.document import Block, Column, Heading, Paragraph, Section, Table
from governance.report.panels import Panel, Steps, panel_chart
from governance.report.weighted import weighted_rows
from governance.report.words import (
    UNKNOWN,
    capacity_in_words,
    group_name,
    listed,
    points,
    rate_with_interval,
)

_TITLE = "What a longer or shorter list would do"
_TIMES = {0.5: "½", 0.75: "¾", 1.0: "1", 1.5: "1½"}
_SAME_PLACE = (
    "Not available: the scores put too few apart for a list of any other length than this one."
)
_WEIGHTED = (
    "Not available: the rows are a weighted sample, and how far a longer or shorter list of all those "
    "they stand for would reach cannot be told from them."
)
_FEW = (
    "Withheld: between this list and one of another length there would be so few people of some "
    "group that they could be made out."
)


def section(assessment: Assessment) -> Section:
    """Rates at several lengths of list, capacity marked, and what each length costs."""
    lengths = assessment.further.lengths
    if len(lengths.times) == 1:
        text = _FEW if lengths.can_differ else _SAME_PLACE
        text = _WEIGHTED if weighted_rows(assessment) else text
        return Section(9, _TITLE, (Paragraph(text),))
    return Section(
        9,
        _TITLE,
        (
            Paragraph(
                f"{_capacity(assessment)} A longer list finds more of those with the outcome, and more of those on it do not have it; for "
                "a shorter one it is the other way round. No length is right in itself: it decides "
                "who is left out, and the table shows what that costs and does between groups."
            ),
            *_trade_off(assessment, lengths),
            *(
                block
                for attribute in lengths.attributes
                for block in _attribute(assessment, lengths, attribute)
            ),
            *_left_out(assessment, lengths),
        ),
    )


def _capacity(assessment: Assessment) -> str:
    given = assessment.given
    if given and given.listed:
        return f"The list as it was given: {given.listed}."
    return f"The service can reach {capacity_in_words(assessment.definition)}."


def _trade_off(assessment: Assessment, lengths: ListLengths) -> Iterator[Block]:
    headline = headline_metrics(assessment.definition.intervention)
    titles = _titles(assessment)
    judged = [(a, metric) for a in lengths.attributes for metric in headline]
    yield Table(
        "What each length finds, and the widest gap it leaves between groups",
        (
            Column("Length of the list, times capacity"),
            Column("Of the list, had the outcome (95% interval)", "number"),
            Column("Of all with the outcome, on the list (95% interval)", "number"),
            *(
                Column(f"{titles[a.attribute]}: widest gap, {metric.title.lower()}, points")
                for a, metric in judged
            ),
        ),
        tuple(
            (
                f"{_words(times)}{' (capacity)' if times == 1 else ''}",
                *(rate_with_interval(lengths.everyone[at][m]) for m in ("precision", "recall")),
                *(_widest(attribute, metric, at) for attribute, metric in judged),
            )
            for at, times in enumerate(lengths.times)
        ),
        note="Widest gap: the group furthest from the reference group, in percentage points, and "
        "whether its ratio lies outside the tolerance. Nothing here is adjusted for how many gaps "
        "were looked at; the verdicts are those of section 5.",
    )


def _widest(attribute: AttributeAtLengths, metric: Metric, at: int) -> str:
    gaps = [
        (abs(found.difference), found.difference, group.group, found.verdict)
        for group in attribute.groups
        for found in [group.comparisons[at][metric.name]]
        if group.group != attribute.reference and found.difference is not None
    ]
    if not gaps:
        return UNKNOWN
    _, gap, group, verdict = max(gaps)
    outside = ", outside tolerance" if verdict is Verdict.CONCERN else ""
    return f"{points(gap)} ({group_name(group)}{outside})"


def _attribute(
    assessment: Assessment, lengths: ListLengths, attribute: AttributeAtLengths
) -> Iterator[Block]:
    title = _titles(assessment)[attribute.attribute]
    yield Heading(title)
    words = tuple(f"{_words(times)}×" for times in lengths.times)
    for metric in headline_metrics(assessment.definition.intervention):
        caption = f"{title}: {metric.title.lower()}, by length of list"
        yield panel_chart(
            f"lengths-{attribute.attribute}-{metric.name}".replace("_", "-"),
            caption,
            "One panel a group: its rate with 95% intervals at each length of list, beside "
            "everyone's as a dashed line; an upright line stands at capacity. The table below "
            "gives the same figures.",
            [
                Panel(group_name(group.group), tuple(rates[metric.name] for rates in group.rates))
                for group in attribute.groups
            ],
            everyone=Panel("", tuple(rates[metric.name] for rates in lengths.everyone)),
            steps=Steps(words, "Length of the list, times capacity", lengths.times.index(1.0)),
        )
        yield Table(
            caption,
            (Column("Group"), *(Column(f"{each} (95% interval)", "number") for each in words)),
            tuple(
                (group_name(name), *(rate_with_interval(each[metric.name]) for each in rates))
                for name, rates in (
                    *((group.group, group.rates) for group in attribute.groups),
                    ("Everyone", lengths.everyone),
                )
            ),
        )


def _left_out(assessment: Assessment, lengths: ListLengths) -> Iterator[Block]:
    shown = {attribute.attribute for attribute in lengths.attributes}
    left = [title.lower() for name, title in _titles(assessment).items() if name not in shown]
    if left:
        yield Paragraph(
            f"Withheld by {listed(left)}: beside the pairs of section 8, other lengths of list "
            "could give away numbers that are too small to print."
        )


def _titles(assessment: Assessment) -> dict[str, str]:
    return {a.name: title_of(a) for a in assessment.definition.fairness.attributes}


def _words(times: float) -> str:
    return _TIMES.get(times, f"{times:g}")
