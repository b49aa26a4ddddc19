"""What the one-page verdict says: findings, unknowns, and the question put to the board."""

from collections.abc import Iterator
from itertools import zip_longest

from governance.assessment import Assessment
from governance.fairness.coverage import title_of
from governance.fairness.policy import METRICS, Verdict
from governance.report.bar import bar_of
from governance.report.hidden_gaps import hidden_gaps
from governance.report.judged import Judged, judged, surest_size, tally
from governance.report.proxy_found import proxy_findings
from governance.report.records_found import record_findings
from governance.report.words import (
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
_LEARNER = "lightgbm"
ALL_SEEN = 0.995
"""Share with a known outcome above which unknown ones change no figure shown."""
_GAPS = {
    Verdict.CONCERN: "Concern",
    Verdict.CONSISTENT: "Differs, consistent with base rates",
}


def candidate_name(name: str) -> str:
    """What the report calls a way of ranking; a rule stands in quotation marks."""
    return LEARNERS.get(name, f"the rule “{name}”")


def findings(assessment: Assessment) -> list[str]:
    """What was found between groups, weightiest first: concerns, then proxies, then what is no concern.

    Of concerns, the surest of each kind come before a second of any: between groups, hidden within
    the groups of another characteristic, and in how the records came to be.
    """
    concerns = [gap_sentence(assessment, one) for one in _surest_first(assessment, Verdict.CONCERN)]
    kinds = (concerns, hidden_gaps(assessment), list(record_findings(assessment)))
    concerning = [
        sentence for each in zip_longest(*kinds) for sentence in each if sentence is not None
    ]
    rest = (proxy_findings(assessment), _no_concerns(assessment))
    return [*concerning, *(sentence for each in rest for sentence in each)]


def _no_concerns(assessment: Assessment) -> Iterator[str]:
    """The surest gap that base rates explain; how many comparisons show no concern, where none shows one."""
    differ = _surest_first(assessment, Verdict.CONSISTENT)
    if differ:
        yield base_rate_sentence(assessment, differ[0])
    counts = tally(assessment)
    if not counts[Verdict.CONCERN] and counts[Verdict.NO_CONCERN]:
        yield (
            f"No concern was found in {counts[Verdict.NO_CONCERN]} of "
            f"{counted(sum(counts.values()), 'comparison')} between groups."
        )


def success(assessment: Assessment) -> str:
    """Whether the success bar was met, and what was missed."""
    if assessment.given:
        return "No success bar was given: nobody said beforehand what would count as working."
    bar = bar_of(assessment)
    missed = [line.rule for line in bar.lines if line.met is False]
    if bar.met and bar.is_changed:
        return f"It met its success bar, but the bar was {bar.since}, so meeting it proves less."
    if bar.met:
        return f"It met the success bar {bar.since}."
    return f"It did not meet the success bar {bar.since}. Missed: {listed(missed)}."


def how_well(assessment: Assessment) -> str:
    """How well the list works over all test dates, in natural frequencies."""
    chosen = assessment.performance.over_all.candidates[assessment.candidate]
    unit = assessment.definition.unit
    precision, recall = (chosen.rates[name].interval for name in ("precision", "recall"))
    if precision is None or recall is None:
        return "How well the list works cannot be printed: the numbers are too small to publish."
    base = assessment.performance.over_all.base_rate.interval
    by_chance = f"; picked at random, about {100 * base.value:.0f} would have" if base else ""
    seen = assessment.performance.over_all.observed_share.interval
    of_whom = "Among those looked at only: " if seen is None or seen.value < ALL_SEEN else ""
    found = natural_frequency(METRICS["precision"], precision, unit)
    return (
        f"{of_whom}{found[0].lower() if of_whom else found[0]}{found[1:]}{by_chance}. "
        f"{natural_frequency(METRICS['recall'], recall, unit)}."
    )


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


def _surest_first(assessment: Assessment, verdict: Verdict) -> list[Judged]:
    """Comparisons of this verdict, first the gap that is widest even at the nearer end of its interval."""
    return sorted(
        (one for one in judged(assessment) if one.comparison.verdict is verdict),
        key=lambda one: surest_size(one.comparison.ratio),
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
