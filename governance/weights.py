"""Sampling weights of scored rows: what is refused, and how they are scaled."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from governance.fairness.weighing import Floats
from hearth.errors import DataError, Fault

WEIGHT = "weight"
"""Optional column of scored rows: how many of those they are drawn from each stands for."""
_PUBLIC = "none"


def weight_faults(
    weight: pd.Series, split: pd.Series, disclosure: str, *, file: str, column: str
) -> Iterator[Fault]:
    """Everything for which weights cannot be used, with the number of rows and never a value.

    Parameters
    ----------
    weight, split : Series, shape (rows,)
        Weights as they are given, and each row's test date.
    disclosure : str
        Name of the disclosure policy.
    file, column : str
        Where they stand, for the message.
    """
    if disclosure != _PUBLIC:
        yield Fault(
            file,
            column,
            f"stand beside the disclosure policy {disclosure}: it protects people who are counted, "
            "and a weighted rate is not made of the counts it protects",
            "leave the weights out, or use the policy none if the data are public",
        )
    number = pd.to_numeric(weight, errors="coerce").astype("float64")
    wrong: dict[str, pd.Series[bool]] = {
        "have none, or it is no number": number.isna(),
        "have one below 0": number < 0,
        "have one without end": number == np.inf,
    }
    for found, rows in wrong.items():
        if rows.any():
            yield Fault(file, column, f"{int(rows.sum()):,} rows {found}", "give each row's weight")
    if not any(rows.any() for rows in wrong.values()):
        total = number.groupby(split.to_numpy()).transform("sum")
        if (total == 0).any():
            yield Fault(
                file,
                column,
                f"are 0 in all {int((total == 0).sum()):,} rows of a test date",
                "give a weight above 0 to those who stand for somebody",
            )


def check_weights(scored: pd.DataFrame, disclosure: str, *, is_alone: bool) -> None:
    """Refuse scored rows with weights that cannot be used; those without any pass.

    Parameters
    ----------
    scored : DataFrame
    disclosure : str
        Name of the disclosure policy.
    is_alone : bool
        Whether nothing else was measured of these rows, by training or beside another version:
        it would have been without weights.

    Raises
    ------
    DataError
        Naming every fault.
    """
    if WEIGHT not in scored:
        return
    file = "scored rows"
    faults = list(
        weight_faults(scored[WEIGHT], scored["split"], disclosure, file=file, column=WEIGHT)
    )
    if not is_alone:
        faults.append(
            Fault(
                file,
                WEIGHT,
                "stands beside figures of training, of analyses or of another version, made without weights",
                "weigh rows that are given alone, as hearth fairness does",
            )
        )
    if faults:
        raise DataError(faults)


def scaled_weights(scored: pd.DataFrame) -> Floats | None:
    """Weights with mean 1 over each candidate's rows of each split, shape (rows,).

    None where there are none, or where they are alike within each: then each row stands for itself.
    """
    if WEIGHT not in scored:
        return None
    number = pd.to_numeric(scored[WEIGHT]).astype("float64")
    by_split = number.groupby([scored["candidate"].to_numpy(), scored["split"].to_numpy()])
    if (by_split.transform("min") == by_split.transform("max")).all():
        return None
    scaled: Floats = (number / by_split.transform("mean")).to_numpy()
    return scaled
