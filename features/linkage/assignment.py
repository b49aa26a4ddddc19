"""Who is whom: of all pairs that fit, those that are surer than every rival."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Assignment:
    """Confidence of each pair, (pairs,) in [0, 1], and whether it became a link, (pairs,) bool."""

    confidence: Floats
    is_link: npt.NDArray[np.bool_]


def assign(reference: Ints, person: Ints, weight: Floats, *, link_at: float) -> Assignment:
    """Links of references to persons, one to one.

    The confidence of a pair is its share of the odds of all pairs that would name either side
    otherwise, and of there being no match: a reference that fits two persons equally is at most
    half sure of each. Once the sure pairs are linked their persons and references leave, and what
    is left is judged again, until nothing more is sure.

    Parameters
    ----------
    reference, person
        Number of each side, (pairs,).
    weight
        Match weight, log2 of the odds that the two are one person, (pairs,).
    link_at
        Least confidence of a link, above one half.
    """
    odds = np.exp2(weight)
    confidence = _confidence(reference, person, odds)
    is_link = np.zeros(len(odds), dtype=np.bool_)
    waiting = np.arange(len(odds))
    while len(waiting):
        now = _confidence(reference[waiting], person[waiting], odds[waiting])
        sure = now >= link_at
        if not sure.any():
            break
        linked = waiting[sure]
        is_link[linked] = True
        confidence[linked] = now[sure]
        taken = np.isin(reference[waiting], reference[linked])
        taken |= np.isin(person[waiting], person[linked])
        waiting = waiting[~taken]
    return Assignment(confidence, is_link)


def _confidence(reference: Ints, person: Ints, odds: Floats) -> Floats:
    """Odds of each pair beside those of its rivals and of no match."""
    rivals = _total_by(reference, odds) + _total_by(person, odds) - odds
    shares: Floats = odds / (1 + rivals)
    return shares


def _total_by(key: Ints, values: Floats) -> Floats:
    _, places = np.unique(key, return_inverse=True)
    totals = np.bincount(places, weights=values).astype(np.float64)
    return totals[places]
