"""Plain columns as the scored rows an assessment reads, or what is wrong with them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from governance.scored import CHECKED
from governance.weights import WEIGHT, weight_faults
from hearth.definition import Capacity
from hearth.errors import DataError, Fault

CANDIDATE = "the given score"
_GROUP = "group "
MOST_GROUPS = 100
"""Different values of a column of groups: more is an identifier or a figure, taken by mistake."""

_WHOLE_FILE = "all rows"
_NO_DAY = pd.Timestamp("2000-01-01")
_TRUE, _FALSE = {"1", "1.0", "true", "yes", "y"}, {"0", "0.0", "false", "no", "n"}
_WRITE_A_DATE = "write year-month-day, such as 2026-04-01"


def scored_rows(
    frame: pd.DataFrame, *, capacity: Capacity | None, is_probability: bool, disclosure: str
) -> pd.DataFrame:
    """Rows as an assessment reads them.

    Parameters
    ----------
    frame : DataFrame
        `label`, and those of `score`, `selected`, `observed`, `checked`, `weights`, `entity` and `day`
        that were given.
    capacity : Capacity, optional
        How many come on the list, by score; None where `selected` says who did.
    is_probability : bool
    disclosure : str
        Name of the disclosure policy.

    Raises
    ------
    DataError
        Naming every column that cannot be used, never a value in it.
    """
    faults = list(_faults(frame, capacity, disclosure, is_probability=is_probability))
    if faults:
        raise DataError(faults)
    label = truth(frame["label"], "label", "rows")
    observed = label.notna()
    if "observed" in frame:
        observed &= truth(frame["observed"], "observed", "rows").fillna(value=False).astype(bool)
    day = _days(frame)
    rows = pd.DataFrame(
        {
            "split": day,
            "as_of": pd.to_datetime(day) if "day" in frame else _NO_DAY,
            "entity_id": (frame["entity"] if "entity" in frame else frame.index.to_series()).astype(str),
            "candidate": CANDIDATE,
            "score": frame["score"].astype(float) if "score" in frame else np.nan,
            "calibrated": is_probability,
            "label": label,
            "observed": observed,
        }
    )  # fmt: skip
    rows["selected"] = (
        truth(frame["selected"], "selected", "rows").fillna(value=False).astype(bool)
        if capacity is None
        else _first(rows, capacity)
    )
    if "checked" in frame:
        rows[CHECKED] = truth(frame["checked"], "checked", "rows")
    if "weights" in frame:
        rows[WEIGHT] = pd.to_numeric(frame["weights"])
    return rows


def truth(values: pd.Series, column: str, file: str) -> "pd.Series[Any]":
    """Yes and no as a nullable boolean.

    Raises
    ------
    DataError
        If anything else stands there.
    """
    text = values.astype("string").str.strip().str.lower()
    known = text.isin(_TRUE | _FALSE)
    wrong = int((~known & text.notna() & (text != "")).sum())
    if wrong:
        raise DataError(
            [Fault(file, column, f"holds {wrong:,} values that are neither yes nor no", "write 1 and 0; leave it empty where nobody knows")]
        )  # fmt: skip
    return text.isin(_TRUE).astype("boolean").mask(~known)


def _days(frame: pd.DataFrame) -> pd.Series:
    """The day of each row; one name for all where none is given."""
    return frame["day"].astype("string") if "day" in frame else pd.Series(_WHOLE_FILE, frame.index)


def _faults(
    frame: pd.DataFrame, capacity: Capacity | None, disclosure: str, *, is_probability: bool
) -> Iterator[Fault]:
    """Everything missing or unusable, column by column."""
    if frame.empty:
        yield Fault("rows", "", "there is none", "give a row for each entity")
    if capacity is None and "selected" not in frame:
        yield Fault("rows", "selected", "is missing", "say who is on the list, or give a capacity")
    if capacity is not None and "selected" in frame:
        yield Fault("rows", "selected", "stands beside a capacity", "give one of them")
    yield from _score_faults(frame, capacity, is_probability=is_probability)
    yield from _weights_faults(frame, capacity, disclosure)
    yield from _group_faults(frame)
    for column in {"entity", "day"} & set(frame):
        missing = int(frame[column].isna().sum())
        if missing:
            yield Fault("rows", column, f"{missing:,} rows have none", "fill it")
    if "day" in frame:
        day = frame["day"].dropna().astype("string")
        wrong = int(pd.to_datetime(day, errors="coerce", format="%Y-%m-%d").isna().sum())
        if wrong:
            yield Fault("rows", "day", f"{wrong:,} rows hold no date", _WRITE_A_DATE)


def _group_faults(frame: pd.DataFrame) -> Iterator[Fault]:
    for column in map(str, frame):
        found = frame[column].nunique() if column.startswith(_GROUP) else 0
        if found > MOST_GROUPS:
            said = f"holds {found:,} different values, and groups are {MOST_GROUPS} at most"
            remedy = "name a column of groups, or put values together first"
            yield Fault("rows", column.removeprefix(_GROUP), said, remedy)


def _weights_faults(
    frame: pd.DataFrame, capacity: Capacity | None, disclosure: str
) -> Iterator[Fault]:
    if "weights" not in frame:
        return
    yield from weight_faults(
        frame["weights"], _days(frame).fillna(""), disclosure, file="rows", column="weights"
    )
    if capacity is not None:
        yield Fault(
            "rows",
            "weights",
            "stand beside a capacity: in a sample nobody can tell how far the whole list reaches",
            "say who is on the list",
        )


def _score_faults(
    frame: pd.DataFrame, capacity: Capacity | None, *, is_probability: bool
) -> Iterator[Fault]:
    needed = capacity is not None or is_probability
    if "score" not in frame:
        if needed:
            yield Fault("rows", "score", "is missing", "give each row's score")
        return
    score = pd.to_numeric(frame["score"], errors="coerce")
    missing = int((~np.isfinite(score)).sum())
    if missing:
        found = f"{missing:,} rows have none, or it is no number"
        yield Fault("rows", "score", found, "give each row's score")
    elif is_probability and not score.between(0, 1).all():
        found = "lies outside 0 to 1, where probabilities lie"
        yield Fault("rows", "score", found, "do not call it a probability")


def _first(rows: pd.DataFrame, capacity: Capacity) -> "pd.Series[bool]":
    """Who comes on each day's list: the highest scores, and of equal ones those that stand first."""
    place = rows.groupby("split")["score"].rank(method="first", ascending=False)
    size = rows.groupby("split")["score"].transform("size").map(capacity.of)
    return place <= size
