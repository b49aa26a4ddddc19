"""Bounds that hold whatever became of those nobody looked at: nothing is assumed of them."""

from dataclasses import dataclass

from training.figures.metrics import Outcomes
from training.figures.ranking import Bools


@dataclass(frozen=True)
class Bounds:
    """Least and greatest value a figure of this cohort can have; None where it cannot exist."""

    low: float | None
    high: float | None


def worst_case(on_list: Bools, outcomes: Outcomes) -> dict[str, Bounds]:
    """Bounds of each figure over everybody, looked at or not.

    With k on the list, tp and fp known on it, fn and tn known off it, u unknown on it and v off it:
    precision lies in [tp/k, (tp+u)/k], recall in [tp/(tp+fn+v), (tp+u)/(tp+fn+u)] and the false
    positive rate in [fp/(fp+tn+v), (fp+u)/(fp+tn+u)]. No narrower bounds hold without an assumption
    of who is looked at.

    Parameters
    ----------
    on_list
        Shape (n,).
    outcomes
        Of the same n rows.

    Returns
    -------
    dict of `precision`, `recall`, `false_positive_rate` and `base_rate` to Bounds in [0, 1]

    References
    ----------
    Manski (1989), Journal of Human Resources 24: 343-360; Manski (2003), Partial Identification of
    Probability Distributions, ch. 1.
    """
    unknown = ~outcomes.observed
    listed = int(on_list.sum())
    found, false = _count(outcomes.positive & on_list), _count(outcomes.negative & on_list)
    missed, cleared = _count(outcomes.positive & ~on_list), _count(outcomes.negative & ~on_list)
    open_on, open_off = _count(unknown & on_list), _count(unknown & ~on_list)
    everybody, known = len(on_list), found + missed
    return {
        "precision": Bounds(_share(found, listed), _share(found + open_on, listed)),
        "recall": _extremes(found, known, open_on, open_off),
        "false_positive_rate": _extremes(false, false + cleared, open_on, open_off),
        "base_rate": Bounds(
            _share(known, everybody), _share(known + open_on + open_off, everybody)
        ),
    }


def _extremes(on: int, known: int, open_on: int, open_off: int) -> Bounds:
    """Bounds of the share on the list of a class of which some are unknown, on it and off it."""
    return Bounds(_share(on, known + open_off), _share(on + open_on, known + open_on))


def _count(rows: Bools) -> int:
    return int(rows.sum())


def _share(above: int, below: int) -> float | None:
    return above / below if below else None
