"""Section 14: each group from one test date to the next."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.by_date import AttributeOverTime, GroupAtDate, GroupOverTime
from governance.fairness.coverage import title_of
from governance.fairness.groups import Comparison
from governance.fairness.policy import Metric, Verdict, headline_metrics
from governance.report.document import Block, Column, Heading, Paragraph, Section, Table
from governance.report.panels import Panel, Steps, panel_chart
from governance.report.words import (
    day,
    group_name,
    listed,
    percent,
    rate_alone,
    rate_with_interval,
    ratio_with_interval,
)

_TITLE = "Each group over time"
_OF_A_DAY = 3  # words: day, month, year
_READING = {
    Verdict.CONCERN: "moved",
    Verdict.NO_CONCERN: "no move found",
    Verdict.CANNOT_TELL: "cannot tell",
}


def section(assessment: Assessment) -> Section:
    """Base rate, share on the list, headline metrics and calibration by group and test date."""
    dates = [split.split for split in assessment.performance.splits]
    if len(dates) == 1:
        text = "Not available: there is one test date only, and a change needs two."
        return Section(14, _TITLE, (Paragraph(text),))
    low, high = assessment.definition.fairness.tolerance
    return Section(
        14,
        _TITLE,
        (
            Paragraph(
                "A list that serves a group well one year can miss it the next: fewer of the group "
                "may have the outcome, or the data about it may have changed. A group has moved "
                "where the whole interval of its last date's rate over its first date's lies "
                f"outside {low:g} to {high:g}."
            ),
            *_attributes(assessment),
        ),
    )


def _attributes(assessment: Assessment) -> Iterator[Block]:
    titles = {a.name: title_of(a) for a in assessment.definition.fairness.attributes}
    for name, found in assessment.further.dates.items():
        yield from _attribute(assessment, titles[name], found)
    left = [title.lower() for name, title in titles.items() if name not in assessment.further.dates]
    if left:
        yield Paragraph(
            f"Withheld by {listed(left)}: on some test dates there are too few people of some group "
            "to print, or beside the pairs of section 8 the numbers could give away smaller ones."
        )


def _attribute(assessment: Assessment, title: str, found: AttributeOverTime) -> Iterator[Block]:
    yield Heading(title)
    metrics = headline_metrics(assessment.definition.intervention)
    for metric in metrics:
        yield panel_chart(
            f"dates-{found.attribute}-{metric.name}".replace("_", "-"),
            f"{title}: {metric.title.lower()}, by test date",
            "One panel a group: its rate with 95% intervals at each test date, beside everyone's "
            "as a dashed line. The tables below give the same figures.",
            [_panel(group, metric) for group in found.groups],
            everyone=_panel(found.everyone, metric),
            steps=Steps(tuple(map(_short, found.dates)), "Test date"),
        )
    rows = (*found.groups, found.everyone)
    yield Table(
        f"{title}: by test date",
        (
            Column("Group"),
            Column("Test date"),
            Column("Base rate (95% interval)", "number"),
            Column("Stated, mean", "number"),
            Column("On the list (95% interval)", "number"),
            *(Column(f"{metric.title} (95% interval)", "number") for metric in metrics),
        ),
        tuple(
            (group_name(group.group), day(date), *_cells(at, metrics))
            for group in rows
            for date, at in zip(found.dates, group.dates, strict=True)
        ),
        note="Stated: the mean of the probabilities given, of those whose outcome is known; beside "
        "the base rate it says whether risk was over- or understated that year.",
    )
    changes = [("Base rate", "base_rate"), *((m.title, m.name) for m in metrics)]
    yield Table(
        f"{title}: {_short(found.dates[-1])} against {_short(found.dates[0])}",
        (
            Column("Group"),
            Column("Rate"),
            Column(day(found.dates[0]), "number"),
            Column(day(found.dates[-1]), "number"),
            Column("Ratio (95% interval)", "number"),
            Column("Reading"),
        ),
        tuple(
            (
                group_name(group.group),
                words,
                rate_alone(group.dates[0].rates[name]),
                rate_alone(group.dates[-1].rates[name]),
                ratio_with_interval(group.changes[name]),
                _reading(group.changes[name]),
            )
            for group in rows
            for words, name in changes
        ),
    )


def _panel(group: GroupOverTime, metric: Metric) -> Panel:
    return Panel(group_name(group.group), tuple(at.rates[metric.name] for at in group.dates))


def _cells(at: GroupAtDate, metrics: tuple[Metric, ...]) -> tuple[str, ...]:
    rates = ("selection_rate", *(metric.name for metric in metrics))
    return (
        rate_with_interval(at.rates["base_rate"]),
        percent(at.stated),
        *(rate_with_interval(at.rates[name]) for name in rates),
    )


def _reading(change: Comparison) -> str:
    return _READING[change.verdict]


def _short(date: str) -> str:
    """A date as it fits under a panel: its month and year."""
    words = day(date).split()
    return f"{words[1][:3]} {words[2]}" if len(words) == _OF_A_DAY else date
