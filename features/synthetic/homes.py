"""Who lives in which home when: families move month by month, and some homes are let to sharers."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.families import Families, Memberships
from features.synthetic.places import RENTED, Places
from features.synthetic.timeline import (
    EXTRACT,
    MONTH_STARTS,
    OPEN,
    START,
    YEAR,
    Flags,
    Floats,
    Ints,
)

_MOVES_PER_YEAR: Final = np.array([0.035, 0.26, 0.05])  # owned, private rented, social rented
_SHARED_AT_START: Final = 0.036
_SHARED_NEW_PER_YEAR: Final = 0.0036
_SHARED_END_PER_YEAR: Final = 0.05


@dataclass(frozen=True)
class Spells:
    """Occupation of homes: `who` (a family, or a shared let) in `home` from `start` until `end`."""

    who: Ints
    home: Ints
    start: Ints
    end: Ints

    def __len__(self) -> int:
        return len(self.who)


@dataclass(frozen=True)
class Settlement:
    """Homes of the families, and the homes let to sharers (`who` is then −1)."""

    families: Spells
    shared: Spells


class _Town:
    """State of the monthly walk: where each family lives, and which homes stand empty."""

    def __init__(self, rng: np.random.Generator, places: Places, families: Families) -> None:
        self.rng, self.places, self.families = rng, places, families
        self.home = np.full(len(families), -1, dtype=np.int64)
        self.since = np.zeros(len(families), dtype=np.int64)
        self.home[: families.initial] = families.first_home
        stay = (rng.exponential(7 * YEAR, families.initial)).astype(np.int64)
        self.since[: families.initial] = START - 1 - stay
        self.empty = np.setdiff1d(np.flatnonzero(places.is_residential), families.first_home)
        self.done: list[tuple[Ints, Ints, Ints, Ints]] = []
        self.shared_home, self.shared_since = self._first_shared()
        self.shared_done: list[tuple[Ints, Ints, Ints]] = []

    def _first_shared(self) -> tuple[Ints, Ints]:
        wanted = int(_SHARED_AT_START * len(self.places))
        chosen = self._choose_shared(min(wanted, len(self.empty) // 2))
        return chosen, START - self.rng.integers(30, int(8 * YEAR), len(chosen))

    def _choose_shared(self, count: int) -> Ints:
        lean = 3.0 * (self.places.tenure[self.empty] == RENTED) + 0.2
        lean = lean * (1 + self.places.floor_area[self.empty] / 80)
        lean = lean * np.exp(-0.12 * self.places.decile[self.empty])
        key = self.rng.exponential(1.0, len(self.empty)) / lean
        order = np.argsort(key)
        chosen = self.empty[order[:count]]
        self.empty = np.sort(self.empty[order[count:]])
        return chosen

    def leave(self, who: Ints, days: Ints) -> Ints:
        """End the spells of families; their homes, which stand empty from next month."""
        homes = self.home[who]
        self.done.append((who, homes, self.since[who], days))
        self.home[who] = -1
        return homes

    def settle(self, who: Ints, wished: Floats, days: Ints) -> Ints:
        """Give families homes in areas like those they wish for; the families that found one."""
        count = min(len(who), len(self.empty))
        if count == 0:
            return who[:0]
        picked = self.rng.permutation(len(self.empty))[:count]
        seeker = self.rng.permutation(len(who))[:count]
        homes = self.empty[picked]
        by_wish = np.argsort(wished[seeker] + self.rng.normal(0, 1.0, count), kind="stable")
        by_area = np.argsort(self.places.decile[homes] + self.rng.random(count), kind="stable")
        found = who[seeker[by_wish]]
        self.home[found] = homes[by_area]
        self.since[found] = days[seeker[by_wish]]
        self.empty = np.delete(self.empty, picked)
        return found

    def share(self, day: int) -> Ints:
        """Let empty homes to sharers, and end some shared lets; the homes so freed."""
        months = 1 / 12
        new = self._choose_shared(
            min(
                int(self.rng.poisson(_SHARED_NEW_PER_YEAR * months * len(self.places))),
                len(self.empty),
            )
        )
        ends = self.rng.random(len(self.shared_home)) < _SHARED_END_PER_YEAR * months
        freed = self.shared_home[ends]
        self.shared_done.append((freed, self.shared_since[ends], np.full(len(freed), day)))
        self.shared_home = np.concatenate([self.shared_home[~ends], new])
        self.shared_since = np.concatenate([self.shared_since[~ends], np.full(len(new), day)])
        return freed


def settle(rng: np.random.Generator, places: Places, families: Families) -> Settlement:
    """Spells of all families and shared lets from before 2016 to the extract.

    A home that falls empty is let again from the next month, so that spells never overlap. Movers
    go to areas about as deprived as the one they leave.
    """
    town = _Town(rng, places, families)
    mobility = np.exp(0.3 * families.adversity)
    for month, first in enumerate(MONTH_STARTS):
        day = first + rng.integers(0, 28, len(families))
        lives_here = town.home >= 0
        gone = np.flatnonzero(lives_here & (families.exits == month))
        freed = town.leave(gone, day[gone])
        freed = np.concatenate([freed, town.share(int(first))])
        comes = np.flatnonzero(~lives_here & (families.arrives <= month) & (families.exits > month))
        comes = comes[families.arrives[comes] >= 0]
        town.settle(comes, families.decile[comes].astype(np.float64), day[comes])
        movers = _movers(rng, town, places, mobility)
        movers = movers[np.isin(movers, comes, invert=True)][: len(town.empty)]
        wished = places.decile[town.home[movers]].astype(np.float64)
        freed = np.concatenate([freed, town.leave(movers, day[movers])])
        town.settle(movers, wished, day[movers])
        town.empty = np.concatenate([town.empty, freed])
    return Settlement(*_closed(town))


def _movers(rng: np.random.Generator, town: _Town, places: Places, mobility: Floats) -> Ints:
    here = np.flatnonzero(town.home >= 0)
    chance = _MOVES_PER_YEAR[places.tenure[town.home[here]]] / 12 * mobility[here]
    return rng.permutation(here[rng.random(len(here)) < chance])


def _closed(town: _Town) -> tuple[Spells, Spells]:
    here = np.flatnonzero(town.home >= 0)
    rows = [*town.done, (here, town.home[here], town.since[here], np.full(len(here), OPEN))]
    families = Spells(*(np.concatenate([row[i] for row in rows]) for i in range(4)))
    lets = [
        *town.shared_done,
        (town.shared_home, town.shared_since, np.full(len(town.shared_home), OPEN)),
    ]
    home, start, end = (np.concatenate([row[i] for row in lets]) for i in range(3))
    return families, Spells(np.full(len(home), -1), home, start, end)


def residences(memberships: Memberships, homes: Spells) -> Spells:
    """Spells of persons: while a member of a family, they live where it lives."""
    order = np.lexsort((homes.start, homes.who))
    families = homes.who[order]
    first = np.searchsorted(families, memberships.family, side="left")
    count = np.searchsorted(families, memberships.family, side="right") - first
    row = np.repeat(np.arange(len(count)), count)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    spell = order[first[row] + offset]
    start = np.maximum(memberships.start[row], homes.start[spell])
    end = np.minimum(memberships.end[row], homes.end[spell])
    holds = (start < end) & (start < EXTRACT)
    return Spells(
        memberships.person[row][holds], homes.home[spell][holds], start[holds], end[holds]
    )


def home_on(spells: Spells, who: Ints, days: Ints) -> Ints:
    """Home of each person (or family) on a day; −1 where they lived in none."""
    order = np.lexsort((spells.start, spells.who))
    key = spells.who[order] * _KEY + (spells.start[order] + _SHIFT)
    at = np.searchsorted(key, who * _KEY + (days + _SHIFT), side="right") - 1
    spell = order[np.maximum(at, 0)]
    holds: Flags = (at >= 0) & (spells.who[spell] == who) & (days < spells.end[spell])
    return np.where(holds, spells.home[spell], -1)


_SHIFT: Final = 200_000  # days may be negative
_KEY: Final = 2_000_000
