"""One block of the council: the homes, families and people that every record table is made from."""

from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Final

import numpy as np

from features.synthetic.calibration import LAST_PUBLISHED, fit
from features.synthetic.ethnicity import BROAD, BROAD_OF_GROUP, make_mix
from features.synthetic.families import (
    ADULT,
    CHILD,
    Families,
    Memberships,
    People,
    make_families,
    make_people,
)
from features.synthetic.homes import Settlement, Spells, home_on, residences, settle
from features.synthetic.places import Places, make_places
from features.synthetic.scenario import Bias, Scenario
from features.synthetic.sharers import Sharers, make_sharers
from features.synthetic.timeline import Flags, Floats, Ints, months_since_september

HOUSEHOLDS_PER_BLOCK: Final = 10_000
OUTCOME_FROM_DEVELOPMENT: Final = 0.71
"""Loading of the outcome on a child's development, on the probit scale; chance is the rest."""
_UNKNOWN_TO_COUNCIL: Final = (0.02, 0.18)
"""Families with and without children whom no register knows."""
_MIDDLE_MONTH: Final = 5  # born in February
_MEAN_INDEX: Final = 0.5  # probit of about 69 %
_GROUP_UNDER_RECORDED: Final = 0.40


class Topic(IntEnum):
    """What a stream of random numbers is for; one topic's draws never shift another's."""

    PLACES = 0
    PEOPLE = 1
    HOMES = 2
    SHARERS = 3
    SPINE = 4
    EARLY_YEARS = 5
    SCHOOL = 6
    MONEY = 7
    COMPLAINTS = 8
    CARE = 9
    LICENSING = 10
    MONITORING = 11
    DEFECTS = 12
    IDENTITY = 13
    BIAS = 14
    ENERGY = 15
    MOVES = 16
    BENEFITS = 17
    FUNDING = 18
    PROFILE = 19
    ABSENCE = 20
    SUBLETS = 21
    INSPECTIONS = 22
    COORDINATES = 23


@dataclass(frozen=True)
class Block:
    """Homes, families and people of one block, complete and true: no defect is planted yet."""

    seed: int
    number: int
    scenario: Scenario
    places: Places
    families: Families
    people: People
    memberships: Memberships
    settlement: Settlement
    residences: Spells
    sharers: Sharers

    def rng(self, topic: Topic) -> np.random.Generator:
        """Random numbers of a topic, which depend on the seed, the block and the topic alone."""
        return _rng(self.seed, self.number, topic)

    @cached_property
    def in_group(self) -> Flags:
        """Persons of the group against which a bias is planted."""
        broad: Flags = BROAD_OF_GROUP[self.people.group] == BROAD.index(self.scenario.group)
        return broad

    @cached_property
    def is_recorded(self) -> Flags:
        """Persons whom the council's records know; families are known or unknown as one."""
        draw = self.rng(Topic.BIAS).random(len(self.families))[self.people.family]
        families = self.people.family
        has_children = np.bincount(families[self.children], minlength=len(self.families)) > 0
        share = np.where(has_children[families], *_UNKNOWN_TO_COUNCIL)
        if self.scenario.bias is Bias.SAMPLING:
            share = np.where(self.in_group, _GROUP_UNDER_RECORDED, share)
        return draw >= share

    @cached_property
    def delay(self) -> Floats:
        """Standardised developmental delay of each person, area and circumstances included."""
        people, families = self.people, self.families
        readiness = fit(null=self.scenario.null)
        of = people.family
        last = np.full(len(people), LAST_PUBLISHED, dtype=np.int64)
        middle = np.full(len(people), _MIDDLE_MONTH, dtype=np.int64)
        index = readiness.index(
            year=last,
            meals=families.has_free_meals[of].astype(np.int64),
            boy=people.boy,
            decile=families.decile[of],
            group=people.group,
            month=middle,
        )
        return people.development - (index - _MEAN_INDEX)

    @cached_property
    def children(self) -> Ints:
        """Persons who are children of a family."""
        return np.flatnonzero(self.people.role == CHILD)

    @cached_property
    def first_adult(self) -> Ints:
        """First adult of each family, as a person; grown-up children lead the families they found."""
        leader = np.full(len(self.families), -1, dtype=np.int64)
        adults = np.flatnonzero((self.people.role == ADULT) & (self.people.order == 0))
        leader[self.memberships.family[::-1]] = self.memberships.person[::-1]
        leader[self.people.family[adults]] = adults
        return leader

    def home_of(self, persons: Ints, days: Ints) -> Ints:
        """Home of each person on a day; −1 for none in the block."""
        return home_on(self.residences, persons, days)

    def month_of_birth(self, persons: Ints) -> Ints:
        """Place of the month of birth in the school year: September 0, August 11."""
        return months_since_september(self.people.birth[persons])


def make_block(seed: int, number: int, households: int, scenario: Scenario) -> Block:
    """Block `number` of a council, with `households` families at its start."""
    mix = make_mix(null=scenario.null)
    places = make_places(_rng(seed, number, Topic.PLACES), number, households)
    rng = _rng(seed, number, Topic.PEOPLE)
    families = make_families(rng, mix, places, households, null=scenario.null)
    people, memberships, families = make_people(rng, mix, families, number)
    settlement = settle(_rng(seed, number, Topic.HOMES), places, families)
    sharers = make_sharers(
        _rng(seed, number, Topic.SHARERS),
        mix,
        places,
        settlement.shared,
        block=number,
        people=len(people),
    )
    return Block(
        seed=seed,
        number=number,
        scenario=scenario,
        places=places,
        families=families,
        people=people,
        memberships=memberships,
        settlement=settlement,
        residences=residences(memberships, settlement.families),
        sharers=sharers,
    )


def _rng(seed: int, block: int, topic: Topic) -> np.random.Generator:
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(block, int(topic))))
