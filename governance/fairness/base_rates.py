"""Whether a gap is no more than unequal base rates give a score that is calibrated in both groups."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log

import numpy as np
from numpy.typing import NDArray

from governance.fairness.groups import Comparison, GroupRow, GroupTable, Rate, compare
from governance.fairness.intervals import Interval, difference, wilson
from governance.fairness.outcomes import Grouping, Outcomes
from governance.fairness.policy import Metric, Verdict
from governance.fairness.weighing import Floats, weighted_mean

Bools = NDArray[np.bool_]

BANDS = {"all": "base_rate", "listed": "precision", "not_listed": "false_omission_rate"}
"""Parts of a group on which calibration is tested, and the rate that says what came true there."""
_Z_OF_BANDS = 2.576
"""Normal quantile of 99 %: three parts of two groups are tested, and all six hold 19 times in 20."""
_NEWTON_STEPS = 12
_LEAST_CHANCE = 1e-6


@dataclass(frozen=True)
class Stated:
    """The chances a candidate states for rows whose outcome is known, and its cut-offs.

    Attributes
    ----------
    probability : float64 array, shape (rows,), in (0, 1)
    cut_off : float64 array, shape (rows,)
        Least probability on the list of the row's split.
    listed, known : array of bool, shape (rows,)
    weight : float64 array, shape (rows,), optional
        Of the rows, where they have any.
    """

    probability: Floats
    cut_off: Floats
    listed: Bools
    known: Bools
    weight: Floats | None = None

    @classmethod
    def of(cls, outcomes: Outcomes, probability: Floats) -> "Stated":
        """What was stated for the rows of these outcomes."""
        least = np.full(int(outcomes.split.max(initial=0)) + 1, np.inf)
        listed = outcomes.selected
        np.minimum.at(least, outcomes.split[listed], probability[listed])
        clipped = np.clip(probability, _LEAST_CHANCE, 1 - _LEAST_CHANCE)
        return cls(clipped, least[outcomes.split], listed, outcomes.observed, outcomes.weight)

    def of_known(self, rows: Bools) -> "Stated":
        """What was stated for those of these rows whose outcome is known."""
        kept = rows & self.known
        return Stated(
            self.probability[kept],
            self.cut_off[kept],
            self.listed[kept],
            self.known[kept],
            None if self.weight is None else self.weight[kept],
        )

    def means(self, rows: Bools) -> dict[str, float]:
        """Mean stated chance of each of `BANDS` among these rows; NaN of nobody."""
        known = rows & self.known
        parts = {"all": known, "listed": known & self.listed, "not_listed": known & ~self.listed}
        return {
            band: weighted_mean(self.probability, part, self.weight) for band, part in parts.items()
        }


@dataclass(frozen=True)
class Side:
    """A group on one side of a comparison: its rows, and its rates as they are printed."""

    rows: Bools
    rates: Mapping[str, Rate]


def soften(
    comparison: Comparison,
    metric: Metric,
    sides: tuple[Side, Side],
    stated: Stated,
    tolerance: tuple[float, float],
) -> Comparison:
    """The comparison, a concern read *differs, consistent with base rates* where that is all it is.

    Let π be a group's base rate, and s the log-odds that the score states. A score with spread like
    the reference's, calibrated in a group of base rate π, has log-odds s + δ with δ such that the
    mean of σ(s + δ) over the reference is π. Listed where σ(s + δ) reaches the common cut-off, its
    expected outcomes are TP = Σ σ(s + δ) [listed], FP = Σ (1 − σ(s + δ)) [listed], and so on; they
    give any error rate e(π) at that base rate, and e(π)/e(π of the reference) is the ratio expected.

    A concern is softened only if all of these hold:

    1. the base rates differ: the interval of their ratio leaves out 1;
    2. no concern stands on how often both groups were looked at, since base rates are of those;
    3. in both groups calibration is not refuted, of everybody, on the list and off it: the 99 %
       interval of what came true holds the mean stated, or lies within the tolerance of it; and of
       everybody it came true within the tolerance of what was stated;
    4. the 95 % interval of the ratio seen over the ratio expected holds 1, or lies wholly within
       the tolerance. It carries the errors of the ratio and of the group's base rate, each side
       squared and added.

    So a gap stays a concern where a group's outcomes are recorded otherwise than its scores say (3),
    and where the score knows less of a group than of the reference (4): such a score can be
    calibrated within the group and still find few of them. What cannot be seen: a bias of the label
    that the score has learned as well. Softened, the verdict speaks of outcomes as recorded.

    Parameters
    ----------
    comparison : Comparison
        Of a group with the reference, on `metric`.
    metric : Metric
    sides : tuple of Side, Side
        The group's, the reference's.
    stated : Stated
    tolerance : tuple of float, float

    References
    ----------
    Kleinberg, Mullainathan & Raghavan 2016, "Inherent Trade-Offs in the Fair Determination of Risk
    Scores": calibration within groups and equal error rates hold together only where base rates are
    equal or prediction is perfect.
    Chouldechova 2017, Big Data 5, 153-163: error rates as functions of the base rate.
    Hardt, Price & Srebro 2016, "Equality of Opportunity in Supervised Learning": error rates at a
    common cut-off come of each group's own distribution of scores.
    Zou & Donner 2008, Statistics in Medicine 27, 1693-1702, for the interval of (4).
    """
    if comparison.verdict is not Verdict.CONCERN or comparison.ratio is None:
        return comparison
    base, reference_base = (side.rates["base_rate"].interval for side in sides)
    base_ratio = _ratio(sides, "base_rate", tolerance).ratio
    if base is None or reference_base is None or base_ratio is None:
        return comparison
    if base_ratio.low <= 1 <= base_ratio.high:
        return comparison
    expected = _expected_ratio(metric, base, reference_base, stated.of_known(sides[1].rows))
    if expected is None or comparison.ratio.value == 0:
        return comparison
    seen = Interval(comparison.ratio.value, comparison.ratio.low, comparison.ratio.high)
    beyond = _exp(difference(_log(seen), _log(expected)))
    holds = (
        _ratio(sides, "observed_share", tolerance).verdict is not Verdict.CONCERN
        and all(_is_calibrated(side, stated, tolerance) for side in sides)
        and _agrees(beyond, tolerance)
    )
    return replace(
        comparison,
        verdict=Verdict.CONSISTENT if holds else Verdict.CONCERN,
        expected_ratio=expected,
        beyond_base_rates=beyond,
    )


def soften_table(
    table: GroupTable,
    groups: Grouping,
    metrics: Sequence[Metric],
    stated: Stated,
    tolerance: tuple[float, float],
) -> GroupTable:
    """The table with each concern on these metrics softened where base rates say it all."""
    sides = {
        row.group: Side(groups.codes == groups.names.index(row.group), row.rates)
        for row in table.rows
    }

    def softened(row: GroupRow) -> dict[str, Comparison]:
        pair = (sides[row.group], sides[table.reference])
        return row.comparisons | {
            metric.name: soften(row.comparisons[metric.name], metric, pair, stated, tolerance)
            for metric in metrics
        }

    return replace(table, rows=tuple(replace(row, comparisons=softened(row)) for row in table.rows))


def _ratio(sides: tuple[Side, Side], rate: str, tolerance: tuple[float, float]) -> Comparison:
    return compare(sides[0].rates[rate], sides[1].rates[rate], tolerance)


def _expected_ratio(
    metric: Metric, base: Interval, reference_base: Interval, reference: Stated
) -> Interval | None:
    """Ratio that base rates alone give, its interval that of the group's base rate."""
    log_odds = np.log(reference.probability / (1 - reference.probability))

    def rate(base_rate: float) -> float:
        chance = _shifted(log_odds, base_rate, reference.weight)
        listed = chance >= reference.cut_off
        weight = 1.0 if reference.weight is None else reference.weight
        weights = (chance * weight, (1 - chance) * weight, np.zeros(0))
        cells = [
            float(w[part].sum()) if len(w) else 0.0 for part in (listed, ~listed) for w in weights
        ]
        return float(metric.above @ cells) / max(float(metric.below @ cells), _LEAST_CHANCE)

    if not len(log_odds):
        return None
    level = rate(reference_base.value)
    rates = [rate(p) for p in (base.value, base.low, base.high)]
    if min(level, *rates) <= 0:
        return None
    low, high = sorted(rates[1:])
    return Interval(rates[0] / level, min(low, rates[0]) / level, max(high, rates[0]) / level)


