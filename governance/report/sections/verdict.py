"""Section 0: the verdict on one page."""

from collections.abc import Iterator
from itertools import islice

from governance.assessment import Assessment
from governance.fairness.policy import Verdict
from governance.report.document import Bullets, Facts, Heading, Paragraph, Section, Status
from governance.report.findings import (
    candidate_name,
    findings,
    how_well,
    rule_sentences,
    success,
)
from governance.report.judged import concerns_of_pairs, tally
from governance.report.proxy_found import proxy_findings
from governance.report.reading import reading
from governance.report.records_found import records_found
from governance.report.unknowns import question_to_the_board, unknowns
from governance.report.words import NOUNS, counted, day, listed
from hearth.definition import Intervention

SUCCESS, HOW_WELL, BESIDE = "Success bar", "How well it works", "Beside simpler ways"
"""Names of the facts that say how well the list works."""
_MOST = 3  # sentences of each kind on the page
_NOTHING = "No gap between groups, no difference of their records and no proxy was found."
_USE = {
    Intervention.ASSISTIVE: "Help for those on the list",
    Intervention.PUNITIVE: "A burden or penalty for those on the list",
    Intervention.MIXED: "May help or burden those on the list",
}


def section(assessment: Assessment) -> Section:
    """The verdict: what it predicts, for whom, what was found, what is not known."""
    found = findings(assessment)
    return Section(
        0,
        "Verdict on one page",
        (
            _status(assessment),
            Facts(tuple(_facts(assessment))),
            Heading("What was found"),
            Bullets(tuple(found[:_MOST])) if found else Paragraph(_NOTHING),
            *_rest(assessment, len(found[:_MOST])),
            Heading("What is not known"),
            Bullets(tuple(islice(unknowns(assessment), _MOST))),
            Heading("What the board is asked"),
            Paragraph(question_to_the_board(assessment)),
        ),
    )


def _facts(assessment: Assessment) -> Iterator[tuple[str, str]]:
    definition, given = assessment.definition, assessment.given
    capacity, nouns = definition.capacity, NOUNS[definition.unit][1]
    length = (
        f"The first {capacity.count:,} {nouns}"
        if capacity.count
        else f"The first {100 * (capacity.share or 0):g}% of {nouns}"
    )
    order = f"{length}, put in order by {candidate_name(assessment.candidate)}"
    yield "The question", f"{definition.question} A yes is called “the outcome” in this report."
    yield "The list", (given.listed if given else None) or order
    yield "What it is for", _USE[definition.intervention]
    yield "Tested on", _dates(assessment)
    yield SUCCESS, success(assessment)
    yield HOW_WELL, how_well(assessment)
    beside = " ".join(f"{said[0].upper()}{said[1:]}" for said in rule_sentences(assessment))
    if beside:
        yield BESIDE, beside


def _rest(assessment: Assessment, said: int) -> Iterator[Paragraph]:
    """Where all that was found stands, so that three sentences are not taken for everything."""
    parts = (
        (tally(assessment)[Verdict.CONCERN], "concern", "between groups in section 5"),
        (concerns_of_pairs(assessment), "concern", "in two characteristics at once in section 8"),
        (len(records_found(assessment)), "difference", "between groups' records in section 2"),
        (len(list(proxy_findings(assessment))), "characteristic", "with a proxy in section 11"),
    )
    told = [f"{counted(number, noun)} {where}" for number, noun, where in parts if number]
    if sum(number for number, _, _ in parts) > said:
        yield Paragraph(f"All that was found stands further on: {listed(told)}.")


def _status(assessment: Assessment) -> Status:
    counts = tally(assessment)
    differ = counts[Verdict.CONSISTENT]
    told = [
        counted(counts[Verdict.CONCERN], "concern"),
        *([f"{differ} that differ, consistent with base rates"] if differ else []),
        f"{counts[Verdict.NO_CONCERN]} with no concern found",
        f"{counts[Verdict.CANNOT_TELL]} where we cannot tell",
    ]
    wider = concerns_of_pairs(assessment)
    within = f" In two characteristics at once: {counted(wider, 'concern')}." if wider else ""
    detail = f"Comparisons between groups: {', '.join(told)}.{within}"
    read = reading(assessment)
    return Status(read.head, detail, read.level)


def _dates(assessment: Assessment) -> str:
    if assessment.given:
        return listed([day(split.split) for split in assessment.performance.splits])
    dates = [day(split.split) for split in assessment.performance.splits]
    return f"{counted(len(dates), 'later date')} not used in training: {listed(dates)}"
