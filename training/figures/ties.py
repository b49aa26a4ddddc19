"""How much of a list is left to chance where scores are level at its end."""

from dataclasses import asdict, dataclass

import numpy as np

from training.figures.metrics import Outcomes
from training.figures.ranking import Floats


@dataclass(frozen=True)
class Ties:
    """A figure at capacity if ties fell in the worst way, as lots would on average, and in the best.

    None where it is unknown.
    """

    worst: float | None
    expected: float | None
    best: float | None

    def as_json(self) -> dict[str, float | None]:
        """The three as metrics.json holds them."""
        return asdict(self)

    def times(self, factor: float) -> "Ties":
        """Each of the three times a factor; None where it is not finite."""

        def scaled(value: float | None) -> float | None:
            return None if value is None or not np.isfinite(factor) else value * factor

        return Ties(scaled(self.worst), scaled(self.expected), scaled(self.best))


@dataclass(frozen=True)
class _Cut:
    """Positives and rows looked at: surely listed, and level at the cut with some places left."""

    sure: tuple[int, int]
    level: tuple[int, int]
    tied: int
    places: int

    def found(self, *, best: bool) -> tuple[int, int]:
        """Positives and rows looked at on the list if its last places went for best or worst."""
        positive, seen = self.level
        kinds = [(positive, 1), (self.tied - seen, 0), (seen - positive, 0)]
        left, listed_positive, listed_seen = self.places, *self.sure
        for place, (rows, is_positive) in enumerate(kinds if best else kinds[::-1]):
            taken = min(left, rows)
            left -= taken
            listed_positive += taken * is_positive
            listed_seen += taken * (place != 1)
        return listed_positive, listed_seen


def ties_at(scores: Floats, outcomes: Outcomes, capacity: int) -> tuple[Ties, Ties]:
    """Precision and recall at capacity, by how ties at the cut fall, in [0, 1].

    Rows level at the cut each have the same chance of the places left, so on average they count
    that share of themselves. The precision so expected is the ratio of the two expectations,
    which is its own expectation where everybody level was looked at.

    Parameters
    ----------
    scores
        Shape (n,); higher is listed first.
    outcomes
        Of the same rows.
    capacity
        Length of the list, 1 … n.

    References
    ----------
    McSherry & Najork (2008), "Computing information retrieval performance measures efficiently
    in the presence of tied scores", ECIR.
    """
    cut = np.partition(scores, len(scores) - capacity)[len(scores) - capacity]
    above, level = scores > cut, scores == cut
    found = _Cut(
        (int(outcomes.positive[above].sum()), int(outcomes.observed[above].sum())),
        (int(outcomes.positive[level].sum()), int(outcomes.observed[level].sum())),
        int(level.sum()),
        capacity - int(above.sum()),
    )
    share = found.places / found.tied
    expected = tuple(
        sure + share * tied for sure, tied in zip(found.sure, found.level, strict=True)
    )
    worst, best = found.found(best=False), found.found(best=True)
    known = int(outcomes.positive.sum())
    precision = [_ratio(*each) for each in (worst, expected, best)]
    recall = [_ratio(each[0], known) for each in (worst, expected, best)]
    return Ties(*precision), Ties(*recall)


def _ratio(above: float, below: float) -> float | None:
    return above / below if below > 0 else None
