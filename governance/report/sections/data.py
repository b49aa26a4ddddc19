"""Section 2: where the data and the label come from, and what they hide."""

from collections.abc import Iterator

from governance.assessment import Assessment
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
from governance.report.looked_at import looked_at, looked_at_by_group
from governance.report.records_found import record_sentence, records_found
from governance.report.weighted import weighted_words, with_note
from governance.report.words import (
    count,
    day,
    listed,
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
    title = "The data, and how far the outcome can be trusted"
    if assessment.given:
        parts = (
            *_of_given(assessment),
            *weighted_words(assessment),
            *_records(assessment),
            *_base_rates(assessment),
            *looked_at_by_group(assessment),
        )
        return Section(2, title, parts)
    label, titles = assessment.definition.label, assessment.titles
    return Section(
        2,
        title,
        (
            Facts(
                (
                    (
                        "Outcome",
                        f"In {source_name(label.source, titles)}, {_condition(label.outcome)}",
                    ),
                    ("Looked for", f"in the {label.window.in_words()} after the as-of date"),
                    ("Row that decides", _which_row(label)),
                    ("Time allowed for recording", label.maturity.in_words()),
                    (
                        "Sources",
                        listed(
                            sorted(
                                source_name(s, titles) for s in assessment.matrix.get("sources", {})
                            )
                        ),
                    ),
                )
            ),
            *looked_at(assessment),
            *_records(assessment),
            *_leaks(assessment),
            *_base_rates(assessment),
            *looked_at_by_group(assessment),
        ),
    )


def _of_given(assessment: Assessment) -> Iterator[Block]:
    """What scored rows alone leave unsaid of the outcome."""
    yield Inset(
        "Not available: how the outcome came to be recorded, and what was known when the scores "
        "were made. The rows give scores, outcomes and groups, and nothing of where they come from.",
        is_warning=True,
    )
    if assessment.definition.label.observed == "always":
        yield Paragraph(
            "Every row says whether the outcome happened. If some people come to notice less than "
            "others, their outcomes are under-counted, and nothing in this report can show it."
        )
    else:
        yield from looked_at(assessment)


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


def _records(assessment: Assessment) -> Iterator[Block]:
    """Whether records are alike in all groups, and what could and could not be asked."""
    if not assessment.tables:
        return
    yield Heading("Are records alike in all groups?")
    found = [record_sentence(assessment, one) for one in records_found(assessment)]
    asked = sorted({one.question.value for one in assessment.discrepancies})
    if found:
        yield Bullets(tuple(found))
    elif asked:
        yield Paragraph(f"No difference was found of those that could be asked: {listed(asked)}.")
    if not assessment.is_checked:
        yield Paragraph(
            "No outcomes found another way are held, so a bias of the record that the score has "
            "learned too would not be seen here."
        )


def _leaks(assessment: Assessment) -> Iterator[Block]:
    yield Heading("Declared leaks")
    leaks = [
        f"{group.reason.title}, from {source_name(group.source, assessment.titles)}, taken as known from "
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
        note=with_note(assessment),
    )
