"""Section 16: where the list falls, area by area, drawn and as a table."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.groups import NOT_RECORDED, GroupRow, Rate
from governance.fairness.policy import METRICS, Metric, headline_metrics
from governance.further import Geography
from governance.geography.drawing import draw_map
from governance.report.document import (
    Block,
    Chart,
    Column,
    Inset,
    Paragraph,
    Section,
    Table,
)
from governance.report.weighted import with_note
from governance.report.words import NOUNS, count, counted, rate_with_interval

_TITLE = "Where the list falls"
_DRAWN = {"selection_rate": "Share on the list", "base_rate": "Share with the outcome"}


def section(assessment: Assessment) -> Section:
    """Share on the list, base rate and headline metrics by area, with a map where there are outlines."""
    found = assessment.further.geography
    if found is None:
        return Section(16, _TITLE, (Paragraph(_missing(assessment)),))
    nouns = NOUNS[assessment.definition.unit][1]
    shown = (
        METRICS["selection_rate"],
        METRICS["base_rate"],
        *headline_metrics(assessment.definition.intervention),
    )
    return Section(
        16,
        _TITLE,
        (
            Paragraph(
                f"Each area's {nouns}, over all test dates. An area with more on the list than its "
                "neighbour may have more need, or be better recorded: the map shows where the list "
                "falls, and not who needs help."
            ),
            *_maps(found, tuple(METRICS[name] for name in _DRAWN)),
            *_table(found, shown, with_note(assessment)),
        ),
    )


def _missing(assessment: Assessment) -> str:
    definition = assessment.definition
    if not assessment.matrix:
        return "Not available: the file does not say in which area anyone lives."
    if definition.area is None:
        return (
            "Not available: the definition names no `area`, the column that says in which area a "
            "home lies."
        )
    return (
        "Not available: the matrix was built before it kept areas. Run hearth build "
        f"{definition.model}, then train and report again."
    )


def _maps(found: Geography, metrics: tuple[Metric, ...]) -> Iterator[Block]:
    outlines = found.outlines
    if outlines is None:
        yield Inset("No map is drawn: nobody has given the outlines of these areas (hearth areas).")
        return
    rows = {row.group: row for row in found.table.rows if row.group != NOT_RECORDED}
    drawn = rows.keys() & {area.code for area in outlines.areas}
    if not drawn:
        yield Inset(
            "No map is drawn: none of these areas is among the outlines that were given.",
            is_warning=True,
        )
        return
    for metric in metrics:
        title = f"{_DRAWN[metric.name]}, by area"
        name = f"map-{metric.name}".replace("_", "-")
        drawing = draw_map(
            name,
            title,
            f"A map of {counted(len(outlines.areas), 'area')}, each with the pattern of its rate; "
            "areas whose rate is withheld are hatched. The table below gives the same figures.",
            outlines,
            {code: _share(row.rates[metric.name]) for code, row in rows.items()},
        )
        yield Chart(title, "", drawing.svg, key=drawing.key)
    if len(drawn) < len(rows):
        left = len(rows) - len(drawn)
        yield Paragraph(f"Areas of the table that are not on the map, no outline given: {left}.")


def _share(rate: Rate) -> float | None:
    return None if rate.interval is None else rate.interval.value


def _table(found: Geography, metrics: tuple[Metric, ...], note: str) -> Iterator[Block]:
    names = {area.code: area.name for area in found.outlines.areas} if found.outlines else {}

    def cells(row: GroupRow) -> tuple[str, ...]:
        return (
            names.get(row.group, row.group),
            row.group if row.group in names else "",
            *(count(row.counts[key]) for key in ("n", "selected")),
            *(rate_with_interval(row.rates[metric.name]) for metric in metrics),
        )

    yield Table(
        "Rates by area",
        (
            Column("Area"),
            Column("Code"),
            Column("Ranked", "number"),
            Column("On the list", "number"),
            *(Column(f"{metric.title} (95% interval)", "number") for metric in metrics),
        ),
        tuple(cells(row) for row in (*found.table.rows, found.table.everyone)),
        note=note,
    )
