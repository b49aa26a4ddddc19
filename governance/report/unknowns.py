"""What the verdict page says is not known, and the question it puts to the board."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.coverage import CHARACTERISTICS, Coverage
from governance.fairness.policy import Verdict
from governance.report.findings import ALL_SEEN
from governance.report.judged import tally
from governance.report.reading import reading
from governance.report.words import NOUNS, counted, listed, percent

_ASKED_OF_GIVEN = "To say whether these scores may be used."


def unknowns(assessment: Assessment) -> Iterator[str]:
    """What the data cannot say, what matters most to the decision first."""
    definition = assessment.definition
    observed = assessment.performance.over_all.observed_share.interval
    nouns = NOUNS[definition.unit][1]
    if observed is not None and observed.value < ALL_SEEN:
        yield (
            f"The outcome is known for {percent(observed.value)} of the {nouns} only. "
            "Where nobody looked nothing is known, and the figures speak of the rest."
        )
    if not assessment.is_checked and assessment.definition.fairness.attributes:
        yield (
            "Whether outcomes are recorded alike in all groups cannot be known from the records "
            "themselves: a score that has learned their bias agrees with them. No outcomes found "
            "another way are held."
        )
    open_questions = tally(assessment)[Verdict.CANNOT_TELL]
    if open_questions:
        yield (
            f"{counted(open_questions, 'comparison')} between groups cannot be settled: too few "
            f"{nouns}, or numbers too small to print. That is not the same as no gap."
        )
    missing = [
        row.characteristic.lower()
        for row in assessment.coverage
        if row.coverage is Coverage.NOT_HELD and row.characteristic in CHARACTERISTICS.values()
    ]
    if missing:
        yield f"Nothing can be said about {listed(missing)}: the data do not hold them."
    if any(group.assume_known_from for group in definition.features):
        yield (
            "Some data are used as if they had been known earlier than they were, so the figures "
            "may flatter the model; section 2 lists them."
        )
    yield "How people will use the list, and whether a visit helps, is not measured here."


def question_to_the_board(assessment: Assessment) -> str:
    """What the board is asked, and what the figures speak for."""
    asked = f"To approve or refuse version {assessment.version} for use."
    return f"{_ASKED_OF_GIVEN if assessment.given else asked} {reading(assessment).advice}"
