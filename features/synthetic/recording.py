"""How events fall in time, and how long they take to reach the council's records."""

from typing import Any

import numpy as np
import numpy.typing as npt

from features.synthetic.timeline import EXTRACT, START, YEAR, Floats, Ints

Frame = dict[str, npt.NDArray[Any]]
"""Columns of a table by name, all of one length: day numbers, codes, numbers or true and false."""


def scatter(
    rng: np.random.Generator, start: Ints, end: Ints, per_year: Floats
) -> tuple[Ints, Ints]:
    """Events of a Poisson process within spells, clipped to the years the council holds.

    Returns
    -------
    tuple
        Row of the spell, and day, of each event; unordered.
    """
    first = np.maximum(start, START)
    days = np.maximum(np.minimum(end, EXTRACT) - first, 0)
    count = rng.poisson(per_year * days / YEAR)
    row = np.repeat(np.arange(len(start)), count)
    return row, first[row] + (rng.random(len(row)) * days[row]).astype(np.int64)


def recorded(rng: np.random.Generator, days: Ints, typical: float, spread: float = 0.7) -> Ints:
    """Day on which each event was recorded: at least a day later, `typical` days in the middle."""
    lag = typical * np.exp(spread * rng.standard_normal(len(days)))
    return days + 1 + lag.astype(np.int64)


def happens(rng: np.random.Generator, share: float | Floats, size: int) -> npt.NDArray[np.bool_]:
    """Whether each of `size` things happens, to a share of them or with a chance each."""
    drawn: npt.NDArray[np.bool_] = rng.random(size) < share
    return drawn


def pick(rng: np.random.Generator, shares: tuple[float, ...], size: int) -> Ints:
    """Code from 0 for each of `size` rows, by shares that sum to one."""
    bounds = np.cumsum(shares)[:-1]
    return np.searchsorted(bounds, rng.random(size), side="right").astype(np.int64)


def chance(log_odds: Floats) -> Floats:
    """Probability of log odds."""
    return 1.0 / (1.0 + np.exp(-log_odds))


def take(frame: Frame, rows: npt.NDArray[Any]) -> Frame:
    """Rows of a frame, by mask or by place."""
    return {name: column[rows] for name, column in frame.items()}


def stack(frames: list[Frame]) -> Frame:
    """Frames of the same columns, one below the other."""
    return {name: np.concatenate([frame[name] for frame in frames]) for name in frames[0]}
