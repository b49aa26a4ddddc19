"""Licensing of houses in multiple occupation: who needs a licence, who asks for one, who has it.

Five or more occupants of more than one household need a licence since 1 October 2018 (Housing Act
2004 s.55; SI 2018/221). Three or four need one where and while the council has designated their
ward for additional licensing (s.56). An application duly made is a defence (s.72(4)), and a
temporary exemption notice lasts three months (s.62).
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.block import Block, Topic
from features.synthetic.homes import Spells
from features.synthetic.places import RENTED, WARDS_PER_BLOCK
from features.synthetic.recording import Frame, happens, recorded, scatter, stack
from features.synthetic.timeline import EXTRACT, OPEN, START, YEAR, Flags, Ints, day

MANDATORY_FROM: Final = day("2018-10-01")
MANDATORY_OCCUPANTS: Final = 5
# ward of a block: announced, starts, ends
DESIGNATIONS: Final = (
    (0, day("2019-02-20"), day("2019-06-01"), day("2024-06-01")),
    (0, day("2024-06-20"), day("2024-10-01"), day("2029-10-01")),
    (1, day("2021-12-10"), day("2022-04-01"), day("2027-04-01")),
)
SCHEMES: Final = ("additional",)
STEPS: Final = ("received", "refused", "withdrawn")
_LICENCE: Final = int(5 * YEAR)
_PROMPT_ABOVE: Final = 0.75
_TARDY_ABOVE: Final = 0.60
"""Landlords' diligence above which they apply at once, or late; below it they never ask."""
_NEVER: Final = OPEN


@dataclass(frozen=True)
class Register:
    """Duties, applications and licences of shared lets, before anyone inspects.

    Parameters
    ----------
    duty_let, duty_start, duty_end
        Spells in which a let needs a licence.
    applied
        Day of the application under each duty; far off where none is made.
    exempt_from, exempt_until
        Temporary exemption under each duty; empty where the two are equal.
    """

    duty_let: Ints
    duty_start: Ints
    duty_end: Ints
    applied: Ints
    renewed: Ints
    exempt_from: Ints
    exempt_until: Ints

    def unlicensed(self) -> tuple[Ints, Ints, Ints]:
        """Row of the duty, first day and day after the last, of each unlicensed spell."""
        first_end = np.minimum(self.applied, self.exempt_from)
        lapse = np.minimum(self.applied + _LICENCE, self.duty_end)
        lapse_end = np.minimum(self.renewed, self.duty_end)
        rows = np.arange(len(self.duty_let))
        row = np.concatenate([rows, rows])
        start = np.concatenate([self.duty_start, lapse])
        end = np.concatenate([first_end, lapse_end])
        holds = start < end
        return row[holds], start[holds], end[holds]


def make_register(block: Block) -> Register:
    """What each landlord does about each duty, of their own accord."""
    rng = block.rng(Topic.LICENSING)
    let, start, end = _duties(block)
    size = len(let)
    diligence = block.sharers.diligence[let]
    prompt = start + rng.integers(-40, 60, size)
    tardy = start + rng.integers(150, 900, size)
    applied = np.where(
        diligence > _PROMPT_ABOVE, prompt, np.where(diligence > _TARDY_ABOVE, tardy, _NEVER)
    )
    applied = np.where(applied < end, applied, _NEVER)
    on_time = happens(rng, _RENEWS_ON_TIME, size)
    late = rng.integers(60, 700, size)
    renewed = applied + _LICENCE + np.where(on_time, -30, late)
    closing = (end < EXTRACT) & happens(rng, _SEEKS_EXEMPTION, size) & (applied >= _NEVER)
    exempt_from = np.where(closing, np.maximum(end - 85, start), end)
    return Register(let, start, end, applied, renewed, exempt_from, end)


def sublets(block: Block) -> Spells:
    """Homes that tenants of one household sub-let to five people or more, unknown to any register."""
    rng = block.rng(Topic.SUBLETS)
    homes = block.settlement.families
    rented = np.flatnonzero(block.places.tenure[homes.home] == RENTED)
    row, start = scatter(
        rng, homes.start[rented], homes.end[rented], np.full(len(rented), _SUBLET_PER_YEAR)
    )
    home = homes.home[rented[row]]
    end = np.minimum(start + rng.integers(200, 700, len(row)), homes.end[rented[row]])
    held = start >= MANDATORY_FROM
    return Spells(np.full(int(held.sum()), -1), home[held], start[held], end[held])


