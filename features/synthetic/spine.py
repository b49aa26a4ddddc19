"""The people spine, the moves derived from it, and the equality monitoring kept apart."""

from typing import Final

import numpy as np

from features.synthetic.block import Block, Topic
from features.synthetic.ethnicity import BROAD_OF_GROUP
from features.synthetic.families import CHILD, People
from features.synthetic.recording import Frame, happens, pick, recorded, stack, take
from features.synthetic.sharers import Sharers
from features.synthetic.timeline import EXTRACT, OPEN, START, YEAR, Flags, Ints

WITHIN, INTO = 0, 1
MOVE_KINDS: Final = ("within_council", "into_council")
_NOT_RECORDED: Final = -1
_ASKED: Final = (0.96, 0.60)  # children, adults
_SHARERS_ASKED: Final = 0.30
_PREFER_NOT_TO_SAY: Final = 0.05
_DISABILITY_NOT_RECORDED: Final = 0.08
_DISABLED: Final = (0.05, 0.18)  # children, adults


def residents(block: Block) -> Frame:
    """Residence spells of everybody whom the council knows, with names and dates of birth."""
    rng = block.rng(Topic.SPINE)
    people, spells, sharers = block.people, block.residences, block.sharers
    rows = np.flatnonzero(block.is_recorded[spells.who])
    who = spells.who[rows]
    family = {
        "person_id": people.number[who],
        "forename": people.forename[who],
        "surname": people.surname[who],
        "date_of_birth": people.birth[who],
        "home": spells.home[rows],
        "starts_on": spells.start[rows],
        "ends_on": spells.end[rows],
        "starts_known_on": recorded(rng, spells.start[rows], 16.0),
        "ends_known_on": _end_known(rng, spells.end[rows], 24.0),
    }
    is_birth = people.birth[who] == spells.start[rows]
    register = recorded(rng, people.birth[who], 24.0, 0.4)
    family["starts_known_on"] = np.where(is_birth, register, family["starts_known_on"])
    known = np.flatnonzero(sharers.is_known)
    shared = {
        "person_id": sharers.number[known],
        "forename": sharers.forename[known],
        "surname": sharers.surname[known],
        "date_of_birth": sharers.birth[known],
        "home": sharers.lets.home[sharers.let[known]],
        "starts_on": sharers.start[known],
        "ends_on": np.where(sharers.end[known] > EXTRACT, OPEN, sharers.end[known]),
        "starts_known_on": recorded(rng, sharers.start[known], 40.0),
        "ends_known_on": _end_known(rng, sharers.end[known], 60.0),
    }
    return stack([family, shared])


def moves(block: Block) -> Frame:
    """Moves into a home since 2016, of everybody whom the council knows; births are not moves."""
    rng = block.rng(Topic.MOVES)
    spells, people = block.residences, block.people
    order = np.lexsort((spells.start, spells.who))
    who, start = spells.who[order], spells.start[order]
    follows = np.concatenate([[False], who[1:] == who[:-1]])
    is_move = (start >= START) & (people.birth[who] != start) & block.is_recorded[who]
    rows = np.flatnonzero(is_move)
    sharers = block.sharers
    shared = np.flatnonzero(sharers.is_known & (sharers.start >= START))
    day = np.concatenate([start[rows], sharers.start[shared]])
    return {
        "person_id": np.concatenate([people.number[who[rows]], sharers.number[shared]]),
        "moved_on": day,
        "recorded_on": recorded(rng, day, 20.0),
        "kind": np.concatenate([np.where(follows[rows], WITHIN, INTO), np.full(len(shared), INTO)]),
    }


def equality_monitoring(block: Block) -> Frame:
    """Protected characteristics, asked of adults by services and of parents by schools."""
    rng = block.rng(Topic.MONITORING)
    people, sharers = block.people, block.sharers
    is_child = (people.role == CHILD) & (people.birth > START - int(16 * YEAR))
    answered = block.is_recorded & happens(rng, np.where(is_child, *_ASKED), len(people))
    meals = block.families.has_free_meals[people.family].astype(np.int64)
    frame = _characteristics(rng, people, np.where(is_child, meals, _NOT_RECORDED), is_child)
    asked = np.where(is_child, people.birth + int(1.2 * YEAR), START - int(YEAR))
    frame["recorded_on"] = np.maximum(asked + rng.integers(0, 500, len(people)), START - 900)
    mine = np.flatnonzero(sharers.is_known & happens(rng, _SHARERS_ASKED, len(sharers.let)))
    none = np.full(len(sharers.let), _NOT_RECORDED)
    shared = take(_characteristics(rng, sharers, none, none == 0), mine)
    shared["recorded_on"] = sharers.start[mine] + rng.integers(20, 300, len(mine))
    return stack([take(frame, answered), shared])


def _characteristics(
    rng: np.random.Generator, people: People | Sharers, meals: Ints, is_child: Flags
) -> Frame:
    size = len(people.number)
    silent = happens(rng, _PREFER_NOT_TO_SAY, size)
    disabled = happens(rng, np.where(is_child, *_DISABLED), size)
    unknown = happens(rng, _DISABILITY_NOT_RECORDED, size)
    return {
        "person_id": people.number,
        "ethnic_group": np.where(silent, _NOT_RECORDED, BROAD_OF_GROUP[people.group]),
        "sex": people.boy,
        "disability": np.where(unknown, _NOT_RECORDED, disabled),
        "free_school_meals": meals,
    }


def _end_known(rng: np.random.Generator, end: Ints, typical: float) -> Ints:
    """Day on which the council learned of each end; one in twenty-five stays unnoticed for long."""
    known = recorded(rng, end, typical)
    unnoticed = pick(rng, (0.96, 0.04), len(end)) == 1
    return np.where(unnoticed, known + rng.integers(120, 900, len(end)), known)
