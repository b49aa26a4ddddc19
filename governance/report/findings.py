"""What the one-page verdict says: findings, unknowns, and the question put to the board."""

from collections.abc import Iterator
from math import inf, log

from governance.assessment import Assessment
from governance.fairness.coverage import CHARACTERISTICS, Coverage, title_of
from governance.fairness.policy import METRICS, Verdict
from governance.report.bar import bar_of
from governance.report.hidden_gaps import hidden_gap_findings
from governance.report.judged import Judged, judged, tally
from governance.report.proxy_found import proxy_findings
from governance.report.records_found import record_findings
from governance.report.words import (
    NOUNS,
    counted,
    group_name,
    listed,
    natural_frequency,
    percent,
    ratio_in_words,
)

LEARNERS = {
    "best single feature": "the best single feature",
    "lightgbm": "LightGBM",
    "logistic": "logistic regression",
    "random": "a random order",
    "the given score": "the given score",
}
_ASKED_OF_GIVEN = "To say whether these scores may be used."
_LEARNER = "lightgbm"
_GAPS = {
    Verdict.CONCERN: "Concern",
    Verdict.CONSISTENT: "Differs, consistent with base rates",
}
_MOST_CONCERNS = 3
_ALL_SEEN = 0.995  # share with a known outcome above which unknown ones change no figure shown


def candidate_name(name: str) -> str:
    """What the report calls a way of ranking; a rule stands in quotation marks."""
    return LEARNERS.get(name, f"the rule “{name}”")


def findings(assessment: Assessment) -> Iterator[str]:
    """What was found, weightiest last word first: the bar, the list, the groups."""
    yield _bar(assessment)
    yield from _list(assessment)
    yield from _groups(assessment)
    yield from hidden_gap_findings(assessment)
    yield from record_findings(assessment)
    yield from proxy_findings(assessment)


def _bar(assessment: Assessment) -> str:
    if assessment.given:
        return "No success bar was given: nobody said beforehand what would count as working."
    bar = bar_of(assessment)
    missed = [line.rule for line in bar.lines if line.met is False]
    if bar.met and bar.is_changed:
        return f"It met its success bar, but the bar was {bar.since}, so meeting it proves less."
    if bar.met:
        return f"It met the success bar {bar.since}."
    return f"It did not meet the success bar {bar.since}. Missed: {listed(missed)}."


def _list(assessment: Assessment) -> Iterator[str]:
    chosen = assessment.performance.over_all.candidates[assessment.candidate]
    unit = assessment.definition.unit
    precision, recall = (chosen.rates[name].interval for name in ("precision", "recall"))
    if precision is None or recall is None:
        yield "How well the list works cannot be printed: the numbers are too small to publish."
        return
    base = assessment.performance.over_all.base_rate.interval
    by_chance = f"; picked at random, about {100 * base.value:.0f} would have" if base else ""
    yield f"{natural_frequency(METRICS['precision'], precision, unit)}{by_chance}."
    yield f"{natural_frequency(METRICS['recall'], recall, unit)}."
    yield from rule_sentences(assessment)


def rule_sentences(assessment: Assessment) -> Iterator[str]:
    """For each one-line rule, on how many test dates it did as well as the model or better."""
    for baseline in assessment.definition.baselines:
        rule = f"The simple rule “{baseline.name}”"
        if baseline.name == assessment.candidate:
            yield f"{rule} is what is proposed for use: nothing more elaborate was chosen over it."
        model = _LEARNER if baseline.name == assessment.candidate else assessment.candidate
        wins, dates = _wins(assessment, baseline.name, model)
        name = candidate_name(model)
        if wins:
            yield f"{rule} did as well as {name} or better on {wins} of {counted(dates, 'test date')}."
        elif dates:
            every = "the one test date" if dates == 1 else f"all {dates} test dates"
            yield f"{name[0].upper()}{name[1:]} did better than the simple rule “{baseline.name}” on {every}."
        else:
            yield from _together(assessment, baseline.name, model)


def _together(assessment: Assessment, rule: str, model: str) -> Iterator[str]:
    """The rule beside the model over all test dates, where no date alone can be printed."""
    candidates = assessment.performance.over_all.candidates
    if not {rule, model} <= candidates.keys():
        return
    mine, theirs = (candidates[n].rates["precision"].interval for n in (model, rule))
    if mine is not None and theirs is not None:
        yield (
            f"Over all test dates, {percent(mine.value)} of the list of {candidate_name(model)} had "
            f"the outcome, and {percent(theirs.value)} of the list of {candidate_name(rule)}."
        )


