"""Two trained versions on the same people: how their figures differ, and how their lists do."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from hearth.errors import StateError
from training.figures import metrics
from training.figures.comparison import Difference, FigureOf, compare
from training.figures.evaluation import Cohort, Scores
from training.figures.metrics import Outcomes
from training.figures.ranking import Bools, Floats
from training.trained.common_date import CommonDate
from training.trained.unvisited import Unvisited, unvisited
from training.trained.versions import TrainedVersion, scored_rows

_KEY = ["split", "entity_id"]
_NEAR = 0.05
"""A twentieth of a list: a share of the cohort moves by less where some people come and others go."""

_RANKED: Mapping[str, FigureOf] = {
    "average_precision": lambda cohort, scores: metrics.average_precision(
        scores.raw, cohort.outcomes
    ),
}
_CALIBRATED: Mapping[str, FigureOf] = {
    "brier": lambda cohort, scores: metrics.brier(_known(scores), cohort.outcomes),
    "predicted_over_actual": lambda cohort, scores: metrics.predicted_over_actual(
        _known(scores), cohort.outcomes
    ),
}


@dataclass(frozen=True)
class Compared:
    """What became of the figures and of the list from one version to the other.

    Attributes
    ----------
    before, after
        What the two are called, such as `school_readiness@3`.
    dates
        Test dates that both were tested on.
    differences
        Of the means over these dates, `after` less `before`, paired.
    left_out
        Rows that only one of them scored on these dates.
    revised
        Rows of which the two hold different outcomes; those of `after` are used.
    unvisited
        The two among those not visited; None where the definition names no visits.
    """

    before: str
    after: str
    dates: tuple[CommonDate, ...]
    differences: tuple[Difference, ...]
    left_out: int
    revised: int
    unvisited: Unvisited | None

    @property
    def is_same(self) -> bool:
        """Whether both give everybody the same score."""
        return all(date.is_same for date in self.dates)

    @property
    def overlap(self) -> float:
        """Share of the places on the list of `before` that are on the list of `after`, in [0, 1]."""
        first, second = (np.concatenate(lists) for lists in zip(*self._lists(), strict=True))
        return float((first & second).sum() / first.sum())

    def mean(self, side: str, figure: str) -> float | None:
        """Mean of a figure over the test dates; None where it is unknown."""
        found = [getattr(date.figures[side], figure).value for date in self.dates]
        return None if None in found else float(np.mean(found))

    def deciding(self, metric: str) -> Difference:
        """Difference by which one is called better: of precision, where visits are known, without them."""
        if metric == "precision_at_capacity" and self.unvisited is not None:
            return self.unvisited.difference
        return next(found for found in self.differences if found.metric == metric)

    def sentences(self) -> list[str]:
        """What a terminal says beside the table."""
        rows = sum(len(date.cohort.entities) for date in self.dates)
        told = [
            f"Both were tested on {self._when()}, on {rows:,} rows. {self.overlap:.0%} of the places "
            "on the list go to the same."
        ]
        if self.is_same:
            told = [
                f"{self.before} and {self.after} give everybody the same score: no figure differs, and "
                f"nobody enters or leaves the list ({rows:,} rows on {self._when()})."
            ]
        if self.left_out:
            told.append(f"{self.left_out:,} rows that only one of them scored are left out.")
        if self.revised:
            told.append(
                f"Of {self.revised:,} rows the outcome has been revised; the newer one is used."
            )
        return told + (self.unvisited.sentences() if self.unvisited and not self.is_same else [])

    def as_json(self) -> dict[str, Any]:
        """Comparison as JSON holds it."""
        return {
            "before": self.before,
            "after": self.after,
            "test_dates": [date.split for date in self.dates],
            "figures": {
                d.metric: {
                    "before": self.mean("before", d.metric),
                    "after": self.mean("after", d.metric),
                    "difference": d.difference,
                    "low": d.low,
                    "high": d.high,
                }
                for d in self.differences
            },
            "unvisited": self.unvisited.as_json() if self.unvisited else None,
            "list_overlap": self.overlap,
            "rows_left_out": self.left_out,
            "outcomes_revised": self.revised,
            "sentences": self.sentences(),
        }

    def _when(self) -> str:
        first, last = self.dates[0].split, self.dates[-1].split
        return first if len(self.dates) == 1 else f"{len(self.dates)} dates, {first} to {last}"

    def _lists(self) -> list[tuple[Bools, Bools]]:
        return [date.lists for date in self.dates]


def compare_versions(before: TrainedVersion, after: TrainedVersion, *, seed: int) -> Compared:
    """Two versions judged on the test rows that both scored.

    Parameters
    ----------
    before, after
        Versions that are kept; of the same model, or of models with the same entities.
    seed
        Settles ties on the lists, and draws the bootstrap.

    Raises
    ------
    StateError
        If the two are one, no row was scored by both, or their lists are of unlike length.
    """
    if before.name == after.name:
        raise StateError(f"{before.name} is to be compared with itself; name another version")
    one, other = scored_rows(before), scored_rows(after)
    joined = one.merge(other, on=_KEY, suffixes=("_before", "_after"), validate="one_to_one")
    if joined.empty:
        raise StateError(
            f"{before.name} and {after.name} scored nobody on the same test date; "
            "train both on the same as-of dates and people"
        )
    places = _capacities(before, after, one, other, joined)
    dates = tuple(
        _common(str(split), rows, places[str(split)], seed)
        for split, rows in joined.groupby("split")
    )
    shared = set(joined["split"])
    scored = [int(rows["split"].isin(shared).sum()) for rows in (one, other)]
    differences = compare(
        [date.cohort for date in dates],
        [{"before": date.before, "after": date.after} for date in dates],
        [("after", "before")],
        also=_figures(dates),
        seed=seed,
    )
    return Compared(
        before.name,
        after.name,
        dates,
        tuple(differences),
        left_out=sum(scored) - 2 * len(joined),
        revised=int(_revised(joined).sum()),
        unvisited=unvisited(dates, seed=seed),
    )


def _capacities(
    before: TrainedVersion,
    after: TrainedVersion,
    one: pd.DataFrame,
    other: pd.DataFrame,
    joined: pd.DataFrame,
) -> dict[str, int]:
    """Length of the list among the common rows of each date, as its share of all that were scored.

    Where people came and went between the two the lengths differ a little; the shorter is used.
    """
    rows = joined.groupby("split").size()
    listed = pd.DataFrame(
        {
            side: (frame.groupby("split")["selected"].mean() * rows).round()
            for side, frame in ((before.name, one), (after.name, other))
        }
    ).loc[rows.index]
    apart = (listed[before.name] - listed[after.name]).abs()
    unlike = listed[apart > (listed.max(axis=1) * _NEAR).clip(lower=1)]
    if len(unlike):
        first = unlike.iloc[0]
        raise StateError(
            f"on {unlike.index[0]} {before.name} lists {first.iloc[0]:g} of the common rows and "
            f"{after.name} {first.iloc[1]:g}; only lists of the same length can be compared: train both "
            "with the same capacity"
        )
    return {str(split): max(1, int(listed.loc[split].min())) for split in rows.index}


def _common(split: str, rows: pd.DataFrame, capacity: int, seed: int) -> CommonDate:
    observed = rows["observed_after"].to_numpy(dtype=bool)
    positive = rows["label_after"].fillna(value=False).to_numpy(dtype=bool) & observed
    cohort = Cohort(rows["entity_id"].tolist(), Outcomes(positive, observed), capacity, seed)
    as_of = rows["as_of_after"].to_numpy(dtype="datetime64[D]")
    told = rows["visited_after"]
    visited = None if told.isna().any() else told.to_numpy(dtype=bool)
    before, after = (_scores(rows, side) for side in ("before", "after"))
    return CommonDate(split, cohort, as_of, before, after, visited)


def _scores(rows: pd.DataFrame, side: str) -> Scores:
    calibrated = bool(rows[f"calibrated_{side}"].all())
    probability = rows[f"score_{side}"].to_numpy(dtype=np.float64) if calibrated else None
    return Scores(rows[f"raw_{side}"].to_numpy(dtype=np.float64), probability)


def _revised(joined: pd.DataFrame) -> "pd.Series[bool]":
    first, second = (joined[f"label_{side}"].astype("boolean") for side in ("before", "after"))
    return (first != second).fillna(value=False) | (first.isna() != second.isna())


def _figures(dates: Sequence[CommonDate]) -> Mapping[str, FigureOf]:
    calibrated = all(
        scores.probability is not None for date in dates for scores in (date.before, date.after)
    )
    return {**_RANKED, **_CALIBRATED} if calibrated else _RANKED


def _known(scores: Scores) -> Floats:
    if scores.probability is None:
        raise ValueError("a score that was never calibrated has no probability")
    return scores.probability
