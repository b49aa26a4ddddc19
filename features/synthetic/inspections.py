"""Housing inspections: officers go where complaints are, and find what is there that day."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.block import Block, Topic
from features.synthetic.licensing import Register, sublets
from features.synthetic.recording import Frame, happens, recorded, stack, take
from features.synthetic.scenario import DependsOn
from features.synthetic.timeline import EXTRACT, START, YEAR, Floats, Ints, day

REASONS: Final = ("complaint", "programme", "random")
COMPLAINT, PROGRAMME, RANDOM = range(3)
FINDINGS: Final = ("single_household", "hmo_needs_no_licence", "licensed_hmo", "unlicensed_hmo")
SINGLE, NO_LICENCE_NEEDED, LICENSED, UNLICENSED = range(4)
_QUARTER: Final = YEAR / 4
_BASE: Final = 0.0010
_BY_COMPLAINT: Final = 0.060
_RANDOM: Final = 0.0004
_OF_TENURE: Final = np.array([0.06, 1.0, 0.03, 0.45])
"""Officers act on private lettings: by the tenure the council *knows*, in the order of TENURES."""
_MOST_COMPLAINTS: Final = 6
_APRILS: Final = np.array([day(f"{year}-04-01") for year in range(2015, 2027)])
_BY_TIP: Final = 6.0
_WITHOUT_TIP: Final = 0.5
"""How tips change the worry about homes let without their licence, and about the others."""
_PROVEN: Final = 0.80
"""Share of unlicensed lets that an inspection can prove; the rest look like one household."""
_COMPLIES: Final = 0.8
_AT_LEAST_BETWEEN: Final = 120  # days between two inspections of a home


@dataclass(frozen=True)
class Outcome:
    """Inspections, the applications they led to, and the unlicensed spells as they then ran."""

    frame: Frame
    forced: tuple[Ints, Ints]
    unlicensed_home: Ints
    unlicensed_start: Ints
    unlicensed_end: Ints
    propensity: Frame


def inspect(block: Block, register: Register, complaints: list[tuple[Ints, Ints]]) -> Outcome:
    """Inspections of ten years, quarter by quarter.

    The chance of an inspection rises with the complaints *recorded* in the year before, and turns
    on the tenure as recorded: inspection depends on nothing that the tables do not hold, unless the
    scenario plants tips. A few homes are drawn at random. A home found unlicensed usually applies within weeks.

    Parameters
    ----------
    complaints
        (home, day recorded) of every complaint table.
    """
    officers = _Officers(block, register, complaints)
    for quarter in range(int((EXTRACT - START) / _QUARTER) + 1):
        officers.inspect(START + int(quarter * _QUARTER))
    return officers.outcome()


class _Officers:
    """State of the quarterly walk: where officers went last, and which lets have no licence."""

    def __init__(
        self, block: Block, register: Register, complaints: list[tuple[Ints, Ints]]
    ) -> None:
        self.rng = block.rng(Topic.INSPECTIONS)
        self.block, self.register = block, register
        duty, start, end = register.unlicensed()
        secret = sublets(block)
        lets = block.settlement.shared
        self.home = np.concatenate([lets.home[register.duty_let[duty]], secret.home])
        self.start = np.concatenate([start, secret.start])
        self.end = np.concatenate([end, secret.end])
        self.told_home, self.told_on = (
            np.concatenate(part) for part in zip(*complaints, strict=True)
        )
        self.last = np.full(len(block.places), -10_000, dtype=np.int64)
        self.found: list[Frame] = []
        self.forced: list[tuple[Ints, Ints]] = []
        self.propensity: list[Frame] = []

    def inspect(self, begins: int) -> None:
        """Visit homes in the quarter that begins on a day, and note what is found."""
        rng, homes = self.rng, len(self.block.places)
        settled = self._settled(begins)
        recent = (self.told_on < settled) & (self.told_on >= settled - int(YEAR))
        told = np.bincount(self.told_home[recent], minlength=homes)
        worry = _BASE + _BY_COMPLAINT * np.minimum(told, _MOST_COMPLAINTS)
        worry = worry * _OF_TENURE[self.block.places.recorded_tenure]
        effort = self.block.scenario.inspecting.effort
        by_lot = _RANDOM * effort
        worry = worry * effort * self._tips(begins)
        chance = np.minimum(by_lot + worry, 1.0) * self.block.places.is_residential
        draw = rng.random(homes)
        where = np.flatnonzero((draw < chance) & (begins - self.last >= _AT_LEAST_BETWEEN))
        on = begins + rng.integers(0, int(_QUARTER), len(where))
        followed = np.where(told[where] > 0, COMPLAINT, PROGRAMME)
        finding, spell = self._find(where, on)
        self.last[where] = on
        self.found.append(
            {
                "home": where,
                "inspected_on": on,
                "reason": np.where(draw[where] < by_lot, RANDOM, followed),
                "finding": finding,
            }
        )
        complained = np.flatnonzero(told)
        self.propensity.append(
            {
                "home": complained,
                "quarter_from": np.full(len(complained), begins),
                "propensity": chance[complained],
            }
        )
        self._enforce(where, on, np.where(finding == UNLICENSED, spell, -1))

    def _settled(self, begins: int) -> int:
        """Day by whose records it is settled where to look in the quarter that begins on a day."""
        if not self.block.scenario.inspecting.planned:
            return begins
        return int(_APRILS[np.searchsorted(_APRILS, begins, side="right") - 1])

    def _tips(self, begins: int) -> Floats:
        """By how much tips that no table holds change the worry about each home."""
        homes = len(self.block.places)
        if self.block.scenario.inspecting.depends_on is DependsOn.RECORDED:
            return np.ones(homes)
        let = np.unique(self.home[(self.start <= begins) & (begins < self.end)])
        return np.where(np.isin(np.arange(homes), let), _BY_TIP, _WITHOUT_TIP)

    def _enforce(self, where: Ints, on: Ints, spell: Ints) -> None:
        caught = np.flatnonzero((spell >= 0) & happens(self.rng, _COMPLIES, len(where)))
        applies = on[caught] + self.rng.integers(20, 90, len(caught))
        self.forced.append((where[caught], applies))
        self.end[spell[caught]] = np.minimum(self.end[spell[caught]], applies)

    def _find(self, where: Ints, on: Ints) -> tuple[Ints, Ints]:
        """Finding at each inspected home, and the unlicensed spell it falls in (−1 for none)."""
        lets, register = self.block.settlement.shared, self.register
        spell = _covering(self.home, self.start, self.end, where, on)
        let = _covering(lets.home, lets.start, lets.end, where, on)
        duty_home = lets.home[register.duty_let]
        duty = _covering(duty_home, register.duty_start, register.duty_end, where, on)
        is_proven = happens(self.rng, _PROVEN, len(where))
        in_order = np.where(duty >= 0, LICENSED, NO_LICENCE_NEEDED)
        unproven = np.where((spell >= 0) | (let < 0), SINGLE, in_order)
        return np.where((spell >= 0) & is_proven, UNLICENSED, unproven), spell

    def outcome(self) -> Outcome:
        """Everything found and done, up to the day of the extract."""
        frame = stack(self.found)
        frame = take(frame, frame["inspected_on"] < EXTRACT)
        frame["recorded_on"] = recorded(self.rng, frame["inspected_on"], 8.0, 0.7)
        home, applied = (np.concatenate(part) for part in zip(*self.forced, strict=True))
        return Outcome(
            frame=frame,
            forced=(home, applied),
            unlicensed_home=self.home,
            unlicensed_start=self.start,
            unlicensed_end=self.end,
            propensity=stack(self.propensity),
        )


def _covering(home: Ints, start: Ints, end: Ints, where: Ints, on: Ints) -> Ints:
    """Row of the spell at each home that covers a day; −1 where none does."""
    if len(home) == 0:
        return np.full(len(where), -1, dtype=np.int64)
    order = np.lexsort((start, home))
    key = home[order] * 100_000 + np.clip(start[order] + 20_000, 0, 99_999)
    at = np.searchsorted(key, where * 100_000 + on + 20_000, side="right") - 1
    row = order[np.maximum(at, 0)]
    holds = (at >= 0) & (home[row] == where) & (start[row] <= on) & (on < end[row])
    return np.where(holds, row, -1)