def _wins(assessment: Assessment, rule: str, model: str) -> tuple[int, int]:
    """On how many test dates the rule's precision was no lower, and on how many both are known."""
    known = [
        tuple(interval.value for interval in found if interval is not None)
        for split in assessment.performance.splits
        if {rule, model} <= split.candidates.keys()
        for found in [[split.candidates[n].rates["precision"].interval for n in (rule, model)]]
        if None not in found
    ]
    return sum(mine >= theirs for mine, theirs in known), len(known)


def _groups(assessment: Assessment) -> Iterator[str]:
    concerns, differ = (
        _largest_first(assessment, v) for v in (Verdict.CONCERN, Verdict.CONSISTENT)
    )
    for one in concerns[:_MOST_CONCERNS]:
        yield gap_sentence(assessment, one)
    counts = tally(assessment)
    if len(concerns) > _MOST_CONCERNS:
        yield f"{counted(len(concerns) - _MOST_CONCERNS, 'further concern')} stand in section 5."
    if differ:
        yield base_rate_sentence(assessment, differ[0])
    if len(differ) > 1:
        yield (
            f"{counted(len(differ) - 1, 'further gap')} between groups, consistent with their base "
            "rates, stand in section 5."
        )
    if not concerns and counts[Verdict.NO_CONCERN]:
        yield (
            f"No concern was found in {counts[Verdict.NO_CONCERN]} of "
            f"{counted(sum(counts.values()), 'comparison')} between groups."
        )


def _largest_first(assessment: Assessment, verdict: Verdict) -> list[Judged]:
    """Comparisons of this verdict, the widest gap first, whichever way it goes."""
    return sorted(
        (one for one in judged(assessment) if one.comparison.verdict is verdict),
        key=lambda one: (
            abs(log(one.comparison.ratio.value))
            if one.comparison.ratio and one.comparison.ratio.value
            else inf
        ),
        reverse=True,
    )


def base_rate_sentence(assessment: Assessment, one: Judged) -> str:
    """A gap that base rates explain, with what they are and what they alone would give."""
    told = gap_sentence(assessment, one)
    mine = one.row.rates["base_rate"].interval
    theirs = one.reference_row.rates["base_rate"].interval
    expected = one.comparison.expected_ratio
    if mine is None or theirs is None or expected is None:
        return told
    return (
        f"{told} The outcome is recorded for about {100 * mine.value:.0f} in 100 of the one and "
        f"{100 * theirs.value:.0f} in 100 of the other; a score that states everybody's risk rightly "
        f"would give a ratio of about {expected.value:.2f}."
    )


def gap_sentence(assessment: Assessment, one: Judged) -> str:
    """A gap between a group and its reference, in natural frequencies."""
    mine, theirs = one.rate.interval, one.reference_rate.interval
    attribute = title_of(
        next(a for a in assessment.definition.fairness.attributes if a.name == one.table.attribute)
    )
    if mine is None or theirs is None:
        return f"{attribute}: {group_name(one.row.group)} and {group_name(one.table.reference)} cannot be compared."
    unit = assessment.definition.unit
    own = natural_frequency(one.metric, mine, unit, group_name(one.row.group))
    return (
        f"{_GAPS[one.comparison.verdict]}, {attribute.lower()}: {own[0].lower()}{own[1:]}; in the group "
        f"{group_name(one.table.reference)}, about {100 * theirs.value:.0f} "
        f"({ratio_in_words(one.comparison)})."
    )


def unknowns(assessment: Assessment) -> Iterator[str]:
    """What the data cannot say."""
    definition = assessment.definition
    observed = assessment.performance.over_all.observed_share.interval
    nouns = NOUNS[definition.unit][1]
    if observed is not None and observed.value < _ALL_SEEN:
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
    counts, bar = tally(assessment), bar_of(assessment)
    if not bar.met:
        advice = "The bar was not met, so the figures speak for refusing it."
    elif bar.is_changed:
        advice = "The bar was changed after results had been seen: ask why before anything else."
    elif counts[Verdict.CONCERN]:
        advice = (
            f"{'They' if assessment.given else 'It'} should not be approved until each concern is answered: explained, mended, or "
            "accepted by name and with a reason."
        )
    elif counts[Verdict.CONSISTENT]:
        advice = (
            "No gap goes beyond what the groups' base rates give. Whether a gap of that size can be "
            "accepted is for the board to say, not for the arithmetic."
        )
    elif not any(counts.values()):
        advice = (
            "No groups were compared, so nothing is known of whom the list serves well or badly."
        )
    elif counts[Verdict.CANNOT_TELL] == sum(counts.values()):
        advice = (
            "The figures cannot say whether the list serves groups alike: no comparison could be "
            "settled."
        )
    elif counts[Verdict.CANNOT_TELL]:
        advice = "What could be settled raises no concern; the questions above stay open."
    else:
        advice = "The figures raise no concern."
    asked = f"To approve or refuse version {assessment.version} for use."
    return f"{_ASKED_OF_GIVEN if assessment.given else asked} {advice}"
