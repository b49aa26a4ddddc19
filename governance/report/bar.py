"""The success bar as training judged it, and the line of it that only the assessment can judge."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.assessment import Assessment
from governance.fairness.policy import NO_CONCERN_RULE, Verdict
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
    """Every line of the bar; met where training met it and no line judged here was missed.

    Attributes
    ----------
    is_changed
        Whether test dates had been looked at before this bar was put on record.
    history
        When the bar was put on record and how often each test date was looked at, in sentences;
        empty where whoever trained the model kept no record of it.
    """

    met: bool
    lines: tuple[Line, ...]
    is_changed: bool
    history: tuple[str, ...]

    @property
    def since(self) -> str:
        """What is known of when the bar was set."""
        if self.is_changed:
            return "changed after results at its test dates had been seen"
        return "that was set before the results were known"


def bar_of(assessment: Assessment) -> Bar:
    """The bar with its every line judged.

    Where the definition lets a concern between groups bar a version, training leaves that line
    open, because it never sees a group.
    """
    success = assessment.metrics["success"]
    lines = tuple(_lines(assessment))
    registered = success.get("registered", {})
    return Bar(
        bool(success["met"]) and all(line.met is not False for line in lines),
        lines,
        bool(registered.get("bar_changed_after_results", False)),
        tuple(registered.get("sentences", ())),
    )


def _lines(assessment: Assessment) -> Iterator[Line]:
    for line in assessment.metrics["success"]["lines"]:
        if line["rule"] == NO_CONCERN_RULE:
            counts = tally(assessment)
            concerns, open_questions = counts[Verdict.CONCERN], counts[Verdict.CANNOT_TELL]
            differ = counts[Verdict.CONSISTENT]
            told = (
                f"{counted(concerns, 'concern')} of {counted(sum(counts.values()), 'comparison')}"
            )
            softer = f"; {differ} differ, consistent with base rates" if differ else ""
            rest = f"{softer}; {open_questions} cannot be settled"
            yield Line(line["rule"], not concerns, f"{told}{rest}")
        else:
            yield Line(line["rule"], line["met"], line["detail"])
