"""What this report gives away beside that of the version before, for section 18 and the command line."""

from collections.abc import Iterator
from dataclasses import asdict

from governance.assessment import Assessment
from governance.disclosure.differencing import Difference, differences
from governance.fairness.coverage import title_of
from governance.report.document import Block, Bullets, Heading, Inset, Paragraph
from governance.report.words import day, group_name, listed


def given_away(assessment: Assessment) -> tuple[Difference, ...]:
    """Rows whose printed counts lie few people from those the earlier report printed."""
    if assessment.earlier is None:
        return ()
    now = {
        "groups": {name: asdict(table) for name, table in assessment.tables.items()},
        "performance": asdict(assessment.performance),
    }
    return differences(now, assessment.earlier.report, assessment.policy)


def beside_earlier(assessment: Assessment) -> Iterator[Block]:
    """A warning that names the tables; nothing where there is no earlier report."""
    if assessment.earlier is None:
        return
    yield Heading(f"Beside the report of version {assessment.earlier.version}")
    if assessment.policy.is_open:
        yield Paragraph("Not looked at: nothing is withheld, the data are public.")
        return
    found = given_away(assessment)
    if not found:
        yield Paragraph(
            "No table gives away few people when one report is subtracted from the other."
        )
        return
    yield Inset(
        "Whoever holds both reports can subtract one from the other: in these rows the people "
        "counted differ by so few that the difference could point to them. Do not publish both.",
        is_warning=True,
    )
    titles = {a.name: title_of(a) for a in assessment.definition.fairness.attributes}
    tables = dict.fromkeys(one.table for one in found)
    yield Bullets(
        tuple(
            f"{titles.get(table, table.capitalize())}: "
            f"{listed([_row(one) for one in found if one.table == table])}"
            for table in tables
        )
    )


def _row(one: Difference) -> str:
    return group_name(day(one.row))
