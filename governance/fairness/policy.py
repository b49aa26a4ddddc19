"""Which group metrics matter for which kind of intervention, and when a gap is a concern."""

from dataclasses import dataclass
from enum import StrEnum

from governance.fairness.counts import SUMS, Counts
from hearth.definition import Intervention


@dataclass(frozen=True)
class Metric:
    """A rate: the sum above the line, the sum below it, and the words for it.

    Attributes
    ----------
    numerator, denominator : str
        Names in `governance.counts.SUMS`.
    among, share : str
        "Of every 100 households `among`, about 31 `share`." `{where}` stands for
        *where* or *to whom*, by what the model scores.
    """

    name: str
    title: str
    numerator: str
    denominator: str
    among: str
    share: str

    @property
    def above(self) -> Counts:
        """Which cells the numerator adds up."""
        return SUMS[self.numerator]

    @property
    def below(self) -> Counts:
        """Which cells the denominator adds up."""
        return SUMS[self.denominator]


_HAPPENED = "{where} the outcome happened"
_DID_NOT = "{where} the outcome did not happen"
METRICS = {
    metric.name: metric
    for metric in (
        Metric("recall", "Found", "tp", "positives", _HAPPENED, "were on the list"),
        Metric("false_negative_rate", "Missed", "fn", "positives", _HAPPENED, "were not on the list"),
        Metric("false_omission_rate", "Wrongly left off", "fn", "unselected_known", "not on the list", "had the outcome all the same"),
        Metric("precision", "Rightly listed", "tp", "selected_known", "on the list", "had the outcome"),
        Metric("false_discovery_rate", "Wrongly listed", "fp", "selected_known", "on the list", "did not have the outcome"),
        Metric("false_positive_rate", "Listed without cause", "fp", "negatives", _DID_NOT, "were on the list"),
        Metric("base_rate", "Base rate", "positives", "known", "whose outcome is known", "had the outcome"),
        Metric("observed_share", "Looked at", "known", "n", "in the cohort", "have a known outcome"),
        Metric("selection_rate", "Listed", "selected", "n", "in the cohort", "were on the list"),
    )
}  # fmt: skip
"""Every rate a report gives, by name."""

_FIRST = {
    Intervention.ASSISTIVE: ("recall",),
    Intervention.PUNITIVE: ("false_discovery_rate", "false_positive_rate"),
    Intervention.MIXED: ("recall", "false_discovery_rate"),
}
_THEN = {
    Intervention.ASSISTIVE: ("false_negative_rate", "false_omission_rate"),
    Intervention.PUNITIVE: ("false_negative_rate", "false_omission_rate"),
    Intervention.MIXED: ("false_positive_rate", "false_omission_rate"),
}


def headline_metrics(intervention: Intervention) -> tuple[Metric, ...]:
    """Metrics that carry a verdict: the harm that this kind of intervention does when it errs.

    Help that misses someone in need fails them, so an assistive model is judged
    by whom it finds; a penalty that falls without cause harms, so a punitive one
    is judged by whom it lists wrongly; a mixed one by both.
    """
    return tuple(METRICS[name] for name in _FIRST[Intervention(intervention)])


def metrics_in_order(intervention: Intervention) -> tuple[Metric, ...]:
    """Every metric of the group table, those that carry a verdict first."""
    first = _FIRST[Intervention(intervention)] + _THEN[Intervention(intervention)]
    return tuple(METRICS[name] for name in dict.fromkeys((*first, "selection_rate", "base_rate")))


NO_CONCERN_RULE = "no concern found between groups"
"""Line of the success bar that training leaves open and the fairness report judges."""


class Verdict(StrEnum):
    """What an interval says against the tolerance; never "fair"."""

    CONCERN = "concern"
    CONSISTENT = "differs, consistent with base rates"
    NO_CONCERN = "no concern found"
    CANNOT_TELL = "cannot tell"
    REFERENCE = "reference"


def verdict(low: float, high: float, tolerance: tuple[float, float]) -> Verdict:
    """Verdict on a ratio with interval [low, high].

    Concern where the interval lies wholly outside the tolerance, no concern found
    where it lies wholly inside, else cannot tell.
    """
    least, most = tolerance
    if high < least or low > most:
        return Verdict.CONCERN
    if least <= low and high <= most:
        return Verdict.NO_CONCERN
    return Verdict.CANNOT_TELL