def _duties(block: Block) -> tuple[Ints, Ints, Ints]:
    lets, occupants = block.settlement.shared, block.sharers.occupants
    large = np.flatnonzero(occupants >= MANDATORY_OCCUPANTS)
    parts = [(large, np.maximum(lets.start[large], MANDATORY_FROM), lets.end[large])]
    ward = block.places.ward[lets.home] % WARDS_PER_BLOCK
    for place, _, begins, ends in DESIGNATIONS:
        small = np.flatnonzero((occupants < MANDATORY_OCCUPANTS) & (ward == place))
        parts.append(
            (small, np.maximum(lets.start[small], begins), np.minimum(lets.end[small], ends))
        )
    let, start, end = (np.concatenate([part[i] for part in parts]) for i in range(3))
    holds = start < np.minimum(end, EXTRACT)
    return let[holds], start[holds], end[holds]


def hmo_designations(block: Block) -> Frame:
    """Designations of wards for additional licensing, applied to every home in the ward."""
    ward = block.places.ward % WARDS_PER_BLOCK
    parts = [
        {
            "home": (homes := np.flatnonzero(ward == place)),
            "ward": block.places.ward[homes],
            "scheme": np.zeros(len(homes), dtype=np.int64),
            "announced_on": np.full(len(homes), announced),
            "starts_on": np.full(len(homes), starts),
            "ends_on": np.full(len(homes), ends),
        }
        for place, announced, starts, ends in DESIGNATIONS
    ]
    return stack(parts)


def hmo_applications(block: Block, register: Register, forced: tuple[Ints, Ints]) -> Frame:
    """Applications received, those made after an inspection among them; few are refused."""
    rng = block.rng(Topic.LICENSING)
    home, applied = _applications(block, register, forced)
    refused = happens(rng, _REFUSED, len(home))
    decided = applied[refused] + rng.integers(60, 200, int(refused.sum()))
    day_of = np.concatenate([applied, decided])
    return {
        "home": np.concatenate([home, home[refused]]),
        "stepped_on": day_of,
        "recorded_on": recorded(rng, day_of, 4.0, 0.5),
        "step": np.concatenate(
            [np.zeros(len(home), dtype=np.int64), 1 + happens(rng, _WITHDRAWN, int(refused.sum()))]
        ),
    }


def hmo_licences(block: Block, register: Register, forced: tuple[Ints, Ints]) -> Frame:
    """Licences granted, some months after the application, for up to five years."""
    rng = block.rng(Topic.LICENSING)
    home, applied = _applications(block, register, forced)
    granted = ~happens(rng, _REFUSED, len(home))  # the same draws as the refusals above
    on = applied[granted] + rng.integers(50, 260, int(granted.sum()))
    return {
        "home": home[granted],
        "granted_on": on,
        "published_on": recorded(rng, on, 12.0, 0.6),
        "expires_on": applied[granted] + _LICENCE,
        "occupants_allowed": 3 + rng.integers(0, 5, int(granted.sum())),
    }


def hmo_exemptions(block: Block, register: Register) -> Frame:
    """Temporary exemption notices served on landlords who are closing a shared let."""
    rng = block.rng(Topic.LICENSING)
    served = register.exempt_from < register.exempt_until
    on = register.exempt_from[served]
    return {
        "home": block.settlement.shared.home[register.duty_let[served]],
        "served_on": on,
        "recorded_on": recorded(rng, on, 4.0, 0.5),
        "lapses_on": register.exempt_until[served],
    }


def _applications(block: Block, register: Register, forced: tuple[Ints, Ints]) -> tuple[Ints, Ints]:
    lets = block.settlement.shared
    first = register.applied < _NEVER
    again = first & (register.renewed < register.duty_end)
    home = lets.home[register.duty_let]
    homes = np.concatenate([home[first], home[again], forced[0]])
    applied = np.concatenate([register.applied[first], register.renewed[again], forced[1]])
    made: Flags = (applied >= START) & (applied < EXTRACT)
    return homes[made], applied[made]


_REFUSED: Final = 0.06
_WITHDRAWN: Final = 0.4  # of applications that fail
_RENEWS_ON_TIME: Final = 0.8
_SEEKS_EXEMPTION: Final = 0.25  # of landlords who close an unlicensed let
_SUBLET_PER_YEAR: Final = 0.025