def _shifted(log_odds: Floats, base_rate: float, weight: Floats | None) -> Floats:
    """Chances with all log-odds moved by the one amount that makes their mean the base rate."""
    aim, move = min(max(base_rate, _LEAST_CHANCE), 1 - _LEAST_CHANCE), 0.0
    everyone = np.ones(len(log_odds), dtype=bool)
    for _ in range(_NEWTON_STEPS):
        chance = 1 / (1 + np.exp(-(log_odds + move)))
        mean = weighted_mean(chance, everyone, weight)
        slope = weighted_mean(chance * (1 - chance), everyone, weight)
        # Half of the log-odds' own range at most: far out the slope is flat, and a step would overshoot.
        move += float(np.clip((aim - mean) / max(slope, _LEAST_CHANCE), -2, 2))
    moved: Floats = 1 / (1 + np.exp(-(log_odds + move)))
    return moved


def _is_calibrated(side: Side, stated: Stated, tolerance: tuple[float, float]) -> bool:
    """Whether calibration is not refuted in any part of the group, and holds near enough in all of it."""
    means = stated.means(side.rows)
    least, most = tolerance
    whole = side.rates[BANDS["all"]].interval
    if whole is None or not least <= whole.value / means["all"] <= most:
        return False
    return all(
        _is_not_refuted(side.rates[rate], means[band], tolerance) for band, rate in BANDS.items()
    )


def _is_not_refuted(came_true: Rate, mean: float, tolerance: tuple[float, float]) -> bool:
    if came_true.interval is None:
        return (
            True  # nobody there, or too few to print: the whole of the group is tested all the same
        )
    found = wilson(
        came_true.numerator or 0,
        came_true.denominator or 0,
        came_true.design_effect,
        quantile=_Z_OF_BANDS,
    )
    least, most = tolerance
    return found.low <= mean <= found.high or (
        least * mean <= found.low and found.high <= most * mean
    )


def _agrees(ratio: Interval, tolerance: tuple[float, float]) -> bool:
    """Whether the ratio's interval holds 1, or lies wholly within the tolerance."""
    least, most = tolerance
    return ratio.low <= 1 <= ratio.high or (least <= ratio.low and ratio.high <= most)


def _log(ratio: Interval) -> Interval:
    return Interval(log(ratio.value), log(ratio.low), log(ratio.high))


def _exp(ratio: Interval) -> Interval:
    return Interval(exp(ratio.value), exp(ratio.low), exp(ratio.high))
