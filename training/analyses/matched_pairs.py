"""People alike on record but of different groups: whether they stand as high and are listed as often."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from governance.fairness.paired import paired_difference
from hearth.progress import Progress, silent
from training.analyses.alike import caliper_of, pairs_within, points_of, unlikeness
from training.analyses.group_lists import Tested, groups_to_tell, learnt_from
from training.data.examples import Examples
from training.experiment import candidates_of
from training.figures.bootstrap import each_once, interval, replicate, sums_over
from training.figures.evaluation import Estimate
from training.figures.metrics import quotient
from training.figures.ranking import Bools, Floats, Ints, draw_lots, ranks
from training.findings import Assessed, Finding
from training.logged.interval_plot import intervals_by_name

_MOST_ROWS = 20_000
_MOST_LEARNT = 50_000
_LEAST_IN_GROUP = 30
"""Of fewer no difference could be seen."""


@dataclass(frozen=True)
class People:
    """Everybody scored on the test dates, each once, at the latest.

    Attributes
    ----------
    standing
        Shape (n,): share of the cohort of the date that ranks lower, in [0, 1].
    listed
        Shape (n,).
    """

    rows: Examples
    places: Ints
    points: Floats
    standing: Floats
    listed: Bools


def matched_pairs(assessed: Assessed, progress: Progress = silent) -> Finding:
    """Differences in standing, listing and outcome within pairs alike on record, of different groups.

    A protected attribute is no feature, so a score stays the same if it alone is changed: asking
    what the score of the same person of another group would be shows nothing. People who are
    alike in what the model does see can be compared.

    References
    ----------
    Dwork et al. (2012), "Fairness through awareness", ITCS: 214-226 (like people alike); Stuart
    (2010), "Matching methods for causal inference", Statistical Science 25: 1-21.
    """
    tested = Tested.of(assessed)
    people = _people(assessed, tested, progress)
    references = {a.name: a.reference for a in assessed.definition.fairness.attributes}
    total, records, counts = len(assessed.groups), list[dict[str, Any]](), list[dict[str, Any]]()
    for done, (attribute, said) in enumerate(assessed.groups.items()):
        progress(f"Matched pairs: {attribute}", done, total)
        groups = said[people.places]
        names = groups_to_tell(groups, _LEAST_IN_GROUP)
        reference = references.get(attribute) or max(
            names, key=lambda name: int((tested.groups[attribute] == name).sum()), default=""
        )
        other = np.flatnonzero(groups == reference)
        if reference not in names:
            continue
        caliper = caliper_of(people.points[other])
        for name in names:
            if name != reference:
                own = np.flatnonzero(groups == name)
                found = _compared(people, own, other, caliper, assessed.definition.learner.seed)
                where = {"attribute": attribute, "group": name, "reference": reference}
                records.append({**where, **found.pop("shown")})
                counts.append({**where, **found})
    figures = {
        "candidate": assessed.chosen,
        "people": len(people.rows),
        "least_in_group": _LEAST_IN_GROUP,
        "differences": records,
        "pairs": {"of": counts},
    }
    plots = [("matched_pairs", _plot(records))] if records else []
    return Finding("matched_pairs", figures, plots, list(_sentences(records)))


def _people(assessed: Assessed, tested: Tested, progress: Progress) -> People:
    (candidate,) = [
        each
        for each in candidates_of(assessed.definition, assessed.examples)
        if each.name == assessed.chosen
    ]
    raw = []
    for number, (split, test) in enumerate(zip(tested.splits, tested.dates, strict=True)):
        progress(f"Matched pairs: {split.test.as_of}", number, len(tested.splits))
        seen = learnt_from(assessed, split, _MOST_LEARNT)
        raw.append(test.raw_scores(candidate.fit(seen)))
    standing = np.concatenate([_standing(own, cohort.order(own)) for own, cohort in zip(raw, tested.cohorts, strict=True)])  # fmt: skip
    places = np.concatenate([rows.rows.numbers for rows in tested.dates])
    entities = np.concatenate([rows.entities for rows in tested.dates])
    _, first = np.unique(entities[::-1], return_index=True)  # the latest date of each comes first
    kept = np.sort(len(entities) - 1 - first)
    lots = draw_lots(entities[kept].tolist(), assessed.definition.learner.seed)
    kept = np.sort(kept[np.argsort(lots)[:_MOST_ROWS]])
    rows = assessed.examples.where(places[kept])
    points = points_of(rows.features, rows.rows.table())
    return People(rows, places[kept], points, standing[kept], tested.listed(raw)[kept])


def _standing(raw: Floats, order: Ints) -> Floats:
    return np.asarray(1 - ranks(order) / len(raw))


def _compared(people: People, own: Ints, other: Ints, caliper: float, seed: int) -> dict[str, Any]:
    lots = draw_lots(people.rows.entities[own].tolist(), seed)
    mine, theirs = pairs_within(people.points[own], people.points[other], caliper, lots)
    first, second = own[mine], other[theirs]
    outcomes = people.rows.outcomes
    known = outcomes.observed[first] & outcomes.observed[second]
    listed = _crossed(people.listed[first], people.listed[second])
    happened = _crossed(outcomes.positive[first][known], outcomes.positive[second][known])
    standing = _mean(people.standing[first] - people.standing[second], seed)
    apart = people.standing[own].mean() - people.standing[other].mean()
    return {
        "shown": {
            "paired": len(first) / len(own),
            "standing_before": float(apart),
            "standing": asdict(standing),
            "listed": _difference(listed),
            "had_the_outcome": _difference(happened),
        },
        "people": len(own),
        "of_reference": len(other),
        "standing_own": _average(people.standing[first]),
        "standing_reference": _average(people.standing[second]),
        "listed_pairs": listed,
        "outcome_pairs": happened,
        "unlike_before": unlikeness(people.points[own], people.points[other]),
        "unlike": unlikeness(people.points[first], people.points[second]) if len(first) else None,
    }


def _average(values: Floats) -> float | None:
    return float(values.mean()) if len(values) else None


def _crossed(first: Bools, second: Bools) -> list[int]:
    """Pairs of which both, the first alone, the second alone and neither are so."""
    return [
        int((first & second).sum()),
        int((first & ~second).sum()),
        int((~first & second).sum()),
        int((~first & ~second).sum()),
    ]


def _difference(pairs: Sequence[int]) -> dict[str, float | None]:
    if not sum(pairs):
        return asdict(Estimate(None))
    found = paired_difference(pairs[1], pairs[2], sum(pairs))
    return asdict(Estimate(found.value, found.low, found.high))


def _mean(values: Floats, seed: int) -> Estimate:
    """Mean with its bootstrap interval; every pair is of its own."""
    if not len(values):
        return Estimate(None)
    rows = np.arange(len(values))
    statistic = sums_over(rows, np.column_stack([values, np.ones(len(values))]), quotient)
    drawn = replicate({"mean": statistic}, rows, seed=seed)["mean"]
    return Estimate(float(statistic(each_once(len(rows)))[0]), *(interval(drawn) or (None, None)))


def _sentences(records: Sequence[dict[str, Any]]) -> Iterator[str]:
    for each in records:
        listed = each["listed"]
        if listed["value"] is not None and not listed["low"] <= 0 <= listed["high"]:
            yield (
                f"Alike on record, {each['group']} and {each['reference']} ({each['attribute']}) are listed "
                f"{100 * abs(listed['value']):.1f} points {'more' if listed['value'] > 0 else 'less'} often "
                f"(95 % interval {100 * listed['low']:+.1f} to {100 * listed['high']:+.1f})."
            )
    yield (
        "Protected attributes are no features: changing one of a person alone leaves the score as it is, "
        "and shows nothing."
    )


def _plot(records: Sequence[dict[str, Any]]) -> Figure:
    listed = {
        f"{each['attribute']}: {each['group']}": Estimate(**each["listed"]) for each in records
    }
    title = "Listed more often than the reference, alike on record"
    return intervals_by_name(title, "Difference of shares", listed, none_at=0)
