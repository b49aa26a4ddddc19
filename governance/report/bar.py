"""The success bar as training judged it, and the line of it that only the assessment can judge."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.assessment import Assessment
from governance.policy import NO_CONCERN_RULE, Verdict
from governance.report.judged import tally
from governance.report.words import counted


@dataclass(frozen=True)
class Line:
    """One rule of the bar, whether it was met (None where it does not apply), and the figures."""

    rule: str
    met: bool | None
    detail: str


@dataclass(frozen=True)
class Bar:
    """Every line of the bar; met where training met it and no line judged here was missed."""

    met: bool
    lines: tuple[Line, ...]


def bar_of(assessment: Assessment) -> Bar:
    """The bar with its every line judged.

    Where the definition lets a concern between groups bar a version, training leaves that line
    open, because it never sees a group.
    """
    success = assessment.metrics["success"]
    lines = tuple(_lines(assessment))
    return Bar(bool(success["met"]) and all(line.met is not False for line in lines), lines)


def _lines(assessment: Assessment) -> Iterator[Line]:
    for line in assessment.metrics["success"]["lines"]:
        if line["rule"] == NO_CONCERN_RULE:
            counts = tally(assessment)
            concerns, open_questions = counts[Verdict.CONCERN], counts[Verdict.CANNOT_TELL]
            told = (
                f"{counted(concerns, 'concern')} of {counted(sum(counts.values()), 'comparison')}"
            )
            yield Line(line["rule"], not concerns, f"{told}; {open_questions} cannot be settled")
        else:
            yield Line(line["rule"], line["met"], line["detail"])
