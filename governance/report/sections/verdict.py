"""Section 0: the verdict on one page."""

from collections import Counter
from itertools import islice

from governance.assessment import Assessment
from governance.fairness.policy import Verdict
from governance.report.bar import bar_of
from governance.report.document import Bullets, Facts, Heading, Paragraph, Section, Status
from governance.report.findings import (
    candidate_name,
    findings,
    question_to_the_board,
    unknowns,
)
from governance.report.judged import tally
from governance.report.words import NOUNS, counted, day, listed
from hearth.definition import Intervention

_USE = {
    Intervention.ASSISTIVE: "Help for those on the list",
    Intervention.PUNITIVE: "A burden or penalty for those on the list",
    Intervention.MIXED: "May help or burden those on the list",
}


def section(assessment: Assessment) -> Section:
    """The verdict: what it predicts, for whom, what was found, what is not known."""
    definition = assessment.definition
    nouns = NOUNS[definition.unit][1]
    capacity = definition.capacity
    length = (
        f"The first {capacity.count:,} {nouns}"
        if capacity.count
        else f"The first {100 * (capacity.share or 0):g}% of {nouns}"
    )
    order = f"{length}, put in order by {candidate_name(assessment.candidate)}"
    given = assessment.given
    return Section(
        0,
        "Verdict on one page",
        (
            _status(assessment),
            Facts(
                (
                    ("The list", (given.listed if given else None) or order),
                    ("What it is for", _USE[definition.intervention]),
                    ("Tested on", _dates(assessment)),
                )
            ),
            Paragraph(
                "In this report “the outcome” means that the answer to the question above turned out to be yes."
            ),
            Heading("What was found"),
            Bullets(tuple(findings(assessment))),
            Heading("What is not known"),
            Bullets(tuple(islice(unknowns(assessment), 5))),
            Heading("What the board is asked"),
            Paragraph(question_to_the_board(assessment)),
        ),
    )


def _status(assessment: Assessment) -> Status:
    counts = tally(assessment)
    differ = counts[Verdict.CONSISTENT]
    told = [
        counted(counts[Verdict.CONCERN], "concern"),
        *([f"{differ} that differ, consistent with base rates"] if differ else []),
        f"{counts[Verdict.NO_CONCERN]} with no concern found",
        f"{counts[Verdict.CANNOT_TELL]} where we cannot tell",
    ]
    detail = f"Comparisons between groups: {', '.join(told)}."
    return _status_of_given(counts, detail) if assessment.given else _by_bar(assessment, detail)


def _by_bar(assessment: Assessment, detail: str) -> Status:
    counts, bar = tally(assessment), bar_of(assessment)
    if not bar.met:
        return Status("The success bar was not met", detail, "concern")
    if bar.is_changed:
        return Status("Success bar met, but changed after results were seen", detail, "concern")
    if counts[Verdict.CONCERN]:
        concerns = counted(counts[Verdict.CONCERN], "concern")
        return Status(f"Success bar met, with {concerns} to answer", detail, "concern")
    if counts[Verdict.CONSISTENT]:
        return Status("Success bar met; groups differ as their base rates do", detail, "open")
    if counts[Verdict.CANNOT_TELL]:
        return Status("Success bar met, with open questions", detail, "open")
    return Status("Success bar met, no concern found", detail, "clear")


def _status_of_given(counts: Counter[Verdict], detail: str) -> Status:
    """Where no bar was set there is none to meet."""
    if counts[Verdict.CONCERN]:
        concerns = counted(counts[Verdict.CONCERN], "concern")
        return Status(f"{concerns} to answer", detail, "concern")
    if counts[Verdict.CONSISTENT]:
        return Status("Groups differ as their base rates do", detail, "open")
    if counts[Verdict.CANNOT_TELL] or not counts:
        return Status("Open questions", detail, "open")
    return Status("No concern found", detail, "clear")


def _dates(assessment: Assessment) -> str:
    if assessment.given:
        return listed([day(split.split) for split in assessment.performance.splits])
    dates = [day(split.split) for split in assessment.performance.splits]
    return f"{counted(len(dates), 'later date')} not used in training: {listed(dates)}"
