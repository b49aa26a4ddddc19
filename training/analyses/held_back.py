"""What being on a list does, told by those of it who were held back from visits by lot."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from governance.fairness.intervals import Interval, difference
from hearth.definition import ModelDefinition
from hearth.risk_model import HoldBack
from training.experiment import SplitResult
from training.figures.ranking import Bools
from training.findings import Finding, Training
from training.selective.shares import share_among

LEAST = 30
"""Held back with a known outcome, below which they say little."""


def held_back(training: Training) -> Finding | None:
    """Outcomes of those on the lists, held back by lot beside the others.

    None where the definition holds nobody back, or no test date is as late as that.

    The lot alone tells the two apart, so how far their outcomes lie from each other is what being on
    the list did, however those visited were chosen. It is less than what a visit does where others
    were not visited, or the held back were.

    References
    ----------
    Fisher (1935), The Design of Experiments, ch. 2; Hollis & Campbell (1999), "What is meant by
    intention to treat analysis?", BMJ 319: 670-674.
    """
    definition, experiment = training.definition, training.experiment
    rule = rule_of(definition)
    splits = [r for r in experiment.splits if rule and r.split.test.as_of >= rule.since]
    if rule is None or not splits:
        return None
    arms = _arms(splits, experiment.chosen.name, rule)
    apart = None
    if arms["others"]["with_outcome"] and arms["held_back"]["with_outcome"]:
        apart = difference(*(Interval(**arms[a]["with_outcome"]) for a in ("others", "held_back")))
    figures = {
        "candidate": experiment.chosen.name,
        "since": rule.since.isoformat(),
        "share": rule.share,
        "test_dates": [result.name for result in splits],
        **arms,
        "others_less_held_back": asdict(apart) if apart else None,
    }
    is_seen_by_visit = definition.label.observed != "always"
    said = list(_sentences(arms, apart, is_seen_by_visit=is_seen_by_visit))
    return Finding("held_back", figures, sentences=said)


def rule_of(definition: ModelDefinition) -> HoldBack | None:
    """Who a definition holds back; None where nobody."""
    rule = definition.hold_back
    return None if rule is None else HoldBack(definition.model, rule.share, rule.since)


def _arms(splits: Sequence[SplitResult], chosen: str, rule: HoldBack) -> dict[str, Any]:
    """Both arms of the lists of all dates: rows, visited, looked at, and their outcomes."""
    tests = [result.test for result in splits]
    listed = [r.cohort.selected(r.cohort.order(r.scores[chosen].raw)) for r in splits]
    drawn = [rule.drawn(r.test.entities.tolist(), r.split.test.as_of) for r in splits]
    on_list, held = np.concatenate(listed), np.concatenate(drawn)
    looked = np.concatenate([test.outcomes.observed for test in tests])
    positive = np.concatenate([test.outcomes.positive for test in tests])
    visited = np.concatenate(
        [np.zeros(len(t), dtype=bool) if t.visited is None else t.visited for t in tests]
    )
    _, codes = np.unique(np.concatenate([t.entities for t in tests]), return_inverse=True)

    def arm(rows: Bools) -> dict[str, Any]:
        known = rows & looked
        share = share_among(codes.astype(np.int64), positive, known) if known.any() else None
        return {
            "rows": int(rows.sum()),
            "visited": int((rows & visited).sum()),
            "looked_at": int(known.sum()),
            "with_outcome": asdict(share) if share else None,
        }

    return {"held_back": arm(on_list & held), "others": arm(on_list & ~held)}


def _sentences(
    arms: Mapping[str, Any], apart: Interval | None, *, is_seen_by_visit: bool
) -> Iterator[str]:
    held, others = arms["held_back"], arms["others"]
    if apart is None or held["looked_at"] < LEAST:
        yield (
            f"Of the lists {held['rows']:,} were held back by lot, and the outcome of "
            f"{held['looked_at']:,} is known: too few to tell what visits do."
        )
        return
    yield (
        f"Of {held['rows']:,} on the lists who were held back by lot {_shown(held)} had the outcome, "
        f"of {others['rows']:,} others {_shown(others)}: not being held back changed it by "
        f"{100 * apart.value:+.1f} points (95 % interval {100 * apart.low:+.1f} to "
        f"{100 * apart.high:+.1f}), however those visited were chosen."
    )
    yield (
        f"This is the effect of a visit as far as the lot was kept: {_part(others)} of the others were "
        f"visited, and {_part(held)} of those held back. It assumes that nobody's outcome was changed "
        "by another's visit."
    )
    if is_seen_by_visit:
        yield (
            f"It assumes, too, that a visit does not decide whose outcome is seen: it was for "
            f"{others['looked_at'] / others['rows']:.0%} of the others and "
            f"{held['looked_at'] / held['rows']:.0%} of those held back. Where these lie apart, it is "
            "no measure of visits."
        )
    yield (
        "Precision among those held back is what the list finds without help; hold a retrained "
        "version to that."
    )


def _shown(arm: Mapping[str, Any]) -> str:
    share = arm["with_outcome"]
    return f"{share['value']:.1%} ({share['low']:.1%} to {share['high']:.1%})"


def _part(arm: Mapping[str, Any]) -> str:
    return f"{arm['visited'] / arm['rows']:.0%}"
