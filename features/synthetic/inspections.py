"""Housing inspections: officers go where complaints are, and find what is there that day."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.block import Block, Topic
from features.synthetic.licensing import Register, sublets
from features.synthetic.recording import Frame, recorded
from features.synthetic.timeline import EXTRACT, START, YEAR, Flags, Ints

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
    on the tenure as recorded: inspection depends on nothing that the tables do not hold. A few
    homes are drawn at random. A home found unlicensed usually applies within weeks.

    Parameters
    ----------
    complaints
        (home, day recorded) of every complaint table.
    """
    rng = block.rng(Topic.LICENSING)
    homes = len(block.places)
    duty, start, end = register.unlicensed()
    secret = sublets(block)
    home = np.concatenate([block.settlement.shared.home[register.duty_let[duty]], secret.home])
    start, end = np.concatenate([start, secret.start]), np.concatenate([end, secret.end])
    told_home = np.concatenate([c[0] for c in complaints])
    told_on = np.concatenate([c[1] for c in complaints])
    last = np.full(homes, -10_000, dtype=np.int64)
    found: list[tuple[Ints, Ints, Ints, Ints]] = []
    forced: list[tuple[Ints, Ints]] = []
    propensity: list[tuple[Ints, Ints, np.ndarray]] = []
    for quarter in range(int((EXTRACT - START) / _QUARTER) + 1):
        begins = START + int(quarter * _QUARTER)
        recent = (told_on < begins) & (told_on >= begins - int(YEAR))
        count = np.minimum(np.bincount(told_home[recent], minlength=homes), _MOST_COMPLAINTS)
        worry = (_BASE + _BY_COMPLAINT * count) * _OF_TENURE[block.places.recorded_tenure]
        chance = (_RANDOM + worry) * block.places.is_residential
        draw = rng.random(homes)
        goes = (draw < chance) & (begins - last >= _AT_LEAST_BETWEEN)
        where = np.flatnonzero(goes)
        on = begins + rng.integers(0, int(_QUARTER), len(where))
        reason = np.where(
            draw[where] < _RANDOM, RANDOM, np.where(count[where] > 0, COMPLAINT, PROGRAMME)
        )
        finding, spell = _find(rng, block, where, on, (home, start, end), register)
        last[where] = on
        found.append((where, on, reason, finding))
        propensity.append(
            (np.full(homes, begins)[count > 0], np.flatnonzero(count > 0), chance[count > 0])
        )
        caught = np.flatnonzero((finding == UNLICENSED) & (rng.random(len(where)) < _COMPLIES))
        applies = on[caught] + rng.integers(20, 90, len(caught))
        forced.append((where[caught], applies))
        end[spell[caught]] = np.minimum(end[spell[caught]], applies)
    where, on, reason, finding = (np.concatenate([row[i] for row in found]) for i in range(4))
    held = on < EXTRACT
    return Outcome(
        frame={
            "home": where[held],
            "inspected_on": on[held],
            "recorded_on": recorded(rng, on[held], 8.0, 0.7),
            "reason": reason[held],
            "finding": finding[held],
        },
        forced=(np.concatenate([f[0] for f in forced]), np.concatenate([f[1] for f in forced])),
        unlicensed_home=home,
        unlicensed_start=start,
        unlicensed_end=end,
        propensity={
            "quarter_from": np.concatenate([p[0] for p in propensity]),
            "home": np.concatenate([p[1] for p in propensity]),
            "propensity": np.concatenate([p[2] for p in propensity]),
        },
    )


def _find(
    rng: np.random.Generator,
    block: Block,
    where: Ints,
    on: Ints,
    spells: tuple[Ints, Ints, Ints],
    register: Register,
) -> tuple[Ints, Ints]:
    """Finding at each inspected home, and the unlicensed spell it falls in (−1 for none)."""
    spell = _covering(*spells, where, on)
    lets = block.settlement.shared
    let = _covering(lets.home, lets.start, lets.end, where, on)
    duty_home = lets.home[register.duty_let]
    duty = _covering(duty_home, register.duty_start, register.duty_end, where, on)
    unlicensed: Flags = spell >= 0
    proven = rng.random(len(where)) < _PROVEN
    finding = np.where(
        unlicensed & proven,
        UNLICENSED,
        np.where(unlicensed | (let < 0), SINGLE, np.where(duty >= 0, LICENSED, NO_LICENCE_NEEDED)),
    )
    return finding, spell


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
