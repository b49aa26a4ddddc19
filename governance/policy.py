"""Which group metrics matter for which kind of intervention, and when a gap is a concern."""

from dataclasses import dataclass
from enum import StrEnum

from governance.counts import SUMS, Counts
from hearth.definition import Intervention


@dataclass(frozen=True)
class Metric:
    """A rate: the sum above the line, the sum below it, and the words for it.

    Attributes
    ----------
    numerator, denominator : str
        Names in `governance.counts.SUMS`.
    meaning : str
        What it is the share of, to follow "the share of".
    """

    name: str
    title: str
    numerator: str
    denominator: str
    meaning: str

    @property
    def above(self) -> Counts:
        """Which cells the numerator adds up."""
        return SUMS[self.numerator]

    @property
    def below(self) -> Counts:
        """Which cells the denominator adds up."""
        return SUMS[self.denominator]


METRICS = {
    metric.name: metric
    for metric in (
        Metric(
            "recall",
            "Found",
            "tp",
            "positives",
            "those the outcome happened to who were on the list",
        ),
        Metric(
            "false_negative_rate",
            "Missed",
            "fn",
            "positives",
            "those the outcome happened to who were not on the list",
        ),
        Metric(
            "false_omission_rate",
            "Wrongly left off",
            "fn",
            "unselected_known",
            "those not on the list to whom the outcome happened all the same",
        ),
        Metric(
            "precision",
            "Rightly listed",
            "tp",
            "selected_known",
            "those on the list to whom the outcome happened",
        ),
        Metric(
            "false_discovery_rate",
            "Wrongly listed",
            "fp",
            "selected_known",
            "those on the list to whom the outcome did not happen",
        ),
        Metric(
            "false_positive_rate",
            "Listed without cause",
            "fp",
            "negatives",
            "those the outcome did not happen to who were on the list",
        ),
        Metric("base_rate", "Base rate", "positives", "known", "those the outcome happened to"),
        Metric("selection_rate", "Listed", "selected", "n", "those who were on the list"),
    )
}

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


class Verdict(StrEnum):
    """What an interval says against the tolerance; never "fair"."""

    CONCERN = "concern"
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
