"""Who is alike on record: rows as points of which every reason group has the same say, and pairs of near ones."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from sklearn.neighbors import NearestNeighbors

from hearth.risk_model import FeatureSpec
from training.figures.ranking import Floats, Ints

_FAR = 3.0
"""Standard deviations beyond which further off is no longer counted, so that one odd value hides no likeness."""

_HAVE_ANOTHER = 0.9
"""With half of them hardly anybody high on a list is paired: the higher, the rarer is somebody alike."""

_NEAR = 25
"""Nearest rows that one may be paired with; whoever is further is hardly ever within the caliper."""


def points_of(features: Sequence[FeatureSpec], table: Floats) -> Floats:
    """Rows as points, shape (n, columns): the square of a distance is a mean over reason groups.

    Numbers are standardised about their median, categories and missing values are flags.
    """
    groups = [feature.group for feature in features]
    blocks = []
    for place, feature in enumerate(features):
        block = _flags(feature, table[:, place]) if feature.kind == "category" else _number(table[:, place])  # fmt: skip
        share = len(set(groups)) * groups.count(feature.group)
        blocks.append(block / np.sqrt(share))
    return np.column_stack(blocks)


def caliper_of(points: Floats) -> float:
    """How near is alike: as near as nine in ten of these rows have another of them."""
    distances, _ = NearestNeighbors(n_neighbors=2).fit(points).kneighbors(points)
    return float(np.quantile(distances[:, 1], _HAVE_ANOTHER))


def pairs_within(
    own: Floats, others: Floats, caliper: float, lots: npt.NDArray[np.uint64]
) -> tuple[Ints, Ints]:
    """Places of rows paired one to one, nearest first and none twice; ties by lot.

    Parameters
    ----------
    own, others
        Points, shape (n, columns) and (m, columns).
    caliper
        Greatest distance of a pair.
    lots
        Shape (n,), of `own`.

    References
    ----------
    Stuart (2010), "Matching methods for causal inference", Statistical Science 25: 1-21.
    """
    near = min(_NEAR, len(others))
    distances, found = NearestNeighbors(n_neighbors=near).fit(others).kneighbors(own)
    row = np.repeat(np.arange(len(own)), near)
    order = np.lexsort((lots[row], distances.ravel()))
    order = order[distances.ravel()[order] <= caliper]
    is_free, is_there = np.ones(len(own), dtype=bool), np.ones(len(others), dtype=bool)
    chosen = []
    for mine, theirs in zip(row[order].tolist(), found.ravel()[order].tolist(), strict=True):
        if is_free[mine] and is_there[theirs]:
            is_free[mine] = is_there[theirs] = False
            chosen.append((mine, theirs))
    both = np.array(chosen, dtype=np.int64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def unlikeness(own: Floats, others: Floats) -> float:
    """Distance of the average rows in standard deviations, a mean over columns; 0 where they are the same."""
    spread = np.concatenate([own, others]).std(axis=0)
    varies = spread > 0
    apart = np.abs(own.mean(axis=0) - others.mean(axis=0))[varies] / spread[varies]
    return float(apart.mean()) if varies.any() else 0.0


def _number(column: Floats) -> Floats:
    known = column[np.isfinite(column)]
    centre, spread = (np.median(known), known.std()) if len(known) else (0.0, 0.0)
    absent = np.isnan(column)
    scaled = (np.where(absent, centre, column) - centre) / (spread or 1.0)
    return np.column_stack([np.clip(scaled, -_FAR, _FAR), absent])


def _flags(feature: FeatureSpec, column: Floats) -> Floats:
    places = np.where(np.isnan(column), len(feature.categories), column).astype(np.int64)
    flags: Floats = np.eye(len(feature.categories) + 1)[places] / np.sqrt(2)
    return flags
