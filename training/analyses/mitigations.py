"""Ways of evening out a list that others use, tried for show: what each would change, and what it costs."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from hearth.progress import Progress, silent
from training.analyses.evened_out import WAYS, date_of
from training.analyses.group_lists import (
    AS_IT_IS,
    Tested,
    learnt_from,
    lists_as_json,
    table_of,
)
from training.analyses.weighted_trees import WeightedTrees
from training.experiment import trees_of
from training.figures.evaluation import Estimate
from training.figures.ranking import Floats
from training.findings import Assessed, Finding
from training.learners.estimator import LightGBM
from training.logged.interval_plot import intervals_by_name

_MOST_LEARNT = 10_000
_SURE = 0.01
"""Nearer than this to never or always, nobody would call it a lot."""


def mitigations(assessed: Assessed, progress: Progress = silent) -> Finding:
    """Three ways of evening out the list, each for each attribute, on the same people and the same capacity.

    None is ever deployed. Reweighing counts training rows so that the outcome is as frequent in
    every group; a reduction (fairlearn's exponentiated gradient) and thresholds by group
    (fairlearn's threshold optimiser) even out who is found among those with the outcome or, where
    being listed is a burden, who is listed among those without it. The last two choose some people
    by lot, and the last needs to know the protected attribute of whoever is scored.

    References
    ----------
    Kamiran & Calders (2012), Knowledge and Information Systems 33: 1-33; Agarwal et al. (2018), "A
    reductions approach to fair classification", ICML; Hardt, Price & Srebro (2016), "Equality of
    opportunity in supervised learning", NIPS.
    """
    definition, tested = assessed.definition, Tested.of(assessed)
    learner = trees_of(definition, assessed.examples.features)
    trees = WeightedTrees(assessed.examples.features, learner.parameters, learner.rounds)
    ways = [(way, name) for name in assessed.groups for way in WAYS]
    raw: dict[str, list[Floats]] = {AS_IT_IS: []}
    by_lot: dict[str, list[Floats]] = {}
    total = len(tested.splits) * len(ways)
    for number, (split, test) in enumerate(zip(tested.splits, tested.dates, strict=True)):
        seen = learnt_from(assessed, split, _MOST_LEARNT)
        plain = trees.fit(seen.rows.table(), seen.positive).chance(test.rows.table())
        raw[AS_IT_IS].append(plain)
        for done, (way, name) in enumerate(ways, start=number * len(ways)):
            progress(f"Mitigations: {split.test.as_of}, {way} by {name}", done, total)
            date = date_of(seen, test, assessed.groups[name], plain, tested.cohorts[number])
            drawn = WAYS[way](date, trees, by_recall=tested.by_recall)
            raw.setdefault(f"{way}, {name}", []).append(drawn.raw)
            if drawn.chance is not None:
                by_lot.setdefault(f"{way}, {name}", []).append(drawn.chance)
    lists = lists_as_json(tested, raw, seed=definition.learner.seed)
    for way, name in ways:
        told = lists[f"{way}, {name}"]
        told |= {"way": way, "attribute": name, "by_lot": _by_lot(by_lot.get(f"{way}, {name}"))}
    figures = {
        "learner": LightGBM.name,
        "most_learnt": _MOST_LEARNT,
        "tried": [
            {**line, "decided_by_lot": lists[line["list"]]["by_lot"]}
            for line in table_of(lists, assessed.groups)
        ],
        "lists": lists,
    }
    return Finding("mitigations", figures, [("mitigations", _plot(lists))], list(_sentences(lists)))


def _by_lot(chances: list[Floats] | None) -> float | None:
    """Share of everybody whom a rule neither always nor never chooses; None where there is no lot."""
    if chances is None:
        return None
    chance = np.concatenate(chances)
    return float(((chance > _SURE) & (chance < 1 - _SURE)).mean())


def _sentences(lists: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield "Shown as analysis and never deployed: none of these makes a list that Hearth would serve."
    drawn = [each["by_lot"] for each in lists.values() if each.get("by_lot")]
    if drawn:
        yield (
            f"Reductions and thresholds by group choose up to {max(drawn):.0%} of people by lot, and "
            "thresholds by group need everybody's protected attribute when they are scored."
        )


def _plot(lists: Mapping[str, Mapping[str, Any]]) -> Figure:
    changes = {
        name: Estimate(**each["changes"]["recall_at_capacity"])
        for name, each in lists.items()
        if each["changes"]
    }
    title = "What evening out the list costs"
    return intervals_by_name(title, "Change of recall at capacity", changes, none_at=0)
