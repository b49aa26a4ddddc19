"""Where a group's records differ from others', in sentences for the verdict page and section 2."""

from collections.abc import Iterator

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.policy import Verdict
from governance.fairness.unlike_records import Discrepancy, Question
from governance.report.words import NOUNS, group_name


def records_found(assessment: Assessment) -> list[Discrepancy]:
    """What was found to differ, the surest kind of evidence first and the widest gap first in each."""
    found = [one for one in assessment.discrepancies if one.verdict is Verdict.CONCERN]
    order = [
        Question.INVENTED,
        Question.MISSED,
        Question.REPRESENTED,
        Question.LOOKED_AT,
        Question.STATED,
    ]
    return sorted(found, key=lambda one: (order.index(one.question), one.ratio.p_value))


def record_findings(assessment: Assessment) -> Iterator[str]:
    """One sentence for each kind of evidence; the others stand in section 2."""
    found = records_found(assessment)
    first = {one.question: one for one in reversed(found)}
    yield from (record_sentence(assessment, one) for one in found if first[one.question] is one)


def record_sentence(assessment: Assessment, one: Discrepancy) -> str:
    """A difference of records, in natural frequencies."""
    attribute = next(
        title_of(a) for a in assessment.definition.fairness.attributes if a.name == one.attribute
    ).lower()
    nouns = NOUNS[assessment.definition.unit][1]
    group, reference = group_name(one.group), group_name(one.reference)
    mine, theirs = (_in_100(share) for share in (one.mine, one.theirs))
    often = "less" if one.ratio.value < 1 else "more"
    if one.question is Question.STATED:
        expected = _in_100(one.expected or 0.0)
        return (
            f"Outcomes may be recorded unlike, {attribute}: given the same score, the outcome is "
            f"recorded {often} often for the group {group} than for {reference}: for {mine} in 100, "
            f"where the same scores led to {expected} in 100. Either these {nouns} differ in ways the "
            "score does not see, or outcomes are recorded otherwise for them. Only outcomes found "
            "another way could tell which."
        )
    if one.question is Question.INVENTED:
        return (
            f"Label bias, {attribute}: where the outcome was checked another way and had not "
            f"happened, it is recorded all the same for {mine} of every 100 in the group {group}, "
            f"and for {theirs} of every 100 in {reference}."
        )
    if one.question is Question.MISSED:
        return (
            f"Label bias, {attribute}: where the outcome was checked another way and had happened, "
            f"it is recorded for {mine} of every 100 in the group {group}, and for {theirs} of every "
            f"100 in {reference}."
        )
    if one.question is Question.LOOKED_AT:
        return (
            f"Looked at {often}, {attribute}: somebody looked at {mine} of every 100 {nouns} in the "
            f"group {group} and at {theirs} of every 100 in {reference}; given the same place, on "
            f"the list or off it, {one.ratio.value:.2f} times as often (likely {one.ratio.low:.2f} "
            f"to {one.ratio.high:.2f})."
        )
    missing = "Missing from the records" if one.ratio.value < 1 else "In the records too often"
    return (
        f"{missing}, {attribute}: the group {group} is {mine} in 100 of those in the records, and "
        f"{theirs} in 100 of the population. Whoever is not in the records cannot be on the list."
    )


def _in_100(share: float) -> str:
    return f"{100 * share:.0f}" if share >= 0.01 or not share else "fewer than 1"  # noqa: PLR2004 one in a hundred
