"""The success bar of a definition, line by line, and the verdict on the candidate chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from governance.fairness.policy import NO_CONCERN_RULE
from hearth.definition import CalibrationLimits, Success
from training.figures.comparison import Difference
from training.figures.evaluation import CandidateFigures, Estimate


@dataclass(frozen=True)
class Line:
    """One rule of the bar, whether it was met, and the figures.

    `met` is None where a rule does not apply, as a candidate is not asked to beat itself, or is
    for the fairness report to judge.
    """

    rule: str
    met: bool | None
    detail: str


@dataclass(frozen=True)
class Verdict:
    """Every line of the bar; met where no line that applies was missed."""

    lines: tuple[Line, ...]

    @property
    def met(self) -> bool:
        """Whether the candidate chosen may be submitted as having met its bar."""
        return all(line.met is not False for line in self.lines)

    def as_json(self) -> dict[str, Any]:
        """Verdict as metrics.json holds it."""
        return {"met": self.met, "lines": [asdict(line) for line in self.lines]}


def judge(
    success: Success,
    chosen: str,
    differences: Sequence[Difference],
    figures: Mapping[str, CandidateFigures],
) -> Verdict:
    """Verdict on the candidate chosen.

    To beat is to be ahead with the whole 95 % interval of the paired difference; to be no worse
    is not to be behind with the whole of it: not shown to be worse, which a wide interval allows
    too, and no proof of non-inferiority, for which a margin would have to be named. Calibration keeps its limits where the mean over
    test dates lies within them and no date's whole interval lies outside: two years that err in
    opposite ways are not right on average.

    Parameters
    ----------
    success
        The bar, as defined before results were seen.
    chosen
        Name of the candidate.
    differences
        `chosen` against each candidate that the bar names, by the bar's metric.
    figures
        Of the candidate, by split.
    """
    against = {
        d.against: d for d in differences if d.candidate == chosen and d.metric == success.metric
    }
    lifts = {split: each.lift.value for split, each in figures.items()}
    return Verdict(
        (
            *_compared(success, chosen, against),
            _lift_line(success, lifts),
            *_calibration_lines(success.calibration, figures),
            *_fairness_lines(success),
        )
    )


def _compared(success: Success, chosen: str, against: Mapping[str, Difference]) -> Iterator[Line]:
    figure = success.metric.replace("_", " ")
    for other in success.beats:
        found = against.get(other)
        met = found is not None and found.low is not None and found.low > 0
        yield _line(f"beats {other} by {figure}", met, chosen, other, found)
    for other in success.no_worse_than:
        found = against.get(other)
        met = found is not None and found.high is not None and found.high >= 0
        line = _line(f"no worse than {other} by {figure}", met, chosen, other, found)
        shown = "not shown to be worse" if met else "shown to be worse"
        yield replace(line, detail=f"{shown}: {line.detail}") if _is_known(line, found) else line


def _line(rule: str, met: bool, chosen: str, other: str, found: Difference | None) -> Line:
    if chosen == other:
        return Line(rule, None, f"{other} is itself the candidate chosen")
    if found is None or found.difference is None or found.low is None or found.high is None:
        return Line(rule, met, f"{chosen} and {other} cannot be told apart: too few known outcomes")
    return Line(
        rule,
        met,
        f"{chosen} is {_points(abs(found.difference))} {'ahead of' if found.difference >= 0 else 'behind'} "
        f"{other} (95 % interval of the difference: {_signed(found.low)} to {_signed(found.high)} points)",
    )


def _is_known(line: Line, found: Difference | None) -> bool:
    return line.met is not None and found is not None and found.high is not None


def _lift_line(success: Success, lifts: Mapping[str, float | None]) -> Line:
    rule = f"lift of at least {success.lift_at_least:g} at capacity"
    known = {split: lift for split, lift in lifts.items() if lift is not None}
    if not known:
        return Line(rule, False, "the lift is unknown: too few known outcomes")
    mean = sum(known.values()) / len(known)
    lowest = min(known, key=lambda split: known[split])
    return Line(
        rule,
        mean >= success.lift_at_least,
        f"{mean:.2f} on average over {len(known)} test dates, lowest {known[lowest]:.2f} at {lowest}",
    )


def _calibration_lines(
    limits: CalibrationLimits | None, figures: Mapping[str, CandidateFigures]
) -> Iterator[Line]:
    if limits is None:
        return
    for title, within, by_split in (
        (
            "predicted over actual",
            limits.predicted_over_actual,
            {split: each.predicted_over_actual for split, each in figures.items()},
        ),
        (
            "calibration slope",
            limits.slope,
            {split: each.calibration_slope for split, each in figures.items()},
        ),
    ):
        if within is not None:
            yield _calibration_line(title, within, by_split)


def _calibration_line(
    title: str, within: tuple[float, float], by_split: Mapping[str, Estimate]
) -> Line:
    least, most = within
    rule = f"{title} from {least:g} to {most:g}"
    known = {split: e.value for split, e in by_split.items() if e.value is not None}
    if not known:
        return Line(rule, False, f"the {title} is unknown: too few known outcomes")
    outside = [
        split
        for split, each in by_split.items()
        if each.low is not None and each.high is not None and (each.high < least or each.low > most)
    ]
    mean = sum(known.values()) / len(known)
    worst = max(known, key=lambda split: abs(known[split] - 1))
    spread = "outside with its whole interval on no test date"
    if outside:
        spread = f"outside with its whole interval on {', '.join(outside)}"
    return Line(
        rule,
        least <= mean <= most and not outside,
        f"{mean:.2f} on average over {len(known)} test dates, farthest from 1 {known[worst]:.2f} "
        f"at {worst}; {spread}",
    )


def _fairness_lines(success: Success) -> Iterator[Line]:
    if success.fairness == "no_concern":
        judged_later = "judged by the fairness report; a version with a concern cannot be submitted"
        yield Line(NO_CONCERN_RULE, None, judged_later)


def _points(difference: float) -> str:
    return f"{100 * difference:.1f} percentage points"


def _signed(difference: float) -> str:
    return f"{100 * difference:+.1f}"
