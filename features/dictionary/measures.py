"""How the values of a feature lie, told so that no figure rests on fewer than ten entities.

Figures are of one as-of date, at which an entity stands once: ten rows are ten entities.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Floats = npt.NDArray[np.float64]

LEAST = 10
"""Entities behind any figure; fewer are withheld (ADR 5: small counts)."""
_SHARES = (0.01, 0.25, 0.5, 0.75, 0.99)
_BARS = 10
_FIGURES = 3


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: which values, and the share of the recorded ones, in [0, 1]."""

    label: str
    share: float | None


@dataclass(frozen=True)
class Distribution:
    """Quantiles by share, to three figures, and bars; None where ten entities do not stand behind."""

    quantiles: dict[str, float | None]
    bars: tuple[Bar, ...]


def missing_share(missing: int, rows: int) -> float | None:
    """Share of rows without a value; None where it, or the rest, is of one to nine entities."""
    if rows == 0 or 0 < missing < LEAST or 0 < rows - missing < LEAST:
        return None
    return round(missing / rows, 3)


def of_numbers(column: pa.ChunkedArray) -> Distribution:
    """Distribution of the recorded values of a number."""
    values = np.sort(column.drop_null().to_numpy())
    quantiles = {f"{round(100 * share)}%": _quantile(values, share) for share in _SHARES}
    return Distribution(quantiles, tuple(_bars(values)))


def of_categories(column: pa.ChunkedArray, categories: Sequence[str]) -> Distribution:
    """Shares of the categories; a lone small one takes the next smallest with it, or it could be told."""
    counted = Counter(column.drop_null().to_pylist())
    total = sum(counted.values())
    small = {name for name in categories if 0 < counted[name] < LEAST}
    if len(small) == 1:
        others = [name for name in categories if counted[name] >= LEAST]
        small |= set(sorted(others, key=lambda name: counted[name])[:1])
    bars = [
        Bar(name, None if name in small else round(counted[name] / total, 3) if total else 0.0)
        for name in categories
    ]
    return Distribution({}, tuple(bars))


def _quantile(values: Floats, share: float) -> float | None:
    """Value at or below which the share lies, where ten stand on either side of it."""
    place = int(np.ceil(share * len(values))) - 1
    if min(place + 1, len(values) - place) < LEAST:
        return None
    return _rounded(float(values[place]))


def _bars(values: Floats) -> list[Bar]:
    """Bars over the values between the outermost hundredths; what lies beyond is in the end bars."""
    if len(values) < 2 * LEAST:
        return []
    outermost = max(LEAST, int(np.ceil(0.01 * len(values))))
    low, high = float(values[outermost - 1]), float(values[-outermost])
    starts = np.unique(np.linspace(low, high, _BARS + 1)[:-1])
    if high - low < _BARS and np.all(values == np.floor(values)):
        starts = np.arange(low, high + 1)
    place = np.maximum(np.searchsorted(starts, values, side="right") - 1, 0)
    counts = np.bincount(place, minlength=len(starts)).tolist()
    kept: list[tuple[float, int]] = []
    for start, count in zip(starts.tolist(), counts, strict=True):
        if kept and (count < LEAST or kept[-1][1] < LEAST):
            kept[-1] = (kept[-1][0], kept[-1][1] + count)
        else:
            kept.append((start, count))
    return [
        Bar(_label(kept, at, values), round(count / len(values), 3))
        for at, (_, count) in enumerate(kept)
    ]


def _label(kept: list[tuple[float, int]], at: int, values: Floats) -> str:
    """Which values a bar is of; one value where all of them are the same."""
    start = _rounded(kept[at][0])
    if np.all(values == start):
        return f"{start:g}"
    if at == len(kept) - 1:
        return f"{start:g} and above" if at else "all"
    upper = _rounded(kept[at + 1][0])
    only = values[(values >= kept[at][0] if at else True) & (values < kept[at + 1][0])]
    if np.all(only == start):
        return f"{start:g}"
    return f"below {upper:g}" if at == 0 else f"{start:g} to below {upper:g}"


def _rounded(value: float) -> float:
    """To three figures, so that no entity's own value is shown."""
    return float(f"{value:.{_FIGURES}g}")
