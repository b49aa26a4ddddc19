"""Scored rows and protected attributes as frames, and what the assessment takes of them."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.fairness.groups import NOT_RECORDED
from governance.fairness.outcomes import Grouping, Outcomes
from governance.weights import scaled_weights
from hearth.errors import DataError, Fault

COLUMNS = ("split", "as_of", "entity_id", "candidate", "score", "calibrated", "selected", "label", "observed")  # fmt: skip
CHECKED = "checked"


def check_scored(scored: pd.DataFrame) -> None:
    """Refuse scored rows without the columns an assessment reads, or without any row.

    Raises
    ------
    DataError
        Naming every missing column.
    """
    faults = [
        Fault("scored.parquet", column, "is missing", "train the model again")
        for column in COLUMNS
        if column not in scored
    ]
    if not faults and scored.empty:
        faults = [Fault("scored.parquet", "", "holds no row", "train the model again")]
    if faults:
        raise DataError(faults)


def rows_of(scored: pd.DataFrame, candidate: str) -> pd.DataFrame:
    """Rows of one candidate.

    Raises
    ------
    DataError
        If there are none, naming the candidates there are.
    """
    rows = scored[scored["candidate"] == candidate]
    if rows.empty:
        found = ", ".join(sorted(set(scored["candidate"])))
        raise DataError(
            [
                Fault(
                    "scored.parquet",
                    "candidate",
                    f"holds no row of {candidate}, which metrics.json says was chosen; it holds {found}",
                    "train the model again",
                )
            ]
        )
    return rows


def outcomes_by_candidate(scored: pd.DataFrame) -> dict[str, Outcomes]:
    """Outcomes of each candidate's rows, in their order; a row without a label is one nobody looked at.

    Entities and splits are numbered alike for all of them, splits by their names' order. The optional
    column `weight` says how many of those they are drawn from each row stands for.
    """
    label = scored["label"].astype("boolean")
    happened = label.fillna(value=False).to_numpy(dtype=bool)
    observed = scored["observed"].to_numpy(dtype=bool) & label.notna().to_numpy(dtype=bool)
    selected = scored["selected"].to_numpy(dtype=bool)
    entity, _ = pd.factorize(scored["entity_id"])
    split = Grouping.of(scored["split"]).codes
    candidate, names = pd.factorize(scored["candidate"])
    weight = scaled_weights(scored)
    return {
        str(name): Outcomes(
            selected[rows],
            happened[rows],
            observed[rows],
            entity[rows].astype(np.int64),
            split[rows],
            None if weight is None else weight[rows],
        )
        for number, name in enumerate(names)
        for rows in [candidate == number]
    }


def checked_outcomes(rows: pd.DataFrame, outcomes: Outcomes) -> Outcomes | None:
    """Recorded outcomes ("selected") beside those found another way ("happened"); None without any.

    The optional column `checked` holds an outcome found another way, such as by looking again at
    some drawn by lot; empty where nobody checked. "Observed" are the rows where both are known.
    """
    if CHECKED not in rows or not rows[CHECKED].notna().any():
        return None
    checked = rows[CHECKED].astype("boolean")
    return Outcomes(
        selected=outcomes.happened,
        happened=checked.fillna(value=False).to_numpy(dtype=bool),
        observed=outcomes.observed & checked.notna().to_numpy(dtype=bool),
        entity=outcomes.entity,
        split=outcomes.split,
        weight=outcomes.weight,
    )


def groups_of(rows: pd.DataFrame, protected: pd.DataFrame, attribute: str) -> Grouping:
    """Each row's group of one attribute; see `groups_by_attribute`."""
    return groups_by_attribute(rows, protected, [attribute])[attribute]


def groups_by_attribute(
    rows: pd.DataFrame, protected: pd.DataFrame, attributes: Sequence[str]
) -> dict[str, Grouping]:
    """Each row's group of every attribute, as it stood at the row's as-of date.

    Parameters
    ----------
    rows : DataFrame
        With `entity_id` and `as_of`.
    protected : DataFrame
        One row per `entity_id` and `as_of`; a missing row or value reads "not recorded".
    attributes : sequence of str
        Columns of `protected`.

    Raises
    ------
    DataError
        If an attribute is missing, or a key stands twice.
    """
    missing = [name for name in attributes if name not in protected]
    if missing:
        raise DataError(
            [Fault("protected.parquet", name, "is missing", "build the matrix again") for name in missing]
        )  # fmt: skip
    if not attributes:
        return {}
    places = _places(rows, protected)
    return {name: _grouping(protected[name], places) for name in attributes}


def _grouping(values: pd.Series, places: NDArray[np.int64]) -> Grouping:
    """Groups of the rows that stand at these places, by those names that some row has."""
    text = values.astype("str")
    codes, names = pd.factorize(text.where(text.notna(), NOT_RECORDED))
    texts = np.array([*map(str, names), NOT_RECORDED], dtype=object)
    unknown = list(texts).index(NOT_RECORDED)
    own = np.append(codes, unknown)[places]  # place −1 is the last
    present = np.flatnonzero(np.bincount(own, minlength=len(texts)))
    present = present[np.argsort(texts[present].astype(str), kind="stable")]
    number = np.zeros(len(texts), dtype=np.int64)
    number[present] = np.arange(len(present))
    return Grouping(tuple(map(str, texts[present])), number[own])


def _places(rows: pd.DataFrame, protected: pd.DataFrame) -> NDArray[np.int64]:
    """Where each row's key stands in the protected attributes; −1 for nowhere."""
    entity, entities = pd.factorize(rows["entity_id"].astype("str"))
    as_of, dates = pd.factorize(pd.to_datetime(rows["as_of"]))
    theirs = pd.Index(entities).get_indexer(pd.Index(protected["entity_id"].astype("str")))
    then = pd.Index(dates).get_indexer(pd.Index(pd.to_datetime(protected["as_of"])))
    shared = np.flatnonzero((theirs >= 0) & (then >= 0))
    key = theirs[shared] * len(dates) + then[shared]
    place = np.full(len(entities) * len(dates), -1, dtype=np.int64)
    place[key] = shared
    repeated = int((place[key] != shared).sum())
    if repeated:
        raise DataError(
            [Fault("protected.parquet", "entity_id, as_of", f"{repeated} keys stand twice", "build the matrix again")]
        )  # fmt: skip
    found: NDArray[np.int64] = place[entity * len(dates) + as_of]
    return found
