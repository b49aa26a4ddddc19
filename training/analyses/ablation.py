"""What each source and feature group buys: LightGBM fitted without it, and with it alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from hearth.progress import Progress, silent
from training.data.examples import Examples
from training.data.prepared import Prepared
from training.experiment import splits_of, trees_of
from training.figures.comparison import Difference, compare
from training.figures.evaluation import Cohort, Scores
from training.findings import Finding

Kind = Literal["source", "group"]
Fits = Mapping[frozenset[str], str]
"""Sets of features to fit with, each with the name it is compared under."""

_ALL = "all features"
_COMPARED = ("precision_at_capacity", "auc")


@dataclass(frozen=True)
class Part:
    """A source or a feature group, and the names of the features it gives."""

    kind: Kind
    name: str
    features: frozenset[str]


@dataclass(frozen=True)
class Gain:
    """How far the trees with all features are ahead of others by one metric, as a mean over test dates.

    `without` are trees without the part, whose interval is at 95 %; `alone` trees with nothing
    else. None where the data cannot say, or the part is all there is.
    """

    metric: str
    without: float | None
    low: float | None
    high: float | None
    alone: float | None


@dataclass(frozen=True)
class Bought:
    """What one part buys, by metric."""

    part: Part
    gains: tuple[Gain, ...]

    @property
    def is_measurable(self) -> bool | None:
        """Whether leaving the part out cost something by either metric; None where none can say."""
        lows = [gain.low for gain in self.gains if gain.low is not None]
        return any(low > 0 for low in lows) if lows else None

    def as_json(self) -> dict[str, object]:
        """One record, as a table shows it."""
        lost: dict[str, object] = {}
        for gain in self.gains:
            bounds = {"value": gain.without, "low": gain.low, "high": gain.high}
            lost[f"{gain.metric}_lost_without"] = bounds
            lost[f"{gain.metric}_lost_with_it_alone"] = gain.alone
        return {
            "kind": self.part.kind,
            "name": self.part.name,
            "features": len(self.part.features),
            **lost,
            "loss_is_measurable": self.is_measurable,
        }


def ablation(prepared: Prepared, progress: Progress = silent) -> Finding:
    """What each source and group adds to LightGBM over the others, and what it is worth alone.

    References
    ----------
    Models are fitted anew, not read with a column shuffled, because shuffling asks trees about
    people who do not exist: Hooker, Mentch & Zhou (2021), "Unrestricted permutation forces
    extrapolation", Statistics and Computing 31: 82.
    """
    parts = parts_of(prepared.examples)
    fits = _fits(prepared.examples, parts)
    cohorts, scores = _judged(prepared, fits, progress)
    pairs = [(_ALL, name) for name in fits.values() if name != _ALL]
    found = compare(cohorts, scores, pairs, seed=prepared.definition.learner.seed)
    by_pair = {(each.against, each.metric): each for each in found}
    everything = next(iter(fits))
    bought = [
        Bought(
            part,
            tuple(
                _gain(
                    metric,
                    by_pair.get((fits.get(everything - part.features, ""), metric)),
                    by_pair.get((fits[part.features], metric)),
                )
                for metric in _COMPARED
            ),
        )
        for part in parts
    ]
    return Finding(
        "ablation",
        {"test_dates": len(cohorts), "parts": [each.as_json() for each in bought]},
        [(f"ablation_{metric}", _plot(bought, place)) for place, metric in enumerate(_COMPARED)],
        list(_sentences(bought)),
    )


def nothing_to_leave_out(prepared: Prepared) -> str | None:
    """Why nothing can be left out, where one feature group is all there is."""
    if len({feature.group for feature in prepared.examples.features}) > 1:
        return None
    return f"{prepared.definition.model} has one feature group, and nothing is left without it"


def parts_of(examples: Examples) -> list[Part]:
    """Sources and then feature groups, each with its features; what two name alike is told once."""
    found: dict[tuple[Kind, str], set[str]] = {}
    for kind in get_args(Kind):
        for feature in examples.features:
            found.setdefault((kind, getattr(feature, kind)), set()).add(feature.name)
    return [Part(kind, name, frozenset(names)) for (kind, name), names in found.items()]


def _fits(examples: Examples, parts: Sequence[Part]) -> Fits:
    """Every set of features that has to be fitted, once: first all of them."""
    everything = frozenset(feature.name for feature in examples.features)
    fits = {everything: _ALL}
    for part in parts:
        if part.features != everything:
            fits.setdefault(everything - part.features, f"without {part.kind} {part.name}")
            fits.setdefault(part.features, f"{part.kind} {part.name} alone")
    return fits


def _judged(
    prepared: Prepared, fits: Fits, progress: Progress
) -> tuple[list[Cohort], list[dict[str, Scores]]]:
    """Test cohorts, and how trees of each set of features rank them."""
    definition, examples = prepared.definition, prepared.examples
    cohorts, scores = [], []
    splits = splits_of(definition, examples, prepared.periods)
    for number, split in enumerate(splits):
        learnt_from = examples.on(split.training_dates).observed()
        test = examples.on([split.test.as_of])
        size, seed = definition.capacity.of(len(test)), definition.learner.seed
        cohorts.append(Cohort(test.entities.tolist(), test.outcomes, size, seed=seed))
        ranked = {}
        for done, (kept, name) in enumerate(fits.items(), start=number * len(fits)):
            progress(f"Ablation: {split.test.as_of}, {name}", done, len(splits) * len(fits))
            seen = learnt_from.select(kept)
            scorer = trees_of(definition, seen.features).fit(seen)
            ranked[name] = Scores(test.select(kept).raw_scores(scorer))
        scores.append(ranked)
    return cohorts, scores


def _gain(metric: str, without: Difference | None, alone: Difference | None) -> Gain:
    ahead_alone = None if alone is None else alone.difference
    if without is None:
        return Gain(metric, None, None, None, ahead_alone)
    return Gain(metric, without.difference, without.low, without.high, ahead_alone)


def _sentences(bought: Sequence[Bought]) -> Iterator[str]:
    """What each source buys, and which groups do harm."""
    sources = [each for each in bought if each.part.kind == "source"]
    for each in sources:
        loss = each.gains[0]
        if loss.without is None or loss.low is None or loss.high is None:
            continue
        said = (
            f"Without {each.part.name} precision at capacity changes by {_points(loss.without)} points "
            f"(95 % interval {_points(loss.high)} to {_points(loss.low)})"
        )
        yield (
            f"{said}."
            if each.is_measurable
            else (
                f"{said}: no measurable loss, so it could be left out unless people need it to check a score."
            )
        )
    if len(sources) > 1:
        yield (
            "Each is left out with all others kept: of two sources that say the same, each may look "
            "needless. Leave out one, and run this again."
        )
    harmful = [e.part.name for e in bought if e.part.kind == "group" and _does_harm(e.gains[0])]
    if harmful:
        yield f"LightGBM ranked better on these test dates without: {', '.join(harmful)}."


def _does_harm(gain: Gain) -> bool:
    return gain.high is not None and gain.high < 0


def _plot(bought: Sequence[Bought], metric: int) -> Figure:
    shown = [each for each in bought if each.gains[metric].without is not None]
    shown.sort(key=lambda each: each.gains[metric].without or 0.0)
    names = [f"{each.part.kind} {each.part.name}" for each in shown]
    gains = [each.gains[metric] for each in shown]
    middle = np.array([gain.without for gain in gains], dtype=float)
    low, high = (np.array([getattr(g, end) for g in gains], dtype=float) for end in ("low", "high"))
    figure = Figure(figsize=(7, 0.4 * len(shown) + 1.6), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.barh(names, middle, color=["C0" if e.part.kind == "source" else "C7" for e in shown])
    axes.errorbar(middle, names, xerr=[middle - low, high - middle], fmt="none", ecolor="black")
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel(f"Loss without it: {_COMPARED[metric].replace('_', ' ')}, 95 % interval")
    return figure


def _points(loss: float) -> str:
    return f"{-100 * loss:+.1f}"
