"""What a longer or a shorter list would find, and for whom: rates by group at several lengths."""

from collections.abc import Mapping, Sequence
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
from governance.fairness.groups import Comparison, Rate, compare, rate
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import METRICS
from governance.fairness.whole_groups import Effects, WholeGroups

_WANTED = (2.0, 0.5, 3.0, 1.5, 4.0, 0.75, 6.0)  # times capacity, the most telling first
_LONGEST = 0.9  # of the cohort: a list of nearly everybody is no list
_ROOM_FOR_TIES = 0.1  # a list as long as this much more or less still goes by its name
_KINDS = 3  # happened, did not, unknown


@dataclass(frozen=True)
class GroupAtLengths:
    """One group's rates, and how they compare with the reference's, at each length in turn."""

    group: str
    rates: tuple[dict[str, Rate], ...]
    comparisons: tuple[dict[str, Comparison], ...]


@dataclass(frozen=True)
class AttributeAtLengths:
    """The groups of one attribute at every length."""

    attribute: str
    reference: str
    groups: tuple[GroupAtLengths, ...]


@dataclass(frozen=True)
class ListLengths:
    """Lengths of list that may be shown side by side, and what each does.

    Attributes
    ----------
    times : tuple of float
        Lengths, in ascending order, as multiples of capacity; 1 is among them.
    can_differ : bool
        Whether the scores tell enough people apart for a list of any other length.
    everyone : tuple of dict of str to Rate
        Rates of the whole list at each length.
    """

    times: tuple[float, ...]
    can_differ: bool
    everyone: tuple[dict[str, Rate], ...]
    attributes: tuple[AttributeAtLengths, ...]


def list_lengths(
    rows: pd.DataFrame,
    outcomes: Outcomes,
    groups: Sequence[WholeGroups],
    *,
    effects: Effects,
    policy: DisclosurePolicy,
    tolerance: tuple[float, float],
    is_unknown_printed: bool,
) -> ListLengths:
    """Rates at capacity and at as many other lengths as disclosure control lets stand beside it.

    Lengths are the same for all attributes. They are tried one after another, and one is taken
    where nobody can be made out from the difference between two of them; see
    `governance.disclosure.parting`. Only those whose outcome is known are counted, but the length
    of a list is known to all: so bands between lengths must not hold few of unknown outcome either.

    Parameters
    ----------
    rows : DataFrame
        One candidate's scored rows: `split`, `score`, `selected`, and `rank` where ties are broken.
    outcomes : Outcomes
        Of the same rows.
    groups : sequence of WholeGroups
        Of the attributes that may be parted.
    effects : mapping of str to float
        Design effects of everyone together, by metric.
    policy, tolerance
        As for `group_table`.
    is_unknown_printed : bool
        Whether it is printed how many there are whose outcome is unknown.

    Notes
    -----
    Where entities stand at several dates, intervals widen by the design effect at capacity. Weighted
    rows have no other length: how far a list of all those they stand for would reach is not known.
    """
    if outcomes.weight is not None:
        return ListLengths((1.0,), False, (), ())
    lists = _lists(rows, outcomes)
    times = tuple(sorted(lists))
    place = np.stack([~lists[each] for each in times]).sum(axis=0, dtype=np.int64)
    kind = outcomes.cells % _KINDS
    together = Grouping.together(len(rows))
    everyone = _parts(together, place, kind, len(times))
    parts = [_parts(each.grouping, place, kind, len(times)) for each in groups]
    if not is_unknown_printed:
        everyone[..., -1] = 0
    kept = _kept(times, [everyone, *(part[..., :-1] for part in parts)], policy)
    lengths = [times.index(each) for each in kept]
    whole = [_printed(together.names, _cells(everyone, each), policy) for each in lengths]
    return ListLengths(
        kept,
        len(times) > 1,
        tuple(_rates(table[together.names[0]], effects) for table in whole),
        tuple(
            _attribute(
                each,
                [_printed(each.grouping.names, _cells(part, at), policy) for at in lengths],
                tolerance,
            )
            for each, part in zip(groups, parts, strict=True)
        ),
    )


def _lists(rows: pd.DataFrame, outcomes: Outcomes) -> dict[float, NDArray[np.bool_]]:
    """Who is on the list of each length that can be made, (rows,); each holds all shorter ones."""
    by_date = rows.groupby("split")
    rank = (
        rows["rank"].to_numpy()
        if "rank" in rows
        else by_date["score"].rank(method="max", ascending=False).to_numpy()
    )
    capacity = by_date["selected"].transform("sum").to_numpy()
    cohort = by_date["selected"].transform("size").to_numpy()
    found = {1.0: outcomes.selected}
    for times in _WANTED:
        length = np.round(times * capacity)
        first = rank <= length
        longer = outcomes.selected | first if times > 1 else outcomes.selected & first
        wanted = times * outcomes.selected.sum()
        is_close = abs(longer.sum() - wanted) <= _ROOM_FOR_TIES * wanted
        if is_close and (length <= _LONGEST * cohort).all():
            found[times] = longer
    return found


def _parts(
    groups: Grouping, place: NDArray[np.int64], kind: NDArray[np.int64], lengths: int
) -> NDArray[np.int64]:
    """Counts by group, band and outcome: band b is who is on the list of length b but no shorter."""
    bands = lengths + 1
    flat = (groups.codes * bands + place) * _KINDS + kind
    counted = np.bincount(flat, minlength=len(groups.names) * bands * _KINDS)
    return counted.reshape(len(groups.names), bands, _KINDS).astype(np.int64)


def _kept(
    times: Sequence[float], parts: Sequence[NDArray[np.int64]], policy: DisclosurePolicy
) -> tuple[float, ...]:
    """Lengths between any two of which nobody can be made out, capacity among them."""
    kept = [1.0]
    for wanted in (t for t in _WANTED if t in times):
        trial = sorted([*kept, wanted])
        starts = [0, *(times.index(t) + 1 for t in trial)]
        if not any(is_any_small(np.add.reduceat(p, starts, axis=1), policy) for p in parts):
            kept = trial
    return tuple(kept)


def _cells(parts: NDArray[np.int64], length: int) -> NDArray[np.int64]:
    """Counts of known outcome in the order of `CELLS`, (groups, 6), of the list of this length."""
    on, off = parts[:, : length + 1].sum(axis=1), parts[:, length + 1 :].sum(axis=1)
    cells = np.concatenate([on, off], axis=1)
    cells[:, [CELLS.index("selected_unknown"), CELLS.index("unselected_unknown")]] = 0
    return cells


def _printed(
    names: Sequence[str], counts: NDArray[np.int64], policy: DisclosurePolicy
) -> dict[str, ProtectedCounts]:
    return protect_table(names, counts, policy, Population.KNOWN).groups


def _rates(counts: ProtectedCounts, effects: Effects) -> dict[str, Rate]:
    return {name: rate(metric, counts, effects[name]) for name, metric in METRICS.items()}


def _attribute(
    whole: WholeGroups,
    printed: Sequence[Mapping[str, ProtectedCounts]],
    tolerance: tuple[float, float],
) -> AttributeAtLengths:
    rates = {
        name: tuple(_rates(table[name], whole.effects[name]) for table in printed)
        for name in whole.grouping.names
    }
    return AttributeAtLengths(
        whole.attribute,
        whole.reference,
        tuple(
            GroupAtLengths(
                name,
                own,
                tuple(
                    {metric: compare(mine[metric], theirs[metric], tolerance) for metric in METRICS}
                    for mine, theirs in zip(own, rates[whole.reference], strict=True)
                ),
            )
            for name, own in rates.items()
        ),
    )
