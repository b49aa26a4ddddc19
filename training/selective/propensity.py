"""How likely each row was to be looked at, by what is recorded of it, and where that is too thin."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from hearth.risk_model import Scorer
from training.data.examples import Examples
from training.figures.metrics import Outcomes
from training.figures.ranking import Bools, Floats, Ints, draw_lots

FOLDS = 5
LEAST_PROPENSITY = 0.02
"""A row looked at stands for 50 at most: weights of rarer ones are cut off there."""

TOLERATED = 0.05
"""Share of rows below `LEAST_PROPENSITY` above which a correction would rest on no one like them."""

LEAST_EFFECTIVE = 30.0
"""Rows looked at, by their weights' worth, below which a share says little."""

_ENOUGH = 50_000
_QUANTILES = (0.5, 0.9, 0.99, 1.0)


@dataclass(frozen=True)
class Overlap:
    """Whether those looked at stand for those who were not.

    Attributes
    ----------
    rows, looked_at
        Number of rows, and of those looked at.
    below_002, below_005
        Share of rows with a propensity below .02 and .05.
    effective
        Rows that, weighted alike, would say as much as those looked at: (Σw)²/Σw².
    weights
        Quantiles .5, .9, .99 and 1 of the weights of those looked at.
    """

    rows: int
    looked_at: int
    below_002: float
    below_005: float
    effective: float
    weights: tuple[float, ...]

    @property
    def holds(self) -> bool:
        """Whether a corrected figure may be read: it says *cannot tell* elsewhere."""
        return self.below_002 <= TOLERATED and self.effective >= LEAST_EFFECTIVE


def propensities(examples: Examples, fit: Callable[[Examples], Scorer], *, seed: int) -> Floats:
    """Probability that each row was looked at given its features, shape (n,), in (0, 1).

    Cross-fitted: each is told by a fit to other entities' rows, so that no row explains itself.

    Parameters
    ----------
    examples
        Rows of the dates whose outcomes could be known by now.
    fit
        Learns a scorer in log-odds from examples; here whether somebody looked is the outcome.
    seed
        Deals the entities into folds.

    References
    ----------
    Rosenbaum & Rubin (1983), Biometrika 70: 41-55.
    """
    everybody = np.ones(len(examples), dtype=bool)
    looked = replace(examples, outcomes=Outcomes(examples.outcomes.observed, everybody))
    fold = _folds(examples, seed)
    found = np.full(len(examples), float(examples.outcomes.observed.mean()))
    for mine in (fold == number for number in range(FOLDS)):
        others = _few(looked.where(~mine), seed)
        if mine.any() and others.has_both_classes:
            raw = looked.where(mine).raw_scores(fit(others))
            found[mine] = 1 / (1 + np.exp(-raw))
    return found


def weights(observed: Bools, propensity: Floats) -> Floats:
    """Rows that each row looked at stands for, shape (n,); 0 where nobody looked."""
    return np.where(observed, 1 / np.maximum(propensity, LEAST_PROPENSITY), 0.0)


def overlap(rows: Bools, observed: Bools, propensity: Floats) -> Overlap:
    """Overlap among some of the rows.

    Parameters
    ----------
    rows
        Shape (n,): the rows that are asked about, such as those on the list.
    observed, propensity
        Shape (n,).

    References
    ----------
    Crump et al. (2009), Biometrika 96: 187-199; Kish (1965), Survey Sampling, ch. 11.
    """
    chance, looked = propensity[rows], rows & observed
    weight = weights(observed, propensity)[looked]
    total = float(np.square(weight).sum())
    return Overlap(
        rows=int(rows.sum()),
        looked_at=int(looked.sum()),
        below_002=float((chance < LEAST_PROPENSITY).mean()) if len(chance) else 0.0,
        below_005=float((chance < 0.05).mean()) if len(chance) else 0.0,  # noqa: PLR2004 - as named
        effective=float(weight.sum()) ** 2 / total if total else 0.0,
        weights=tuple(map(float, np.quantile(weight, _QUANTILES))) if len(weight) else (),
    )


def _few(examples: Examples, seed: int) -> Examples:
    """No more rows than a propensity needs, drawn by lot; they are held in memory."""
    if len(examples) <= _ENOUGH:
        return examples
    drawn = np.random.default_rng(seed).choice(len(examples), _ENOUGH, replace=False)
    return examples.where(np.sort(drawn))


def _folds(examples: Examples, seed: int) -> Ints:
    entities, place = np.unique(examples.entities, return_inverse=True)
    lots = draw_lots(entities.tolist(), seed)
    return np.asarray(lots % np.uint64(FOLDS), dtype=np.int64)[place]
