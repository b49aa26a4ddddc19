"""Unrelated people who share a home: the occupants of houses in multiple occupation."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.ethnicity import BROAD_OF_GROUP, GROUPS, Mix
from features.synthetic.families import PERSONS_PER_BLOCK
from features.synthetic.homes import Spells
from features.synthetic.names import draw_forenames, draw_surnames
from features.synthetic.places import Places
from features.synthetic.recording import happens
from features.synthetic.timeline import EXTRACT, START, YEAR, Flags, Floats, Ints

_OCCUPANTS: Final = np.array([3, 4, 5, 6, 7, 9])
_OCCUPANT_SHARES: Final = np.array([0.27, 0.26, 0.22, 0.14, 0.07, 0.04])
_STAY_YEARS: Final = 2.0
_SHARE_MEN: Final = 0.58
_SHARE_STUDENT_LETS: Final = 0.25
_MOST_STAYS: Final = 24
_ORDERLY_ABOVE: Final = 0.6
_KNOWN_IF_ORDERLY: Final = 0.60
_KNOWN_IF_NOT: Final = 0.07
_KNOWN_IF_LEAD: Final = 0.85
"""Share of sharers whom any register knows; a landlord who dodges one rule dodges others."""


@dataclass(frozen=True)
class Sharers:
    """Shared lets and the people in them.

    Parameters
    ----------
    occupants
        Number of occupants of each let.
    diligence
        Of the landlord of each let, standard normal: who applies for a licence, and who does not.
    let
        Let each sharer lives in; persons are numbered after the families' people.
    is_lead
        Whether the sharer is the one whose name stands on the bills.
    is_known
        Whether the council's registers know the sharer.
    """

    lets: Spells
    occupants: Ints
    diligence: Floats
    is_student: Flags
    let: Ints
    is_lead: Flags
    start: Ints
    end: Ints
    number: Ints
    birth: Ints
    boy: Ints
    group: Ints
    forename: Ints
    surname: Ints
    is_known: Flags


def make_sharers(
    rng: np.random.Generator, mix: Mix, places: Places, lets: Spells, *, block: int, people: int
) -> Sharers:
    """Occupants of each let, who come and go room by room."""
    size = len(lets)
    occupants = rng.choice(_OCCUPANTS, size=size, p=_OCCUPANT_SHARES)
    diligence = rng.standard_normal(size)
    room = np.repeat(np.arange(size), occupants)
    stays = rng.exponential(_STAY_YEARS * YEAR, (len(room), _MOST_STAYS)).astype(np.int64) + 30
    began = np.maximum(lets.start[room], START - int(2 * YEAR))
    ends = began[:, None] + stays.cumsum(axis=1)
    starts = ends - stays
    close = np.minimum(lets.end[room], EXTRACT + int(YEAR))[:, None]
    lived = (starts < np.minimum(close, EXTRACT)) & (ends > START)
    let = np.broadcast_to(room[:, None], lived.shape)[lived]
    start = starts[lived]
    end = np.minimum(ends, lets.end[room][:, None])[lived]
    lead_room = np.concatenate([[True], room[1:] != room[:-1]])[: len(room)]
    is_lead = np.broadcast_to(lead_room[:, None], lived.shape)[lived]
    count = len(let)
    decile = places.decile[lets.home[let]]
    group = (rng.random(count)[:, None] > mix.group_by_decile.cumsum(axis=1)[decile]).sum(axis=1)
    group = np.minimum(group, len(GROUPS) - 1)
    boy = happens(rng, _SHARE_MEN, count).astype(np.int64)
    known = np.where(diligence[let] > _ORDERLY_ABOVE, _KNOWN_IF_ORDERLY, _KNOWN_IF_NOT)
    known = np.where(is_lead, _KNOWN_IF_LEAD, known)
    broad = BROAD_OF_GROUP[group]
    first = 10_000_000 + block * PERSONS_PER_BLOCK + people
    return Sharers(
        lets=lets,
        occupants=occupants,
        diligence=diligence,
        is_student=happens(rng, _SHARE_STUDENT_LETS, size),
        let=let,
        is_lead=is_lead,
        start=start,
        end=end,
        number=first + np.arange(count, dtype=np.int64),
        birth=start - ((18 + rng.gamma(2.0, 4.5, count)) * YEAR).astype(np.int64),
        boy=boy,
        group=group,
        forename=draw_forenames(rng, broad, boy),
        surname=draw_surnames(rng, broad),
        is_known=happens(rng, known, count),
    )
