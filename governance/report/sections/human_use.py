"""Section 15: what people made of the scores."""

from collections.abc import Iterator, Mapping
from typing import Any

from governance.assessment import Assessment
from governance.human_use.alarms import use_alarms
from governance.human_use.oversight import ANALYSIS
from governance.report.analysed import found_by
from governance.report.charts import Axis, Row, interval_chart
from governance.report.document import (
    Block,
    Bullets,
    Column,
    Facts,
    Heading,
    Inset,
    Paragraph,
    Section,
    Table,
)
from governance.report.words import UNKNOWN, count, group_name, percent

_TITLE = "What people make of the scores"
_NEVER_ASKED = "Not available: the file says nothing of what people decided."


def section(assessment: Assessment) -> Section:
    """Overrides and dwell by team and group, decisions over time, challenges."""
    found = found_by(assessment, ANALYSIS)
    if found is None or found["everyone"] is None:
        return Section(15, _TITLE, (Paragraph(_reason(assessment)),))
    alarms = tuple(use_alarms(found))
    return Section(
        15,
        _TITLE,
        (
            Paragraph(
                "A person decides on every score. This is how often they went against it, and how long "
                "they looked, by who decided and whom it was about. Neither many overrides nor few are "
                "good in themselves: none at all, or a few seconds each, say that nobody decides. The "
                "last decision on each score counts; intervals treat decisions as made apart from "
                "each other, and are too narrow where one person made many."
            ),
            *((Inset("Look into this", is_warning=True), Bullets(alarms)) if alarms else ()),
            Facts(tuple(_facts(found))),
            *([Paragraph(found["naming"])] if found.get("naming") else []),
            *(block for table in found["tables"] for block in _table(table)),
            *_challenges(found["challenges"]),
        ),
    )


def _reason(assessment: Assessment) -> str:
    if not assessment.matrix:
        return _NEVER_ASKED
    model = assessment.definition.model
    return (
        "Not available: nobody has decided on a score of this version yet. Once people have, run "
        f"hearth oversight {model} before the next report; that report is for the board's next review."
    )


def _facts(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    everyone = found["everyone"]
    yield "Scores made", f"{found['scores']:,}"
    yield "Of those, the model abstained on", count(found["abstained"])
    yield "Scores agreed with or overridden", count(everyone["decisions"])
    yield "Overridden", rate(everyone["override_rate"])
    yield f"Decided within {found['quick_seconds']} seconds", rate(everyone["quick_rate"])
    yield "Half decided within", seconds(everyone["median_dwell_s"])
    yield "Put off, and not decided since", count(found["put_off"])


def _table(table: Mapping[str, Any]) -> Iterator[Block]:
    title, rows = table["title"], table["rows"]
    yield Heading(f"By {title.lower()}")
    if not rows:
        yield Paragraph(table["too_few"])
        return
    name = title.lower().replace(" ", "-").replace("'", "")
    if any(row["override_rate"]["value"] is not None for row in rows):
        yield interval_chart(
            f"use-{name}",
            f"Share of scores overridden, by {title.lower()}",
            "One row a group: the point is the share, the line its 95% interval. The table below "
            "gives the same figures.",
            [_row(row) for row in rows],
            Axis("Share of scores overridden"),
        )
    yield Table(
        f"Overrides and dwell by {title.lower()}",
        (
            Column(title),
            Column("Decisions", "number"),
            Column("Overridden", "number"),
            Column("Share overridden (95% interval)", "number"),
            Column("Share decided in seconds (95% interval)", "number"),
            Column("Half decided within", "number"),
        ),
        tuple(
            (
                group_name(row["group"]),
                count(row["decisions"]),
                count(row["overridden"]),
                rate(row["override_rate"]),
                rate(row["quick_rate"]),
                seconds(row["median_dwell_s"]),
            )
            for row in rows
        ),
    )


def _row(row: Mapping[str, Any]) -> Row:
    found = row["override_rate"]
    return Row(group_name(row["group"]), found["value"], found["low"], found["high"], rate(found))


def _challenges(found: Mapping[str, Any]) -> Iterator[Block]:
    yield Heading("Challenges")
    if not found["by_state"]:
        yield Paragraph("Nobody has challenged a score of this version.")
        return
    for title, rows in (("State", found["by_state"]), ("Ground", found["by_ground"])):
        yield Table(
            f"Challenges by {title.lower()}",
            (
                Column(title),
                Column("Challenges", "number"),
                Column("Not acknowledged in time", "number"),
            ),
            tuple(
                (group_name(row["group"]), count(row["challenges"]), count(row["overdue"]))
                for row in rows
            ),
        )


def rate(found: Mapping[str, Any]) -> str:
    """A rate and its interval, or its mark."""
    if found["value"] is None:
        return str(found["mark"])
    return f"{percent(found['value'])} ({100 * found['low']:.1f} to {100 * found['high']:.1f})"


def seconds(value: int | None) -> str:
    """A dwell as people read it."""
    if value is None:
        return UNKNOWN
    return f"{value} seconds" if value < 120 else f"{value // 60} minutes"  # noqa: PLR2004 two minutes
