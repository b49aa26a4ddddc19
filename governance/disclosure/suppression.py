"""Which sums of which groups to withhold, so that no withheld small count can be worked out.

A small count is safe when another table, agreeing with everything printed, puts
any count from 1 to 5 in its place. Such tables are found by *moves*: people moved
between outcomes of one group, and back again in a partner group, so that what is
printed of either, and of everyone, stays as it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import product

import numpy as np

from governance.fairness.counts import CELLS, SUMS, Counts

Range = tuple[int, int]


class Shown(StrEnum):
    """How much of one group is printed, from all its sums to none."""

    EVERYTHING = "everything"
    MARGINS = "margins"
    SELECTION = "selection"
    OUTCOMES = "outcomes"
    SIZE = "size"
    NOTHING = "nothing"

    @property
    def sums(self) -> frozenset[str]:
        """Names of the sums that are printed."""
        return _PRINTED[self]

    @property
    def hides(self) -> int:
        """Number of sums withheld."""
        return len(SUMS) - len(self.sums)


_BY_OUTCOME = {name for name, cells in SUMS.items() if (cells[:3] == cells[3:]).all()}
_BY_SELECTION = {
    name for name, cells in SUMS.items() if len({*cells[:3]}) == len({*cells[3:]}) == 1
}
_PRINTED = {
    Shown.EVERYTHING: frozenset(SUMS),
    Shown.MARGINS: frozenset(_BY_OUTCOME | _BY_SELECTION),
    Shown.SELECTION: frozenset(_BY_SELECTION),
    Shown.OUTCOMES: frozenset(_BY_OUTCOME),
    Shown.SIZE: frozenset({"n"}),
    Shown.NOTHING: frozenset[str](),
}
_MOVES = np.array([move for move in product((-1, 0, 1), repeat=len(CELLS)) if any(move)])
_ALLOWED = {
    shown: np.logical_and.reduce(
        [_MOVES @ SUMS[name] == 0 for name in sorted(sums)], initial=True, axis=0
    )
    * np.ones(len(_MOVES), dtype=bool)
    for shown, sums in _PRINTED.items()
}
MOST_STEPS = 4  # moves tried one after another against the same partner


@dataclass(frozen=True)
class Need:
    """A withheld sum of one group that must be able to move this far in this direction."""

    group: int
    cells: Counts
    direction: int
    distance: int


def choose_shown(counts: Counts, protects: Range) -> tuple[list[Shown], Shown]:
    """How much of each group, and of everyone, may be printed together.

    Parameters
    ----------
    counts : int64 array, shape (groups, 6)
        True counts in the order of `CELLS`; the groups part everyone between them.
    protects : tuple of int, int
        Closed range of small counts, and what must stay possible for each of them.

    Returns
    -------
    tuple of list of Shown, Shown
        For each group, and for everyone.

    References
    ----------
    Duncan, Elliot & Salazar-González 2011, *Statistical Confidentiality*, ch. 4:
    primary and complementary cell suppression, and the feasibility interval of a
    suppressed cell. The search here is a heuristic: it may hide more than it must,
    never less.
    """
    everyone = counts.sum(axis=0)
    sums = sums_in_play(everyone)
    if any(_is_small(everyone @ cells, protects) for cells in sums.values()):
        # Counts this small describe the whole cohort: nothing of it can be broken down.
        size = Shown.NOTHING if _is_small(int(everyone.sum()), protects) else Shown.SIZE
        return [Shown.NOTHING] * len(counts), size
    shown = [_first_choice(row, sums, protects) for row in counts]
    needs = list(_needs(counts, sums, protects))
    while exposed := next((need for need in needs if not is_met(need, counts, shown)), None):
        # With every group withheld a count can be anything up to everyone's, which is large.
        if all(level is Shown.NOTHING for level in shown):
            break
        shown = _cheapest_cover(exposed, counts, shown) or _one_step_coarser(exposed, counts, shown)
    return _relaxed(shown, counts, needs, sums, protects), Shown.EVERYTHING


def sums_in_play(everyone: Counts) -> dict[str, Counts]:
    """Sums over outcomes that exist at all: with every label known, `unknown` is no count."""
    by_outcome = everyone.reshape(2, 3).sum(axis=0) > 0
    exists = np.tile(by_outcome, 2)
    return {name: cells for name, cells in SUMS.items() if (cells * exists).any()}


def _is_small(count: int, protects: Range) -> bool:
    return protects[0] <= count <= protects[1]


def _first_choice(row: Counts, sums: dict[str, Counts], protects: Range) -> Shown:
    """Most that can be printed of a group without printing a small count."""
    small = {name for name, cells in sums.items() if _is_small(int(row @ cells), protects)}
    return next(shown for shown in sorted(Shown, key=lambda s: s.hides) if not small & shown.sums)


def _needs(counts: Counts, sums: dict[str, Counts], protects: Range) -> Iterator[Need]:
    low, high = protects
    for group, row in enumerate(counts):
        for cells in sums.values():
            count = int(row @ cells)
            if _is_small(count, protects):
                yield Need(group, cells, 1, high - count)
                yield Need(group, cells, -1, count - low)


def is_met(need: Need, counts: Counts, shown: Sequence[Shown]) -> bool:
    """Whether the sum can go the distance, step by step, against one partner after another."""
    here, left = counts[need.group], need.distance
    for partner in np.argsort(-counts.sum(axis=1)):
        moves = _moves(shown[need.group], shown[partner], tuple(need.cells), need.direction)
        if left and partner != need.group and len(moves):
            here, left = _pass(here, counts[partner], moves, left)
    return left == 0


@lru_cache(maxsize=4096)
def _moves(own: Shown, other: Shown, cells: tuple[int, ...], direction: int) -> Counts:
    """Moves that change the sum by one and leave what is printed of both groups as it is."""
    moves: Counts = _MOVES[
        _ALLOWED[own] & _ALLOWED[other] & (_MOVES @ np.array(cells) == direction)
    ]
    return moves


def _pass(here: Counts, there: Counts, moves: Counts, distance: int) -> tuple[Counts, int]:
    """Counts here after as many steps as leave none below zero, and the steps still to go."""
    left = distance
    for _ in range(MOST_STEPS):
        room = np.where(moves < 0, here, np.where(moves > 0, there, left)).min(axis=1)
        best = int(room.argmax())
        length = min(int(room[best]), left)
        here, there, left = here + length * moves[best], there - length * moves[best], left - length
        if left == 0 or length == 0:
            break
    return here, left


def _cheapest_cover(need: Need, counts: Counts, shown: list[Shown]) -> list[Shown] | None:
    """Least loss of printed sums, in the group and one partner, that meets the need."""
    weight = 1 + counts.sum(axis=1) / max(1, counts.sum())

    def loss(step: tuple[Shown, int, Shown]) -> float:
        own, partner, other = step
        return float(
            (own.hides - shown[need.group].hides) * weight[need.group]
            + (other.hides - shown[partner].hides) * weight[partner]
        )

    steps = [
        (own, partner, other)
        for partner in range(len(counts))
        if partner != need.group
        for own in _coarser(shown[need.group])
        for other in _coarser(shown[partner])
    ]
    for own, partner, other in sorted(steps, key=loss):
        trial = list(shown)
        trial[need.group], trial[partner] = own, other
        if is_met(need, counts, trial):
            return trial
    return None


def _one_step_coarser(need: Need, counts: Counts, shown: list[Shown]) -> list[Shown]:
    """A little more withheld, where no one partner suffices: of the group, else of the smallest."""
    order = [need.group, *map(int, np.argsort(counts.sum(axis=1)))]
    group = next(g for g in order if shown[g] is not Shown.NOTHING)
    trial = list(shown)
    trial[group] = min(
        (level for level in _coarser(shown[group]) if level is not shown[group]),
        key=lambda level: level.hides,
    )
    return trial


def _coarser(shown: Shown) -> list[Shown]:
    return [other for other in Shown if other.sums <= shown.sums]


def _relaxed(
    shown: list[Shown],
    counts: Counts,
    needs: list[Need],
    sums: dict[str, Counts],
    protects: Range,
) -> list[Shown]:
    """The same choice, with what turned out not to be needed printed again."""
    for group in np.argsort(-counts.sum(axis=1)):
        first = _first_choice(counts[group], sums, protects)
        for level in sorted(Shown, key=lambda s: s.hides):
            if level.hides >= shown[group].hides:
                break
            trial = [*shown[:group], level, *shown[group + 1 :]]
            if level.sums <= first.sums and all(is_met(n, counts, trial) for n in needs):
                shown = trial
                break
    return shown
