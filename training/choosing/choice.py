"""Rules that choose one candidate by what all of them did on past test dates."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hearth.definition import ChoiceRule
from training.figures.ranking import Bools, Floats, Ints

_LEVEL = 9  # decimals to which two figures are held to be the same
_HALF_LIFE = 2  # test dates after which one counts half
_NEAR = 0.02  # of the best of its date: 2 percentage points


@dataclass(frozen=True)
class Past:
    """Figures on the test dates that a choice may look at.

    Dates on which the figure of any candidate is unknown are left out for all, so that nobody is
    judged on easier dates.

    Attributes
    ----------
    names
        Of the candidates.
    complexity
        Shape (candidates,); of those that are level the lower is chosen.
    figures
        Shape (dates, candidates), earliest date first, in [0, 1].
    chance
        Shape (dates,); figure of a random order, NaN where there is none.
    gaps
        Shape (dates, candidates); gap between groups, in [0, 1], NaN where unknown.
    """

    names: tuple[str, ...]
    complexity: Ints
    figures: Floats
    chance: Floats
    gaps: Floats

    def on(self, dates: Sequence[int] | Ints) -> "Past":
        """Some of the dates."""
        return Past(
            self.names, self.complexity, self.figures[dates], self.chance[dates], self.gaps[dates]
        )

    def known(self) -> "Past":
        """Dates on which the figure of every candidate is known."""
        return self.on(np.flatnonzero(np.isfinite(self.figures).all(axis=1)))

    @property
    def means(self) -> Floats:
        """Mean figure of each candidate, shape (candidates,)."""
        means: Floats = self.figures.mean(axis=0)
        return means


def choose(rule: ChoiceRule, past: Past) -> str:
    """Candidate that the rule prefers; the simplest of those level, or where nothing is known."""
    known = past.known()
    places = range(len(past.names))
    if not len(known.figures):
        return past.names[min(places, key=lambda place: past.complexity[place])]
    preference = RULES[rule](known)
    place = max(places, key=lambda p: (round(float(preference[p]), _LEVEL), -past.complexity[p]))
    return past.names[place]


def _best_average(past: Past) -> Floats:
    return past.means


def _best_current(past: Past) -> Floats:
    latest: Floats = past.figures[-1]
    return latest


def _recency_weighted(past: Past) -> Floats:
    age = np.arange(len(past.figures))[::-1]
    weights = 0.5 ** (age / _HALF_LIFE)
    return np.asarray(np.average(past.figures, axis=0, weights=weights), dtype=np.float64)


def _lowest_variance(past: Past) -> Floats:
    """Least spread, of those that do no worse on average than chance."""
    chance = past.chance[np.isfinite(past.chance)]
    floor = chance.mean() if len(chance) else -np.inf
    return np.where(past.means >= floor, -past.figures.std(axis=0), -np.inf)


def _most_often_near_best(past: Past) -> Floats:
    best = past.figures.max(axis=1, keepdims=True)
    return np.asarray((past.figures >= best - _NEAR).mean(axis=0), dtype=np.float64)


def _within_noise(past: Past) -> Bools:
    """Candidates behind the best by no more than one standard error of that difference.

    The difference is taken date by date, because an easy date is easy for all. With one date
    there is no standard error, and only the best is within it.
    """
    behind = past.figures[:, [int(past.means.argmax())]] - past.figures
    dates = len(behind)
    error = behind.std(axis=0, ddof=1) / np.sqrt(dates) if dates > 1 else 0.0
    return np.asarray(np.round(behind.mean(axis=0) - error, _LEVEL) <= 0)


def _simplest_within_noise(past: Past) -> Floats:
    return np.where(_within_noise(past), -past.complexity, -np.inf)


def _least_fairness_gap(past: Past) -> Floats:
    """Smallest mean gap of those within noise of the best; a gap nobody knows comes last."""
    known = np.isfinite(past.gaps)
    gaps = np.divide(
        np.where(known, past.gaps, 0.0).sum(axis=0),
        known.sum(axis=0),
        out=np.full(len(past.names), 1.0),
        where=known.any(axis=0),
    )
    return np.where(_within_noise(past), -gaps, -np.inf)


RULES: Mapping[ChoiceRule, Callable[[Past], Floats]] = {
    "best_average": _best_average,
    "best_current": _best_current,
    "recency_weighted": _recency_weighted,
    "lowest_variance": _lowest_variance,
    "most_often_near_best": _most_often_near_best,
    "simplest_within_noise": _simplest_within_noise,
    "least_fairness_gap": _least_fairness_gap,
}
"""How much a rule prefers each candidate, of shape (candidates,), from dates all known.

References: Breiman et al. (1984), Classification and Regression Trees, section 3.4.3, for the
standard error; Ackermann et al. (2018), KDD, for choosing by stability over time.
"""
