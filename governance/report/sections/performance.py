"""Section 4: how well it ranks, beside a rule, a logistic regression and a random order."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.performance import CandidateResult, SplitResult
from governance.report.bar import bar_of
from governance.report.charts import Axis, Row, interval_chart
from governance.report.document import Block, Bullets, Column, Heading, Paragraph, Section, Table
from governance.report.findings import candidate_name, rule_sentences
from governance.report.refitted import what_skill_rests_on
from governance.report.words import UNKNOWN, day, rate_alone, rate_with_interval

_FIGURES = {
    "auc": ("AUC", ".3f"),
    "average_precision": ("Average precision", ".3f"),
    "precision_at_100": ("Had it, of the first 100", ".1%"),
    "precision_at_10pct": ("Had it, of the first 10%", ".1%"),
    "predicted_over_actual": ("Predicted over actual", ".2f"),
    "days_earlier": ("Days earlier than the visits were made", ".1f"),
}


_BESIDE = (
    "Each way of ranking had the same people and the same length of list. The model "
    "is worth having only if it does better than a rule that fits in one line."
)
_ALONE = (
    "Not available: simpler ways of ranking. Only one set of scores was given, so whether a rule "
    "that fits in one line would do as well is not known. Ask whoever made them."
)


def section(assessment: Assessment) -> Section:
    """Precision and recall at capacity and figures of the whole order, by test date."""
    return Section(
        4,
        "How well it works, beside simpler ways",
        (
            Paragraph(_ALONE if assessment.given else _BESIDE),
            Bullets(tuple(f"{s[0].upper()}{s[1:]}" for s in rule_sentences(assessment))),
            *_bar(assessment),
            *_selection(assessment),
            *_splits(assessment),
            Heading("All test dates together"),
            _table("All test dates together", assessment, assessment.performance.over_all),
            *what_skill_rests_on(assessment),
        ),
    )


def _bar(assessment: Assessment) -> Iterator[Block]:
    if assessment.given:
        return
    bar = bar_of(assessment)
    known = (
        "changed after results were seen" if bar.is_changed else "set before the results were known"
    )
    yield Heading(f"The success bar, {known}")
    # A difference between two counts can give away the smaller of them.
    shows_detail = assessment.policy.is_open
    columns = (Column("Rule"), Column("Result"))
    rows = [(line.rule, _met(line.met), line.detail) for line in bar.lines]
    yield Table(
        f"The bar was {'met' if bar.met else 'not met'}",
        (*columns, Column("Figures")) if shows_detail else columns,
        tuple(row if shows_detail else row[:2] for row in rows),
    )
    if bar.history:
        yield Paragraph(" ".join(bar.history))


def _selection(assessment: Assessment) -> Iterator[Block]:
    """What training says of choosing and judging on the same dates; a vendor's file says nothing."""
    if "selection" in assessment.metrics:
        yield Paragraph(str(assessment.metrics["selection"]["note"]))


def _met(met: bool | None) -> str:
    return "does not apply" if met is None else "met" if met else "not met"


def _splits(assessment: Assessment) -> Iterator[Block]:
    yield Heading("By test date")
    if assessment.performance.is_withheld_by_split:
        yield Paragraph("Withheld by test date: some dates have too few outcomes to print.")
        return
    for split in assessment.performance.splits:
        if any(result.rates["precision"].interval for result in split.candidates.values()):
            yield _chart(assessment, split)
        yield _table(day(split.split), assessment, split)


def _chart(assessment: Assessment, split: SplitResult) -> Block:
    def row(result: CandidateResult) -> Row:
        interval, chosen = (
            result.rates["precision"].interval,
            result.candidate == assessment.candidate,
        )
        return Row(
            _name(assessment, result),
            interval.value if interval else None,
            interval.low if interval else None,
            interval.high if interval else None,
            rate_alone(result.rates["precision"]),
            "square" if chosen else "circle",
        )

    return interval_chart(
        f"precision-{split.split}",
        f"Share of the list with the outcome, {day(split.split)}",
        "One row a way of ranking, with its 95% interval; the square is the one proposed. "
        "The table below gives the same figures.",
        [row(result) for result in split.candidates.values()],
        Axis("Share of the list that had the outcome"),
    )


def _name(assessment: Assessment, result: CandidateResult) -> str:
    name = candidate_name(result.candidate)
    proposed = " (proposed)" if result.candidate == assessment.candidate else ""
    return f"{name[0].upper()}{name[1:]}{proposed}"


def _table(caption: str, assessment: Assessment, split: SplitResult) -> Table:
    shown = [
        key
        for key in _FIGURES
        if any(r.figures.get(key) is not None for r in split.candidates.values())
    ]
    return Table(
        f"{caption}: base rate {rate_alone(split.base_rate)}",
        (
            Column("Way of ranking"),
            Column("Of the list, had the outcome (95% interval)", "number"),
            Column("Of all with the outcome, on the list (95% interval)", "number"),
            *(Column(_FIGURES[key][0], "number") for key in shown),
        ),
        tuple(
            (
                _name(assessment, result),
                *(rate_with_interval(result.rates[key]) for key in ("precision", "recall")),
                *(_figure(result, key) for key in shown),
            )
            for result in split.candidates.values()
        ),
    )


def _figure(result: CandidateResult, key: str) -> str:
    value = result.figures.get(key)
    return UNKNOWN if value is None else format(value, _FIGURES[key][1])
