"""Which candidate is chosen, and what that choice does to its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from training.estimator import Candidate
from training.evaluation import CandidateFigures

_LEVEL = 9  # decimals to which two means are held to be the same

NOTE = (
    "The candidate was chosen on the same test dates that its figures are from, so they flatter it "
    "a little: expect somewhat less on dates to come."
)


@dataclass(frozen=True)
class Selection:
    """The candidate chosen, and the means it was chosen by.

    Attributes
    ----------
    chosen
        Name of the candidate.
    metric
        Figure that was compared.
    means
        Mean of the figure over `dates`, by candidate, in [0, 1]; empty if there are none.
    dates
        Number of test dates on which the figure of every candidate is known.
    """

    chosen: str
    metric: str
    means: Mapping[str, float]
    dates: int

    def as_json(self) -> dict[str, Any]:
        """Selection as metrics.json holds it, with the note that belongs beside its figures."""
        return {
            "metric": self.metric,
            "means": dict(self.means),
            "test_dates": self.dates,
            "note": NOTE,
        }


def select(
    candidates: Sequence[Candidate],
    figures: Sequence[Mapping[str, CandidateFigures]],
    metric: str,
) -> Selection:
    """Candidate with the highest mean over test dates; the simplest where several are level.

    Test dates on which a candidate's figure is unknown are left out for all, so that nobody is
    judged on easier dates. Where no date is left the simplest is chosen, and the bar will say
    that nothing is known.

    The figure of the best of several is too good on average: whatever chance gave it on these
    dates helped it to be chosen. There are few test dates, so they are not divided further;
    `NOTE` says so wherever the figures are shown.

    Parameters
    ----------
    candidates
        Those that may be chosen.
    figures
        Figures by candidate name, one mapping a test date.
    metric
        Name of the figure compared.

    References
    ----------
    Cawley & Talbot (2010), "On over-fitting in model selection and subsequent selection bias in
    performance evaluation", Journal of Machine Learning Research 11: 2079-2107.
    """
    names = [candidate.name for candidate in candidates]
    table = [[getattr(date[name], metric).value for name in names] for date in figures]
    known = [row for row in table if None not in row]
    means = dict(zip(names, np.mean(known, axis=0).tolist(), strict=True)) if known else {}
    chosen = max(candidates, key=lambda c: (round(means.get(c.name, 0.0), _LEVEL), -c.complexity))
    return Selection(chosen.name, metric, means, len(known))
