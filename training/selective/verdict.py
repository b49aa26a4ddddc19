"""What may be said of everybody, when only some were looked at: an estimate, or *cannot tell*."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from training.figures.evaluation import Estimate
from training.selective.bounds import Bounds
from training.selective.corrected import Figures, Judged
from training.selective.propensity import Overlap

Inspection = Literal["random", "recorded", "unrecorded"]
Way = Literal["plain", "weighted", "doubly_robust", "drawn"]
_CORRECTED: tuple[Way, ...] = ("weighted", "doubly_robust")
_CORRECTED_FIGURES = "The corrected figures"
LEAST_DRAWN = 30
"""Drawn by lot, below which a share of them says little."""

LEAST_FOUND = 5
"""Found among those drawn by lot, below which they test nothing."""

FIGURES = ("precision", "base_rate", "recall", "auc")
CANNOT_TELL = "cannot tell"
ASSUMPTION = (
    "Corrected figures hold only where being looked at depends on nothing but what is recorded by "
    "the as-of date; their intervals leave out that the chance of being looked at was itself learnt "
    "from data."
)
_IN_WORDS = {
    "precision": "precision of the whole list",
    "base_rate": "the share of everybody with the outcome",
    "recall": "recall",
    "false_positive_rate": "the false positive rate",
    "auc": "AUC",
}


@dataclass(frozen=True)
class Verdict:
    """By which way a figure of everybody may be read, and why; `way` is None where it cannot be told."""

    way: Way | None
    because: str

    @property
    def said(self) -> str:
        """The way, or *cannot tell*."""
        return self.way or CANNOT_TELL


def verdicts(
    inspection: Inspection, judged: Judged, overlaps: Mapping[str, Overlap]
) -> dict[str, Verdict]:
    """Verdict on each figure of everybody.

    Parameters
    ----------
    inspection
        What decided who was looked at, as the definition declares.
    judged
        The lists.
    overlaps
        Overlap of the `list` and of `everybody`.
    """
    return {
        figure: _verdict(
            figure, inspection, judged, overlaps["list" if figure == "precision" else "everybody"]
        )
        for figure in FIGURES
    }


def _verdict(figure: str, inspection: Inspection, judged: Judged, overlap: Overlap) -> Verdict:
    arm = judged.arm
    if inspection == "random":
        return Verdict("plain", "all who were looked at were drawn by lot, as the definition says")
    if arm is not None:
        drawn = int((arm.observed & (judged.on_list | (figure != "precision"))).sum())
        if drawn >= LEAST_DRAWN and arm.positive.sum() >= LEAST_FOUND:
            return Verdict("drawn", f"{drawn:,} were drawn by lot")
    if inspection == "unrecorded":
        return Verdict(
            None,
            "who is looked at may depend on things nobody recorded (`label.inspection`), and those "
            "looked at cannot show whether it does",
        )
    if not overlap.holds:
        return Verdict(
            None,
            f"{overlap.below_002:.0%} had a chance below 2 % of being looked at, and those looked at "
            f"say as much as {overlap.effective:.0f} drawn evenly",
        )
    is_share = figure in ("precision", "base_rate") and judged.probability is not None
    way: Literal["doubly_robust", "weighted"] = "doubly_robust" if is_share else "weighted"
    return Verdict(way, "being looked at depends on recorded things only, as declared")


def sentences(
    judged: Judged,
    bounds: Mapping[str, Bounds],
    figures: Figures,
    verdict: Mapping[str, Verdict],
) -> Iterator[str]:
    """What a terminal says of the lists."""
    listed = int(judged.on_list.sum())
    looked = int((judged.on_list & judged.outcomes.observed).sum())
    precision = figures["precision"]["plain"]
    told = f"Of {listed:,} on the lists of the test dates {looked / listed:.0%} were looked at"
    if precision.value is not None:
        told += f"; {_with_interval(precision)} of those had the outcome"
    yield f"{told}. Of the others nothing is known: they count as neither."
    parts = [
        f"{_IN_WORDS[name]} between {bound.low:.1%} and {bound.high:.1%}"
        for name, bound in bounds.items()
        if bound.low is not None and bound.high is not None
    ]
    yield f"Whatever became of the others, these hold: {', '.join(parts)}."
    shares = ("precision", "base_rate")
    untold: dict[str, list[str]] = {}
    for figure in shares:
        if verdict[figure].way is None:
            untold.setdefault(verdict[figure].because, []).append(_IN_WORDS[figure])
    for because, names in untold.items():
        be = "is" if len(names) == 1 else "are"
        yield f"What {' and '.join(names)} {be}, we cannot tell: {because}. Only the bounds hold."
    for figure in shares:
        way = verdict[figure].way
        if way is not None:
            yield _of(figure, figures[figure], way, verdict[figure].because)
    tested = list(_by_lot(judged, figures))
    yield from tested
    is_corrected = any(verdict[figure].way in _CORRECTED for figure in shares)
    if is_corrected or any(said.startswith(_CORRECTED_FIGURES) for said in tested):
        yield ASSUMPTION


def _of(figure: str, ways: Mapping[str, Estimate], way: Way, because: str) -> str:
    name, plain, found = _IN_WORDS[figure], ways["plain"], ways[way]
    if found.value is None:
        return f"What {name} is, we cannot tell: too few were looked at."
    beside = ""
    if way != "plain" and plain.value is not None:
        beside = f"; those looked at alone show {plain.value:.1%}"
    return f"{name[0].upper()}{name[1:]} is about {_with_interval(found)}{beside} ({because})."


def _by_lot(judged: Judged, figures: Figures) -> Iterator[str]:
    """Whether those drawn by lot agree with the others, in the share of everybody with the outcome."""
    if judged.arm is None:
        return
    if judged.arm.positive.sum() < LEAST_FOUND:
        yield "Too few were drawn by lot to test the corrected figures by."
        return
    for way, name in (("plain", "Those looked at alone"), ("weighted", _CORRECTED_FIGURES)):
        apart = figures["base_rate"].get(f"{way}_less_drawn", Estimate(None))
        if apart.value is None or apart.low is None or apart.high is None:
            continue
        by = f"{100 * apart.value:+.1f} points, 95 % interval {100 * apart.low:+.1f} to {100 * apart.high:+.1f}"
        if apart.low <= 0 <= apart.high:
            yield f"{name} do not disagree with those drawn by lot on {_IN_WORDS['base_rate']} ({by})."
            continue
        why = ": who is looked at depends on more than is recorded" if way == "weighted" else ""
        yield f"{name} disagree with those drawn by lot on {_IN_WORDS['base_rate']} ({by}){why}."


def _with_interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return f"{estimate.value:.1%}"
    return f"{estimate.value:.1%} (95 % interval {estimate.low:.1%} to {estimate.high:.1%})"
