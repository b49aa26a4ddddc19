"""The success bar of a definition, line by line, and the verdict on the candidate chosen."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hearth.definition import Success
from training.comparison import Difference


@dataclass(frozen=True)
class Line:
    """One rule of the bar, whether it was met, and the figures.

    `met` is None where a rule does not apply: a candidate is not asked to beat itself.
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
    lifts: Mapping[str, float | None],
) -> Verdict:
    """Verdict on the candidate chosen.

    To beat is to be ahead with the whole 95 % interval of the paired difference; to be no worse
    is not to be behind with the whole of it.

    Parameters
    ----------
    success
        The bar, as defined before results were seen.
    chosen
        Name of the candidate.
    differences
        `chosen` against each candidate that the bar names, by the bar's metric.
    lifts
        Precision at capacity over base rate, by split; None where unknown.
    """
    against = {
        d.against: d for d in differences if d.candidate == chosen and d.metric == success.metric
    }
    return Verdict((*_compared(success, chosen, against), _lift_line(success, lifts)))


def _compared(success: Success, chosen: str, against: Mapping[str, Difference]) -> Iterator[Line]:
    figure = success.metric.replace("_", " ")
    for other in success.beats:
        found = against.get(other)
        met = found is not None and found.low is not None and found.low > 0
        yield _line(f"beats {other} by {figure}", met, chosen, other, found)
    for other in success.no_worse_than:
        found = against.get(other)
        met = found is not None and found.high is not None and found.high >= 0
        yield _line(f"no worse than {other} by {figure}", met, chosen, other, found)


def _line(rule: str, met: bool, chosen: str, other: str, found: Difference | None) -> Line:
    if chosen == other:
        return Line(rule, None, f"does not apply: {other} is itself the candidate chosen")
    if found is None or found.difference is None or found.low is None or found.high is None:
        return Line(rule, met, f"{chosen} and {other} cannot be told apart: too few known outcomes")
    return Line(
        rule,
        met,
        f"{chosen} is {_points(abs(found.difference))} {'ahead of' if found.difference >= 0 else 'behind'} "
        f"{other} (95 % interval of the difference: {_signed(found.low)} to {_signed(found.high)} points)",
    )


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


def _points(difference: float) -> str:
    return f"{100 * difference:.1f} percentage points"


def _signed(difference: float) -> str:
    return f"{100 * difference:+.1f}"
