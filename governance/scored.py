"""Scored rows and protected attributes as frames, and what the assessment takes of them."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from governance.fairness.groups import NOT_RECORDED
from governance.fairness.outcomes import Grouping, Outcomes
from hearth.errors import DataError, Fault

COLUMNS = ("split", "as_of", "entity_id", "candidate", "score", "calibrated", "selected", "label", "observed")  # fmt: skip
_KEY = ["entity_id", "as_of"]


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


def outcomes_of(rows: pd.DataFrame) -> Outcomes:
    """Outcomes of one candidate's rows; a row without a label is one nobody looked at."""
    label = rows["label"].astype("boolean")
    return Outcomes(
        selected=rows["selected"].to_numpy(dtype=bool),
        happened=label.fillna(value=False).to_numpy(dtype=bool),
        observed=rows["observed"].to_numpy(dtype=bool) & label.notna().to_numpy(dtype=bool),
        entity=_codes(rows["entity_id"]),
        split=_codes(rows["split"]),
    )


def groups_of(rows: pd.DataFrame, protected: pd.DataFrame, attribute: str) -> Grouping:
    """Each row's group of one attribute, as it stood at the row's as-of date.

    Parameters
    ----------
    rows : DataFrame
        With `entity_id` and `as_of`.
    protected : DataFrame
        One row per `entity_id` and `as_of`; a missing row or value reads "not recorded".

    Raises
    ------
    DataError
        If the attribute is missing, or a key stands twice.
    """
    if attribute not in protected:
        raise DataError(
            [
                Fault(
                    "protected.parquet",
                    attribute,
                    "is missing",
                    "build the matrix again",
                )
            ]
        )
    repeated = int(protected.duplicated(_KEY).sum())
    if repeated:
        raise DataError(
            [Fault("protected.parquet", "entity_id, as_of", f"{repeated} keys stand twice", "build the matrix again")]
        )  # fmt: skip
    joined = _keyed(rows).merge(
        _keyed(protected[[*_KEY, attribute]]),
        on=_KEY,
        how="left",
        validate="many_to_one",
    )
    return Grouping.of(joined[attribute].astype("str").fillna(NOT_RECORDED))


def _keyed(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with keys of one type, however its file stored them."""
    return frame.assign(
        entity_id=frame["entity_id"].astype("string"),
        as_of=pd.to_datetime(frame["as_of"]),
    )


def _codes(values: pd.Series) -> NDArray[np.int64]:
    return pd.factorize(values)[0].astype(np.int64)
