"""What all findings come to: the line in the box of the first page, and what they speak for."""

from collections.abc import Iterator
from dataclasses import dataclass

from governance.assessment import Assessment
from governance.fairness.policy import Verdict
from governance.report.bar import bar_of
from governance.report.document import Level
from governance.report.judged import concerns_of_pairs, tally
from governance.report.records_found import records_found
from governance.report.words import counted

_MET = "Success bar met"


@dataclass(frozen=True)
class Reading:
    """What the findings come to.

    Attributes
    ----------
    head : str
        After "Success bar met", where there was a bar.
    """

    is_so: bool
    head: str
    level: Level
    advice: str


def reading(assessment: Assessment) -> Reading:
    """The first that holds, worst first; its head as it stands in the box."""
    bar = bar_of(assessment)
    found = next(one for one in _of_the_bar(assessment) if one.is_so)
    if not bar.met:
        head = found.head
    elif assessment.given:
        head = found.head.removeprefix("with ")
    else:
        head = f"{_MET}{';' if found.head.startswith('groups') else ','} {found.head}"
    return Reading(True, f"{head[0].upper()}{head[1:]}", found.level, found.advice)


def _of_the_bar(assessment: Assessment) -> Iterator[Reading]:
    bar = bar_of(assessment)
    yield Reading(
        not bar.met,
        "the success bar was not met",
        "concern",
        "The bar was not met, so the figures speak for refusing it.",
    )
    yield Reading(
        bar.is_changed,
        "but changed after results were seen",
        "concern",
        "The bar was changed after results had been seen: ask why before anything else.",
    )
    yield from _of_groups(assessment)


def _of_groups(assessment: Assessment) -> Iterator[Reading]:
    counts = tally(assessment)
    concerns, open_questions = counts[Verdict.CONCERN], counts[Verdict.CANNOT_TELL]
    whom = "They" if assessment.given else "It"
    answered = "answered: explained, mended, or accepted by name and with a reason."
    yield Reading(
        concerns > 0,
        f"with {counted(concerns, 'concern')} to answer",
        "concern",
        f"{whom} should not be approved until each concern is {answered}",
    )
    yield Reading(
        bool(records_found(assessment)),
        "with differences of records to answer",
        "concern",
        "How groups are recorded differs, so the figures by group may mislead. "
        f"{whom} should not be approved until this is {answered}",
    )
    yield Reading(
        counts[Verdict.CONSISTENT] > 0,
        "groups differ as their base rates do",
        "open",
        "No gap goes beyond what the groups' base rates give. Whether a gap of that size can be "
        "accepted is for the board to say, not for the arithmetic.",
    )
    open_head = "with open questions"
    yield Reading(
        not any(counts.values()),
        open_head,
        "open",
        "No groups were compared, so nothing is known of whom the list serves well or badly.",
    )
    yield Reading(
        open_questions == sum(counts.values()),
        open_head,
        "open",
        "The figures cannot say whether the list serves groups alike: no comparison could be "
        "settled.",
    )
    yield Reading(
        open_questions > 0,
        open_head,
        "open",
        "What could be settled raises no concern; the questions above stay open.",
    )
    yield Reading(
        concerns_of_pairs(assessment) > 0,
        "with concerns in section 8 to answer",
        "concern",
        "No group as a whole raises a concern, but some do within the groups of another "
        f"characteristic. {whom} should not be approved until each of these is {answered}",
    )
    yield Reading(True, "no concern found", "clear", "The figures raise no concern.")
