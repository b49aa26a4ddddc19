"""A version in use, held against what it was trained on: what moved, and what is an alarm."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from governance.fairness.intervals import wilson
from governance.fairness.selection_drift import SelectionDrift
from hearth.risk_model import RiskModel
from training.data.examples import Examples
from training.figures.evaluation import Cohort, Estimate, Scores, evaluate
from training.figures.ranking import Bools, Floats
from training.watching.drift import Drift, differ

_TOLERATED = 1.25
"""A base rate a quarter higher or lower changes what a list of a fixed length can find."""


@dataclass(frozen=True)
class Scored:
    """Everybody in the feature store, scored: `raw` and `probability` of each, and who is listed."""

    as_of: date
    entities: Sequence[str]
    raw: Floats
    probability: Floats
    selected: Bools


@dataclass(frozen=True)
class Mature:
    """How a version did at an as-of date that it had not learnt from, once outcomes were known.

    Attributes
    ----------
    base_rate
        Share with the outcome among the rows looked at, in [0, 1], and how many those are.
    precision
        At capacity, of the rows to be held to what was foreseen: those not visited, where the
        definition says who was.
    of_visited
        Share with the outcome among those listed and visited; None where nobody says who was.
    """

    as_of: date
    base_rate: tuple[float, int]
    precision: Estimate
    of_visited: Estimate | None

    def as_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        visited = None if self.of_visited is None else vars(self.of_visited)
        return {
            "as_of": self.as_of.isoformat(),
            "base_rate": self.base_rate[0],
            "observed": self.base_rate[1],
            "precision_at_capacity": vars(self.precision),
            "precision_of_visited": visited,
        }


@dataclass(frozen=True)
class Monitored:
    """What became of a version since it was trained.

    Attributes
    ----------
    name
        `school_readiness@3`.
    then
        Date of the cohort that the version was trained to score.
    now
        Everybody in the feature store.
    tested
        Precision at capacity on the last date it was tested on, and the base rate there.
    expected
        What the probabilities alone foresee of the list now: precision at capacity, and AUC.
    expected_then
        The precision at capacity that they foresaw on the last test date; None if there were none.
    says_who_was_visited
        Whether the definition names the visits that followed the list.
    """

    name: str
    then: date
    now: Scored
    features: tuple[Drift, ...]
    score: Drift
    tested: Estimate
    tested_base_rate: tuple[float, int]
    expected: tuple[float, float | None]
    expected_then: float | None
    mature: tuple[Mature, ...]
    selection: tuple[SelectionDrift, ...]
    says_who_was_visited: bool

    @property
    def is_later(self) -> bool:
        """Whether the feature store is of a later date than the version was trained to score."""
        return self.now.as_of > self.then

    def alarms(self) -> list[str]:
        """What moved by more than is allowed, each with figure and threshold."""
        return [
            *(_drift_alarm(drift) for drift in (*self.features, self.score) if drift.is_alarming),
            *self._performance_alarms(),
            *(
                f"{each.attribute.replace('_', ' ')}, {each.group}: on the list {each.ratio:.2f} times as often, "
                "beyond the tolerance of the definition"
                for each in self.selection
                if each.moved
            ),
        ]

    def notes(self) -> list[str]:
        """What a reader must know to read the figures rightly."""
        told = []
        if not self.is_later:
            told.append(
                f"The feature store holds nothing later than {self.then}, which the version was trained "
                "to score, so there is nothing to compare with yet. Take in later extracts (hearth ingest), "
                f"then run: hearth refresh {self.name.partition('@')[0]} --as-of DATE"
            )
        if not self.mature:
            told.append("No outcome has become known that the version had not learnt from.")
        elif self.says_who_was_visited:
            told.append(
                "Precision is that of those listed and not visited: a visit may have averted what was "
                "foreseen, so that a fall among the visited is no drift."
            )
        else:
            told.append(
                "The definition does not say who was visited (label.visited), so a fall in precision may "
                "be the work of the visits themselves, and raises no alarm."
            )
        return told

    def as_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "version": self.name,
            "trained_to_score": self.then.isoformat(),
            "as_of": self.now.as_of.isoformat(),
            "scored": len(self.now.entities),
            "listed": int(self.now.selected.sum()),
            "features": {drift.name: drift.as_json() for drift in self.features},
            "score": self.score.as_json(),
            "tested_precision_at_capacity": vars(self.tested),
            "expected_precision_at_capacity": self.expected[0],
            "expected_precision_at_last_test": self.expected_then,
            "expected_auc": self.expected[1],
            "mature": [each.as_json() for each in self.mature],
            "selection": [each.as_json() for each in self.selection],
            "alarms": self.alarms(),
            "notes": self.notes(),
        }

    @property
    def _is_expected_to_fall(self) -> bool:
        """Whether what is foreseen fell by more, as a share, than from the tested value to its low end.

        Both sides come from probabilities, so that what they are off by on both cancels.
        """
        then, tested = self.expected_then, self.tested
        if not then or tested.value is None or tested.low is None:
            return False
        return self.expected[0] * tested.value < then * tested.low

    def _performance_alarms(self) -> list[str]:
        found = []
        if self._is_expected_to_fall:
            found.append(
                f"expected precision at capacity is {self.expected[0]:.0%}, and was {self.expected_then:.0%} "
                "on the last test date: a greater fall than the interval tested leaves room for"
            )
        for each in self.mature:
            rate, then = each.base_rate[0], self.tested_base_rate[0]
            far = not then / _TOLERATED <= rate <= then * _TOLERATED
            if far and differ(self.tested_base_rate, each.base_rate, looks=len(self.mature)):
                found.append(
                    f"base rate at {each.as_of} is {rate:.1%}, and was {then:.1%} when tested"
                )
            high, floor = each.precision.high, self.tested.low
            if (
                self.says_who_was_visited
                and high is not None
                and floor is not None
                and high < floor
            ):
                found.append(
                    f"precision at capacity at {each.as_of}, of those not visited, is "
                    f"{each.precision.value:.0%} (at most {high:.0%}), and was at least {floor:.0%} when tested"
                )
        return found


def mature_dates(
    model: RiskModel,
    examples: Examples,
    dates: Sequence[date],
    *,
    capacity_of: Callable[[int], int],
    seed: int,
) -> tuple[Mature, ...]:
    """How the version did at dates with known outcomes that it had not learnt from."""
    return tuple(
        _mature(model, examples.on([day]), day, capacity_of=capacity_of, seed=seed) for day in dates
    )


def _mature(
    model: RiskModel, rows: Examples, day: date, *, capacity_of: Callable[[int], int], seed: int
) -> Mature:
    raw, outcomes = rows.raw_scores(model.scorer), rows.outcomes
    cohort = Cohort(rows.entities.tolist(), outcomes, capacity_of(len(rows)), seed)
    base_rate = (outcomes.base_rate, int(outcomes.observed.sum()))
    if rows.visited is None:
        figures = evaluate(cohort, {"version": Scores(raw, model.probability(raw))})["version"]
        return Mature(day, base_rate, figures.precision_at_capacity, None)
    listed = cohort.selected(cohort.order(raw)) & outcomes.observed
    visited, others = (
        _share(outcomes.positive[listed & part]) for part in (rows.visited, ~rows.visited)
    )
    return Mature(day, base_rate, others, visited)


def _share(positive: Bools) -> Estimate:
    if not len(positive):
        return Estimate(None)
    found = wilson(float(positive.sum()), len(positive))
    return Estimate(found.value, found.low, found.high)


def _drift_alarm(drift: Drift) -> str:
    then, now = drift.missing
    if drift.is_missing_moved and then is not None:
        return f"{drift.name}: {now:.0%} missing, and was {then:.0%}"
    measure = {"psi": "stability index", "jensen_shannon": "Jensen-Shannon divergence"}
    return f"{drift.name}: {measure[drift.measure]} {drift.value:.2f}, above {drift.threshold:.2f}"


def worst_first(drifts: Sequence[Drift]) -> list[Drift]:
    """Features by how far they moved in the measure of their kind, the furthest first."""
    return sorted(drifts, key=lambda drift: -drift.value / drift.threshold)
