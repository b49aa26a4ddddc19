"""Section 6: the ratios of every group, drawn."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.groups import GroupRow, GroupTable
from governance.fairness.policy import Metric, Verdict, headline_metrics
from governance.report.charts import Axis, Row, Shape, interval_chart
from governance.report.document import Block, Chart, Column, Heading, Paragraph, Section, Table
from governance.report.words import UNKNOWN, group_name, ratio_with_interval

_SHAPES: dict[Verdict, Shape] = {
    Verdict.CONCERN: "diamond",
    Verdict.CONSISTENT: "square",
    Verdict.NO_CONCERN: "circle",
}
_SHORT = {Verdict.CONSISTENT: "differs"}


def section(assessment: Assessment) -> Section:
    """One forest plot a metric and attribute; the figures stand in section 5."""
    attributes = assessment.definition.fairness.attributes
    return Section(
        6,
        "The gaps, drawn",
        (
            Paragraph(
                "Each line is a group's ratio to the reference group with its 95% interval, on a "
                "scale where half and double are equally far from one. Diamond: concern. "
                "Square: differs, consistent with base rates. Filled circle: no concern found. Open circle: cannot tell. A line that leaves the chart "
                "goes on beyond it. Section 5 has the rates behind each ratio."
            ),
            *(
                block
                for attribute in attributes
                for metric in headline_metrics(assessment.definition.intervention)
                for title, table in [(title_of(attribute), assessment.tables[attribute.name])]
                for block in _drawn(assessment, title, table, metric)
            ),
        ),
    )


def _drawn(
    assessment: Assessment, title: str, table: GroupTable, metric: Metric
) -> Iterator[Block]:
    """Drawing and figures; a sentence where no ratio may be printed."""
    if not any(row.comparisons[metric.name].ratio for row in _compared(table)):
        yield Heading(_caption(title, table, metric))
        yield Paragraph("Nothing to draw: no ratio could be printed. All of them read cannot tell.")
        return
    yield _chart(assessment, title, table, metric)
    yield _table(title, table, metric)


def _chart(assessment: Assessment, title: str, table: GroupTable, metric: Metric) -> Chart:
    def row(group: GroupRow) -> Row:
        comparison = group.comparisons[metric.name]
        ratio = comparison.ratio
        verdict = _SHORT.get(comparison.verdict, comparison.verdict.value)
        words = f"{ratio.value:.2f}  {verdict}" if ratio else verdict
        return Row(
            group_name(group.group),
            ratio.value if ratio else None,
            ratio.low if ratio else None,
            ratio.high if ratio else None,
            words if ratio else f"{UNKNOWN}  {words}",
            _SHAPES.get(comparison.verdict, "ring"),
        )

    groups = _compared(table)
    return interval_chart(
        f"forest-{table.attribute}-{metric.name}".replace("_", "-"),
        _caption(title, table, metric),
        f"Ratios of {len(groups)} groups to {group_name(table.reference)} with 95% intervals and "
        "verdicts. The table below gives the same figures.",
        [row(group) for group in groups],
        Axis(f"Ratio to {group_name(table.reference)}", assessment.definition.fairness.tolerance),
    )


def _table(title: str, table: GroupTable, metric: Metric) -> Table:
    return Table(
        _caption(title, table, metric),
        (Column("Group"), Column("Ratio (95% interval)", "number"), Column("Verdict", "verdict")),
        tuple(
            (
                group_name(group.group),
                ratio_with_interval(group.comparisons[metric.name]),
                group.comparisons[metric.name].verdict.value,
            )
            for group in _compared(table)
        ),
    )


def _caption(title: str, table: GroupTable, metric: Metric) -> str:
    return f"{title}: {metric.title.lower()}, ratio to {group_name(table.reference)}"


def _compared(table: GroupTable) -> list[GroupRow]:
    return [row for row in table.rows if row.group != table.reference]
