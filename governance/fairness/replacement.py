"""A candidate in place of the champion: the gain by paired bootstrap, and who enters and leaves the list."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.disclosure.control import (
    DisclosurePolicy,
    Population,
    ProtectedCounts,
    protect_table,
)
from governance.disclosure.parting import is_any_small
from governance.fairness.counts import CELLS
from governance.fairness.intervals import Interval
from governance.fairness.list_movement import Movement, list_movement
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS, Metric
from governance.fairness.whole_groups import WholeGroups

PLACES = (
    "on both lists",
    "enters the list",
    "leaves the list",
    "on neither list",
    "not tested before",
)
MOVED = PLACES[1:3]
"""Places that one of the lists has and the other has not."""
_SHARED = PLACES[:4]
_REPLICATES = 1000
_KEY = ["split", "entity_id"]


@dataclass(frozen=True)
class Champion:
    """The version in use, and its scored rows."""

    version: str
    scored: pd.DataFrame


@dataclass(frozen=True)
class Gain:
    """A rate of either list over the same people, and their difference with its 95 % interval."""

    metric: Metric
    before: float
    after: float
    difference: Interval


@dataclass(frozen=True)
class Replacement:
    """What changes if the candidate takes the champion's place.

    Attributes
    ----------
    shared : float
        Part of the candidate's rows that the champion was tested on too, in [0, 1].
    places : dict of str to ProtectedCounts
        By `PLACES`; empty where some hold so few that what either list holds would give them away.
    gains : tuple of Gain
        Empty where so few change places that a difference would give them away.
    movement : dict of str to tuple of Movement
        By attribute; those are left out of which it may not be shown.
    """

    version: str
    shared: float
    places: dict[str, ProtectedCounts]
    gains: tuple[Gain, ...]
    movement: dict[str, tuple[Movement, ...]]


def replacement(
    rows: pd.DataFrame,
    outcomes: Outcomes,
    champion: Champion,
    groups: Sequence[WholeGroups],
    *,
    metrics: Sequence[Metric],
    policy: DisclosurePolicy,
    population: Population,
    seed: int,
) -> Replacement | None:
    """The candidate beside the champion on the rows of both; None where they share none.

    Parameters
    ----------
    rows, outcomes
        The candidate's rows.
    champion : Champion
        The champion's chosen rows.
    groups : sequence of WholeGroups
        Of the attributes that may be parted.
    metrics : sequence of Metric
    policy : DisclosurePolicy
    population : Population
        As for `protect_table`.
    seed : int
        Of the bootstrap.
    """
    theirs = champion.scored.assign(entity_id=champion.scored["entity_id"].astype("string"))
    mine = rows[_KEY].assign(entity_id=rows["entity_id"].astype("string"))
    joined = mine.merge(theirs[[*_KEY, "selected"]], on=_KEY, how="left", validate="one_to_one")
    is_shared = joined["selected"].notna().to_numpy()
    if not is_shared.any():
        return None
    before = joined["selected"].eq(other=True).to_numpy(dtype=bool)
    place = np.where(outcomes.selected, np.where(before, 0, 1), np.where(before, 2, 3))
    codes = np.where(is_shared, place, len(_SHARED)).astype(np.int64)
    by_place = Grouping(_SHARED if is_shared.all() else PLACES, codes)
    places = protect_table(by_place.names, outcomes.counts(by_place), policy, population).groups
    is_told = all(places[name].is_complete for name in by_place.names)
    moved = {each.attribute: _movement(each, outcomes, before, by_place, policy) for each in groups}
    return Replacement(
        champion.version,
        float(is_shared.mean()),
        places if is_told else {},
        _gains(outcomes, by_place, metrics, seed) if is_told else (),
        {name: movement for name, movement in moved.items() if movement},
    )


def _movement(
    whole: WholeGroups,
    outcomes: Outcomes,
    before: NDArray[np.bool_],
    by_place: Grouping,
    policy: DisclosurePolicy,
) -> tuple[Movement, ...]:
    """Movement of every group; none where some places hold too few of a group to print."""
    counted = outcomes.observed | whole.counts_unknown
    size, codes = len(by_place.names), whole.grouping.codes
    flat = (codes * size + by_place.codes)[counted]
    moves = np.bincount(flat, minlength=len(whole.grouping.names) * size).reshape(-1, size)
    if is_any_small(moves, policy):
        return ()
    kept = counted & (by_place.codes < len(_SHARED))
    groups = Grouping(whole.grouping.names, codes[kept])
    return tuple(list_movement(before[kept], outcomes.selected[kept], groups, policy))


def _gains(
    outcomes: Outcomes, by_place: Grouping, metrics: Sequence[Metric], seed: int
) -> tuple[Gain, ...]:
    """Differences over people drawn again, each with all their dates and in both lists at once.

    Entities whose rows are alike are one kind, and a replicate draws how many there are of each:
    the same resampling as drawing entity by entity.

    References
    ----------
    Efron & Tibshirani 1993, *An Introduction to the Bootstrap*, ch. 8 (paired data, clusters).
    """
    size = len(_SHARED) * len(CELLS)
    shared = by_place.codes < len(_SHARED)
    entity = np.unique(outcomes.entity[shared], return_inverse=True)[1]
    kinds = (by_place.codes * len(CELLS) + outcomes.cells)[shared]
    rows = np.zeros((int(entity.max()) + 1, size), dtype=np.int16)
    np.add.at(rows, (entity, kinds), 1)
    alike, times = np.unique(rows, axis=0, return_counts=True)
    draws = np.random.default_rng(seed).multinomial(times.sum(), times / times.sum(), _REPLICATES)
    drawn = (draws @ alike.astype(np.int64)).reshape(-1, len(_SHARED), len(CELLS))
    seen = (times @ alike.astype(np.int64)).reshape(1, len(_SHARED), len(CELLS))
    return tuple(_gain(metric, seen, drawn) for metric in metrics)


def _gain(metric: Metric, seen: NDArray[np.int64], drawn: NDArray[np.int64]) -> Gain:
    before, after = (float(_rate(metric, seen, on)[0]) for on in ((0, 2), (0, 1)))
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = _rate(metric, drawn, (0, 1)) - _rate(metric, drawn, (0, 2))
    low, high = np.nanquantile(spread, (0.025, 0.975))
    return Gain(metric, before, after, Interval(after - before, float(low), float(high)))


def _rate(metric: Metric, cells: NDArray[np.int64], on: tuple[int, int]) -> NDArray[np.float64]:
    """The rate where those in these two places are on the list, (replicates,)."""
    off = [place for place in range(len(_SHARED)) if place not in on]
    outcomes = cells.reshape(len(cells), len(_SHARED), 2, 3).sum(
        axis=2
    )  # whichever list placed them
    six = np.concatenate([outcomes[:, list(on)].sum(axis=1), outcomes[:, off].sum(axis=1)], axis=1)
    found: NDArray[np.float64] = (six @ metric.above) / (six @ metric.below)
    return found


HEADLINES = ("precision", "recall")
"""Metrics shown of every replacement, beside those that carry a verdict."""


def shown_metrics(headline: Sequence[Metric]) -> tuple[Metric, ...]:
    """Metrics of the replacement, each once."""
    return tuple({m.name: m for m in (*headline, *(METRICS[n] for n in HEADLINES))}.values())
