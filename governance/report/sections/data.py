"""Section 2: where the data and the label come from, and what they hide."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.coverage import title_of
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
from governance.report.words import (
    NOUNS,
    UNKNOWN,
    count,
    day,
    group_name,
    listed,
    percent,
    rate_alone,
    rate_with_interval,
    source_name,
)
from hearth.definition import Condition, Label

_TESTS = {
    "is": "is",
    "is_not": "is not",
    "in": "is one of",
    "at_least": "is at least",
    "at_most": "is at most",
    "above": "is above",
    "below": "is below",
}


def section(assessment: Assessment) -> Section:
    """The label, who was looked at, declared leaks, base rates over time."""
    label = assessment.definition.label
    return Section(
        2,
        "The data, and how far the outcome can be trusted",
        (
            Facts(
                (
                    ("Outcome", f"In {source_name(label.source)}, {_condition(label.outcome)}"),
                    ("Looked for", f"in the {label.window.in_words()} after the as-of date"),
                    ("Row that decides", _which_row(label)),
                    ("Time allowed for recording", label.maturity.in_words()),
                    (
                        "Sources",
                        listed(
                            [source_name(s) for s in sorted(assessment.matrix.get("sources", {}))]
                        ),
                    ),
                )
            ),
            *_selective(assessment),
            *_leaks(assessment),
            *_base_rates(assessment),
            *_looked_at_by_group(assessment),
        ),
    )


def _condition(condition: Condition) -> str:
    test, value = condition.test
    values = value if isinstance(value, tuple) else (value,)
    words = f"{condition.column} {_TESTS[test]} {listed([_word(v) for v in values])}"
    return words.replace("_", " ")


def _word(value: object) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _which_row(label: Label) -> str:
    if label.at:
        return "the child's first row of all"
    return {"any": "any row in that time", "first": "the first row in that time", "last": "the last row in that time"}[label.row]  # fmt: skip


def _selective(assessment: Assessment) -> Iterator[Block]:
    yield Heading("Who was looked at")
    definition, results = assessment.definition, assessment.performance.over_all
    nouns = NOUNS[definition.unit][1]
    if definition.label.observed == "always":
        yield Paragraph(
            "Where nothing is recorded, the outcome is taken not to have happened. If some "
            f"{nouns} come to notice less than others, their outcomes are under-counted, and "
            "nothing in this report can show it."
        )
        return
    counts = results.candidates[assessment.candidate].counts
    on_list = _share(counts["selected_known"], counts["selected"])
    off_list = _share(counts["unselected_known"], counts["unselected"])
    yield Inset(
        f"The outcome is known only where somebody looked: {rate_alone(results.observed_share)} of "
        f"{nouns}, {on_list} of those on the list and {off_list} of those not on it. The rest are "
        "ranked but never counted as if the outcome had not happened. If those looked at were "
        "chosen for their risk, rates among them are higher than among all.",
        is_warning=True,
    )


def _share(part: int | None, whole: int | None) -> str:
    if part is None or whole is None:
        return "[c]"
    return percent(part / whole) if whole else UNKNOWN


def _leaks(assessment: Assessment) -> Iterator[Block]:
    yield Heading("Declared leaks")
    leaks = [
        f"{group.reason.title}, from {source_name(group.source)}, taken as known from "
        f"{group.assume_known_from.date:%-d %B %Y}. {group.assume_known_from.because.strip()}"
        for group in assessment.definition.features
        if group.assume_known_from
    ]
    if leaks:
        yield Paragraph(
            "These data were not known on the dates the model was tested on. Figures can be "
            "better here than they will be in use."
        )
        yield Bullets(tuple(leaks))
    else:
        yield Paragraph(
            "None: every figure uses only what was known on the day it looks back from."
        )


def _base_rates(assessment: Assessment) -> Iterator[Block]:
    yield Heading("Base rates over time")
    splits = assessment.performance.splits
    if assessment.performance.is_withheld_by_split:
        yield Paragraph("Withheld by test date: some dates have too few outcomes to print.")
        return
    yield interval_chart(
        "base-rates",
        "Share with the outcome at each test date",
        "One row a test date: the share of those looked at who had the outcome, with its 95% "
        "interval. The table below gives the same figures.",
        [
            Row(
                day(split.split),
                interval.value if interval else None,
                interval.low if interval else None,
                interval.high if interval else None,
                rate_alone(split.base_rate),
            )
            for split in splits
            for interval in [split.base_rate.interval]
        ],
        Axis("Share with the outcome"),
    )
    yield Table(
        "Cohort, outcomes and base rate by test date",
        (
            Column("Test date"),
            Column("Cohort", "number"),
            Column("Outcome known", "number"),
            Column("Outcome happened", "number"),
            Column("Base rate (95% interval)", "number"),
        ),
        tuple(
            (
                day(split.split),
                *(count(split.cohort[name]) for name in ("n", "known", "positives")),
                rate_with_interval(split.base_rate),
            )
            for split in splits
        ),
    )


def _looked_at_by_group(assessment: Assessment) -> Iterator[Block]:
    if assessment.definition.label.observed == "always":
        return
    titles = {a.name: title_of(a) for a in assessment.definition.fairness.attributes}
    for name, table in assessment.tables.items():
        if all(row.counts["n"] is None for row in table.rows):
            yield Paragraph(
                f"How many were looked at, by {titles[name].lower()}, is withheld: some of these "
                "numbers are too small to print."
            )
            continue
        yield Table(
            f"How many were looked at, by {titles[name].lower()}",
            (
                Column("Group"),
                Column("Cohort", "number"),
                Column("Outcome known", "number"),
                Column("Share known (95% interval)", "number"),
            ),
            tuple(
                (
                    group_name(row.group),
                    count(row.counts["n"]),
                    count(row.counts["known"]),
                    rate_with_interval(row.rates["observed_share"]),
                )
                for row in table.rows
            ),
        )
