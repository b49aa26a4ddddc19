"""Which candidate is chosen, and what that choice does to its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from hearth.definition import ChoiceRule
from training.choosing.choice import Past, choose
from training.figures.evaluation import CandidateFigures
from training.learners.baselines import RANDOM
from training.learners.estimator import Candidate

NOTE = (
    "The candidate was chosen on the same test dates that its figures are from, so they flatter it "
    "a little: expect somewhat less on dates to come."
)


@dataclass(frozen=True)
class Selection:
    """The candidate chosen, the rule, and the means of all.

    Attributes
    ----------
    chosen
        Name of the candidate.
    metric
        Figure that was compared.
    rule
        How it was chosen.
    means
        Mean of the figure over `dates`, by candidate, in [0, 1]; empty if there are none.
    dates
        Number of test dates on which the figure of every candidate is known.
    """

    chosen: str
    metric: str
    rule: ChoiceRule
    means: Mapping[str, float]
    dates: int

    def as_json(self) -> dict[str, Any]:
        """Selection as metrics.json holds it, with the note that belongs beside its figures."""
        return {
            "metric": self.metric,
            "rule": self.rule,
            "means": dict(self.means),
            "test_dates": self.dates,
            "note": NOTE,
        }


def select(
    candidates: Sequence[Candidate],
    figures: Sequence[Mapping[str, CandidateFigures]],
    metric: str,
    *,
    rule: ChoiceRule = "best_average",
    gaps: Sequence[Mapping[str, float | None]] = (),
) -> Selection:
    """Candidate that the rule of the definition prefers; the simplest where several are level.

    Test dates on which a candidate's figure is unknown are left out for all, so that nobody is
    judged on easier dates. Where no date is left the simplest is chosen, and the bar will say
    that nothing is known.

    The figure of the best of several is too good on average: whatever chance gave it on these
    dates helped it to be chosen. There are few test dates, so they are not divided further;
    `NOTE` says so wherever the figures are shown, and `training.analyses.selection_over_time`
    what the rule would have come to on dates it had not seen.

    Parameters
    ----------
    candidates
        Those that may be chosen.
    figures
        Figures by candidate name, one mapping a test date.
    metric
        Name of the figure compared.
    rule
        How one is chosen.
    gaps
        Gap between groups by candidate name, one mapping a test date; empty where none is held.

    References
    ----------
    Cawley & Talbot (2010), "On over-fitting in model selection and subsequent selection bias in
    performance evaluation", Journal of Machine Learning Research 11: 2079-2107.
    """
    past = past_of(candidates, figures, metric, gaps)
    known = past.known()
    means = dict(zip(past.names, known.means.tolist(), strict=True)) if len(known.figures) else {}
    return Selection(choose(rule, past), metric, rule, means, len(known.figures))


def past_of(
    candidates: Sequence[Candidate],
    figures: Sequence[Mapping[str, CandidateFigures]],
    metric: str,
    gaps: Sequence[Mapping[str, float | None]] = (),
) -> Past:
    """What a rule looks at; parameters as of `select`."""
    names = tuple(candidate.name for candidate in candidates)

    def figure(date: Mapping[str, CandidateFigures], name: str) -> float:
        value = getattr(date[name], metric).value if name in date else None
        return float("nan") if value is None else float(value)

    held = [[gap.get(name) for name in names] for gap in gaps] or [[None] * len(names)] * len(
        figures
    )
    return Past(
        names,
        np.array([candidate.complexity for candidate in candidates]),
        np.array([[figure(date, name) for name in names] for date in figures]),
        np.array([figure(date, RANDOM) for date in figures]),
        np.array(held, dtype=np.float64),
    )
