"""The cohort a model was trained on, as quantiles: where a value and a score lie in it."""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from hearth.risk_model.encoding import Column, FeatureSpec

Relation = Literal["more", "fewer", "same"]
_GRID = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class Distribution:
    """Values of one number over the cohort: distinct values and the share of rows at or below each.

    At most 201 values are kept; between two that are kept, shares are bounds and not estimates.
    """

    values: tuple[float, ...]
    at_or_below: tuple[float, ...]
    missing_share: float

    def share_below(self, value: float) -> float:
        """Share of the known values surely below `value`, in [0, 1]: never more than the truth.

        0 where `value` is missing (NaN): nothing lies below what is not known.
        """
        index = bisect_left(self.values, value) - 1
        return self.at_or_below[index] if index >= 0 and not math.isnan(value) else 0.0

    def share_above(self, value: float) -> float:
        """Share of the known values surely above `value`, in [0, 1]: never more than the truth.

        0 where `value` is missing (NaN).
        """
        index = bisect_left(self.values, value)
        if index == len(self.values) or math.isnan(value):
            return 0.0
        is_below_all = value < self.values[0]  # the least value is always kept
        return 1.0 if is_below_all else 1.0 - self.at_or_below[index]


@dataclass(frozen=True)
class Cohort:
    """What a score is compared with.

    `distributions` holds numbers by feature name, `category_shares` categories; `scores` are the
    raw scores at percentiles 0…100; `bands` are (name, least percentile), ascending.
    """

    rows: int
    as_of: str
    base_rate: float
    distributions: Mapping[str, Distribution]
    category_shares: Mapping[str, Mapping[str, float]]
    scores: tuple[float, ...]
    bands: tuple[tuple[str, float], ...]

    def percentile(self, raw: float) -> float:
        """Share of the cohort with a lower raw score, in whole percent, 0 to 100: never more than the truth."""
        return float(max(bisect_left(self.scores, raw) - 1, 0))

    def percentiles(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """`percentile` of each raw score, shape (rows,)."""
        reached = np.searchsorted(self.scores, raw, side="left") - 1
        return np.maximum(reached, 0).astype(np.float64)

    def bands_of(self, percentiles: NDArray[np.float64]) -> list[str]:
        """`band` of each percentile."""
        names, least = zip(*self.bands, strict=True)
        reached = np.searchsorted(least, percentiles, side="right") - 1
        return [names[place] for place in np.maximum(reached, 0).tolist()]

    def band(self, percentile: float) -> str:
        """Name of the band that a percentile lies in."""
        reached = [name for name, least in self.bands if percentile >= least]
        return reached[-1] if reached else self.bands[0][0]

    def to_dict(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {
            "rows": self.rows,
            "as_of": self.as_of,
            "base_rate": self.base_rate,
            "distributions": {
                name: {
                    "values": list(d.values),
                    "at_or_below": list(d.at_or_below),
                    "missing_share": d.missing_share,
                }
                for name, d in self.distributions.items()
            },
            "category_shares": {
                name: dict(shares) for name, shares in self.category_shares.items()
            },
            "scores": list(self.scores),
            "bands": [list(band) for band in self.bands],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Cohort":
        """From what JSON holds."""
        return cls(
            rows=data["rows"],
            as_of=data["as_of"],
            base_rate=data["base_rate"],
            distributions={
                name: Distribution(tuple(d["values"]), tuple(d["at_or_below"]), d["missing_share"])
                for name, d in data["distributions"].items()
            },
            category_shares=data["category_shares"],
            scores=tuple(data["scores"]),
            bands=tuple((name, least) for name, least in data["bands"]),
        )

    @classmethod
    def of(
        cls,
        features: Sequence[FeatureSpec],
        column: Callable[[int], Column],
        raw_scores: NDArray[np.float64],
        *,
        as_of: str,
        base_rate: float,
        bands: Sequence[tuple[str, float]] = (
            ("lower", 0),
            ("middle", 50),
            ("higher", 80),
            ("highest", 95),
        ),
    ) -> "Cohort":
        """Cohort of encoded rows.

        Parameters
        ----------
        features
            Inputs, in order.
        column
            Values of a feature by its place, shape (rows,), NaN for missing: one is held at a time.
            What was filled in is left out of comparisons.
        raw_scores
            Shape (rows,).
        as_of
            Date the rows are as of, ISO.
        base_rate
            Share with the outcome among those known, in [0, 1].
        bands
            (name, least percentile), ascending from 0.
        """
        filled = {f.flag_of: j for j, f in enumerate(features) if f.flag_of is not None}
        numbers, shares = {}, {}
        for j, feature in enumerate(features):
            known = column(j)
            if feature.name in filled:
                known = np.where(column(filled[feature.name]) == 1, np.nan, known)
            if feature.kind == "number":
                numbers[feature.name] = distribution_of(known)
            else:
                shares[feature.name] = _shares(feature, known)
        scores = _percentiles(raw_scores) if len(raw_scores) else np.zeros(len(_GRID))
        return cls(
            rows=len(raw_scores),
            as_of=as_of,
            base_rate=base_rate,
            distributions=numbers,
            category_shares=shares,
            scores=tuple(map(float, scores)),
            bands=tuple(bands),
        )


def distribution_of(column: NDArray[np.float64], *, most: int = 201) -> Distribution:
    """Distribution of a column, NaN for missing, with at most `most` distinct values kept."""
    known = column[~np.isnan(column)]
    missing = 1.0 - len(known) / len(column) if len(column) else 0.0
    values, counts = np.unique(known, return_counts=True)
    shares = np.cumsum(counts) / max(len(known), 1)
    if len(values) > most:
        keep = np.unique(np.linspace(0, len(values) - 1, most).round().astype(np.intp))
        values, shares = values[keep], shares[keep]
    return Distribution(tuple(map(float, values)), tuple(map(float, shares)), missing)


def _percentiles(raw_scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Score at or below which each percent of the rows lies: scores that rows have, none between."""
    return np.asarray(np.quantile(raw_scores, _GRID, method="inverted_cdf"))


def _shares(feature: FeatureSpec, column: NDArray[np.float64]) -> dict[str, float]:
    known = column[~np.isnan(column)].astype(np.intp)
    counts = np.bincount(known, minlength=len(feature.categories))
    total = max(int(counts.sum()), 1)
    return {name: float(counts[i]) / total for i, name in enumerate(feature.categories)}
