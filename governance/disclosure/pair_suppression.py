"""Which pairs of groups of two attributes to withhold, beside the attributes' own tables."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from governance.disclosure.suppression import MOST_STEPS, Need, Range, Shown, is_met, sums_in_play
from governance.fairness.counts import Counts


def choose_shown_pairs(
    counts: Counts, first: Sequence[Shown], second: Sequence[Shown], protects: Range
) -> NDArray[np.bool_]:
    """Which pairs of groups of two attributes may be printed whole beside both attributes' tables.

    Parameters
    ----------
    counts : int64 array, shape (first, second, 6)
        True counts of each pair.
    first, second : sequence of Shown
        How much of each attribute's groups is printed.
    protects : tuple of int, int
        As for `choose_shown`.

    Returns
    -------
    array of bool, shape (first, second)
        All false where no choice of pairs is safe.
    """
    shown = np.logical_and.outer(
        [level is Shown.EVERYTHING for level in first],
        [level is Shown.EVERYTHING for level in second],
    )
    sums = sums_in_play(counts.sum(axis=(0, 1)))
    if not sums:
        return shown
    values = np.stack([counts @ cells for cells in sums.values()], axis=-1)
    small = (values >= protects[0]) & (values <= protects[1])
    shown &= ~small.any(axis=-1)
    for a, b, index in np.argwhere(small):
        cells, count = list(sums.values())[index], int(values[a, b, index])
        for direction, distance in ((1, protects[1] - count), (-1, count - protects[0])):
            need = Need(a, cells, direction, distance)
            if _is_met_in_lines(need, counts, b, first) or _is_met_in_lines(
                replace(need, group=b), counts.swapaxes(0, 1), a, second
            ):
                continue
            corners = _cheapest_corners(counts, shown, (a, b), direction * cells, distance)
            if corners is None:
                return np.zeros_like(shown)
            for c, d in corners:
                shown[a, d] = shown[c, b] = shown[c, d] = False
    return shown


def _is_met_in_lines(need: Need, counts: Counts, across: int, shown: Sequence[Shown]) -> bool:
    """Whether a pair's sum can move because the group it lies in, and a partner group, can.

    Neither group has a pair printed. People of the outcomes the sum adds up change
    places within this pair's column, the others within any, so the columns' sums stay.
    """
    mixed = np.where(need.cells == 1, counts[:, across], counts.sum(axis=1))
    return is_met(need, mixed, shown)


def _cheapest_corners(
    counts: Counts, shown: NDArray[np.bool_], at: tuple[int, int], change: Counts, distance: int
) -> list[tuple[int, int]] | None:
    """Opposite corners of rectangles of pairs round which `distance` people can be passed.

    People passed round a rectangle leave the sums of its rows and columns as they are.
    """
    a, b = at
    now, corners, left = counts.copy(), list[tuple[int, int]](), distance
    newly = counts.sum(axis=-1) * shown
    loss = newly + newly[a][None, :] + newly[:, b][:, None]
    is_rising = bool((change > 0).any())
    while left and len(corners) < MOST_STEPS:
        side, opposite = (
            np.minimum(now[a][None, :, :], now[:, b][:, None, :]),
            np.minimum(now[a, b], now),
        )
        room = (side if is_rising else opposite) * np.abs(change)
        room[a, :] = room[:, b] = 0
        reach = np.minimum(room.sum(axis=-1), left)
        # The most people at once, and of corners that pass as many the one that hides fewest.
        best = np.unravel_index(np.lexsort((loss.ravel(), -reach.ravel()))[0], reach.shape)
        c, d = int(best[0]), int(best[1])
        if reach[c, d] == 0:
            return None
        passed = _first_of(room[c, d], int(reach[c, d])) * np.sign(change.sum())
        now[a, b] += passed
        now[c, d] += passed
        now[a, d] -= passed
        now[c, b] -= passed
        left -= int(reach[c, d])
        corners.append((c, d))
    return None if left else corners


def _first_of(room: Counts, wanted: int) -> Counts:
    """As many as wanted, taken from the cells in order."""
    before = np.cumsum(room) - room
    taken: Counts = np.minimum(room, np.maximum(0, wanted - before))
    return taken
