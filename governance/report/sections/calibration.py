"""Section 7: whether a probability means the same in every group."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.calibration import GroupCalibration
from governance.fairness.coverage import title_of
from governance.fairness.intervals import Interval
from governance.report.charts import Axis, Row, interval_chart
from governance.report.document import Block, Column, Heading, Paragraph, Section, Table
from governance.report.findings import candidate_name
from governance.report.words import group_name, percent, rate_alone, rate_with_interval


def section(assessment: Assessment) -> Section:
    """Stated against observed within groups: all of them, on the list, and off it."""
    if not assessment.calibration:
        name = candidate_name(assessment.candidate)
        text = f"Not available: {name} gives an order, not a probability."
        return Section(7, "Calibration within groups", (Paragraph(text),))
    return Section(
        7,
        "Calibration within groups",
        (
            Paragraph(
                "A stated probability should mean the same whoever it is about: of those told 30%, "
                "about 30 in 100. The upright stroke is the mean stated probability, the point and "
                "its line are the share it came true for. A stroke to the right of the line means "
                "that the model overstates the group's risk, to the left that it understates it. "
                "Probabilities are about those whose outcome is known."
            ),
            *(
                block
                for attribute in assessment.definition.fairness.attributes
                for block in _attribute(title_of(attribute), attribute.name, assessment)
            ),
        ),
    )


def _attribute(title: str, name: str, assessment: Assessment) -> Iterator[Block]:
    groups = assessment.calibration[name]
    yield Heading(title)
    yield interval_chart(
        f"calibration-{name}".replace("_", "-"),
        f"{title}: stated probability and what came true",
        "One row a group: mean stated probability as an upright stroke, share it came true for as "
        "a point with its 95% interval. The table below gives the same figures.",
        [_row(group) for group in groups],
        Axis("Share with the outcome"),
    )
    yield Table(
        f"{title}: stated probability and what came true",
        (
            Column("Group"),
            Column("Of whom"),
            Column("Stated, mean", "number"),
            Column("Came true (95% interval)", "number"),
            Column("Reading"),
        ),
        tuple(
            (
                group_name(group.group),
                point.band,
                point.came_true.mark or percent(point.stated),
                rate_with_interval(point.came_true),
                _reading(point.stated, point.came_true.interval),
            )
            for group in groups
            for point in group.points
        ),
    )


def _row(group: GroupCalibration) -> Row:
    whole = group.points[0]
    interval = whole.came_true.interval
    return Row(
        group_name(group.group),
        interval.value if interval else None,
        interval.low if interval else None,
        interval.high if interval else None,
        rate_alone(whole.came_true),
        stated=whole.stated,
    )


def _reading(stated: float | None, interval: Interval | None) -> str:
    if stated is None or interval is None:
        return "cannot tell"
    if stated > interval.high:
        return "overstated"
    return "understated" if stated < interval.low else "agrees"
