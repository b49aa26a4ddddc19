"""How far the people scored now are from those a model was trained to score, feature by feature."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy.special import rel_entr
from scipy.stats import chi2, norm

from hearth.risk_model import Cohort, FeatureSpec
from hearth.risk_model.cohort import Distribution
from training.figures.ranking import Floats

LEVEL = 0.05
"""Chance of any false alarm among all that is looked at together (Bonferroni)."""

_LARGE_PSI = 0.2
"""A stability index above which a shift is held to be large (Siddiqi 2006, ch. 9: 0.1 to 0.25)."""

_LARGE_JENSEN_SHANNON = _LARGE_PSI / 8 / np.log(2)
"""The same shift in bits: for small shifts the divergence is an eighth of the index in nats."""

_LARGE_GAP = 0.1
"""Ten percentage points more, or fewer, values missing."""

_BINS = 10
_UNSEEN = "not seen in training"


@dataclass(frozen=True)
class Drift:
    """How far one feature, or the score, has moved.

    Attributes
    ----------
    name
        Feature, or `score`.
    measure
        Population stability index of numbers, Jensen-Shannon divergence of categories in bits.
    value
        0 where nothing moved.
    threshold
        What the value is held against: a large shift, or what chance alone would give of samples
        of this size where that is more.
    missing
        Share of the values missing, then and now, in [0, 1]; None where a bundle does not hold it.
    is_missing_moved
        Whether that share moved by ten points or more, and by more than chance would.
    bins
        Label of each bin, with its share of the known values then and now.
    """

    name: str
    measure: Literal["psi", "jensen_shannon"]
    value: float
    threshold: float
    missing: tuple[float | None, float]
    is_missing_moved: bool
    bins: tuple[tuple[str, float, float], ...]

    @property
    def is_alarming(self) -> bool:
        """Whether the values or the share missing moved by more than is allowed."""
        return self.value > self.threshold or self.is_missing_moved

    def as_json(self) -> dict[str, Any]:
        """Drift as JSON holds it; of the values only shares in bins."""
        return {
            "measure": self.measure,
            "value": self.value,
            "threshold": self.threshold,
            "missing_then": self.missing[0],
            "missing_now": self.missing[1],
            "alarm": self.is_alarming,
        }


def feature_drift(
    features: Sequence[FeatureSpec], cohort: Cohort, columns: Mapping[str, Sequence[Any]]
) -> list[Drift]:
    """Drift of every feature against the cohort that a model was trained to score.

    Parameters
    ----------
    features
        Of the model.
    cohort
        As its bundle holds it.
    columns
        The values now, by feature; None for missing. What was filled in counts as missing, as it
        did then.
    """
    flags = {f.flag_of: f.name for f in features if f.flag_of is not None}
    found = []
    for feature in features:
        values = list(columns[feature.name])
        if feature.name in flags:
            filled = columns[flags[feature.name]]
            values = [
                None if flag == 1 else value for value, flag in zip(values, filled, strict=True)
            ]
        if feature.kind == "number":
            now = np.array([np.nan if v is None else v for v in values], dtype=np.float64)
            then = cohort.distributions[feature.name]
            found.append(number_drift(feature.name, then, cohort.rows, now, looks=len(features)))
        else:
            shares = cohort.category_shares[feature.name]
            found.append(
                category_drift(feature.name, shares, cohort.rows, values, looks=len(features))
            )
    return found


def score_drift(cohort: Cohort, raw: Floats) -> Drift:
    """Drift of the raw scores, against their percentiles in the cohort."""
    values, last = np.unique(np.array(cohort.scores)[::-1], return_index=True)
    reached = (len(cohort.scores) - 1 - last) / (len(cohort.scores) - 1)
    then = Distribution(tuple(values.tolist()), tuple(reached.tolist()), 0.0)
    return number_drift("score", then, cohort.rows, raw, looks=1)


def number_drift(name: str, then: Distribution, rows: int, now: Floats, *, looks: int) -> Drift:
    """Drift of a number by the population stability index, in tenths of the values then.

    Parameters
    ----------
    name
        Of the feature.
    then, rows
        Distribution in a cohort of so many rows.
    now
        Shape (n,), NaN for missing.
    looks
        How many features are looked at together.

    References
    ----------
    Siddiqi (2006), Credit Risk Scorecards, ch. 9. Without a shift the index is about chi-squared
    times (1/n + 1/m): Yurdakul & Naranjo (2020), "Statistical properties of the population
    stability index", Journal of Risk Model Validation 14 (4).
    """
    known = now[~np.isnan(now)]
    edges, before = _tenths(then)
    counted = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(before))
    sizes = (round(rows * (1 - then.missing_share)), len(known))
    expected, actual = (
        _smoothed(s * n, n) for s, n in ((before, sizes[0]), (counted / max(sizes[1], 1), sizes[1]))
    )
    value = float(((actual - expected) * np.log(actual / expected)).sum())
    labels = [*(f"up to {edge:g}" for edge in edges), "above"]
    return Drift(
        name,
        "psi",
        value if min(sizes) else 0.0,
        max(_LARGE_PSI, _chance(sizes, len(before), looks)),
        *_missing(then.missing_share, rows, now, looks),
        tuple(zip(labels, before.tolist(), (counted / max(sizes[1], 1)).tolist(), strict=True)),
    )


def category_drift(
    name: str, then: Mapping[str, float], rows: int, now: Sequence[str | None], *, looks: int
) -> Drift:
    """Drift of a category by the Jensen-Shannon divergence; what was never seen is a category too.

    References
    ----------
    Lin (1991), "Divergence measures based on the Shannon entropy", IEEE Transactions on
    Information Theory 37: 145-151.
    """
    place = {category: number for number, category in enumerate(then)}
    codes = np.array([place.get(v, len(place)) for v in now if v is not None], dtype=np.intp)
    before = np.array([*then.values(), 0.0])
    actual = np.bincount(codes, minlength=len(before)) / max(len(codes), 1)
    middle = (before + actual) / 2
    nats = float((rel_entr(before, middle) + rel_entr(actual, middle)).sum()) / 2
    known = before.sum() > 0 and len(codes) > 0
    by_chance = _chance((rows, len(codes)), len(before), looks) / 8 / np.log(2)
    absent = np.array([np.nan if v is None else 0.0 for v in now])
    return Drift(
        name,
        "jensen_shannon",
        nats / float(np.log(2)) if known else 0.0,
        max(_LARGE_JENSEN_SHANNON, by_chance),
        *_missing(None, rows, absent, looks),
        tuple(zip([*then, _UNSEEN], before.tolist(), actual.tolist(), strict=True)),
    )


def differ(first: tuple[float, int], second: tuple[float, int], *, looks: int) -> bool:
    """Whether two shares, each of so many, differ by more than chance, looked at so often.

    References
    ----------
    The z-test of two proportions, pooled: Fleiss, Levin & Paik (2003), section 3.2.
    """
    (p, n), (q, m) = first, second
    if not n or not m:
        return False
    pooled = (p * n + q * m) / (n + m)
    spread = np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    return bool(abs(p - q) > norm.ppf(1 - LEVEL / looks / 2) * spread)


def _tenths(then: Distribution) -> tuple[Floats, Floats]:
    """Upper edges of bins that hold about a tenth each, and the share in each and above the last."""
    values, reached = np.array(then.values), np.array(then.at_or_below)
    if len(values) < 2:  # noqa: PLR2004 - one value: below it, at it, above it
        edges = np.concatenate([np.nextafter(values, -np.inf), values])
        return edges, np.array([0.0, 1.0, 0.0])[: len(edges) + 1]
    wanted = np.searchsorted(reached, np.arange(1, _BINS) / _BINS - 1e-9)
    kept = np.unique(wanted[wanted < len(values) - 1])
    if not len(kept):
        kept = np.array([len(values) - 2])
    return values[kept], np.diff(reached[kept], prepend=0.0, append=1.0)


def _smoothed(counts: Floats, total: int) -> Floats:
    """Shares with half a row added to each bin, so that none is empty."""
    return np.asarray((counts + 0.5) / (total + 0.5 * len(counts)))


def _chance(sizes: tuple[int, int], bins: int, looks: int) -> float:
    """What the index reaches by chance alone in one of twenty looks at all of the features."""
    if not min(sizes) or bins < 2:  # noqa: PLR2004 - one bin cannot move
        return 0.0
    return float(chi2.ppf(1 - LEVEL / looks, bins - 1) * (1 / sizes[0] + 1 / sizes[1]))


def _missing(
    then: float | None, rows: int, now: Floats, looks: int
) -> tuple[tuple[float | None, float], bool]:
    """Share missing then and now, and whether it moved."""
    share = float(np.isnan(now).mean()) if len(now) else 0.0
    if then is None:
        return (None, share), False
    moved = abs(share - then) >= _LARGE_GAP and differ((then, rows), (share, len(now)), looks=looks)
    return (then, share), moved
