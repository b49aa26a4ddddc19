"""Families of one block and the people in them: who is born, grows up, parts or arrives when."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.ethnicity import BROAD_OF_GROUP, DECILES, GROUPS, Mix
from features.synthetic.names import draw_forenames, draw_surnames
from features.synthetic.places import Places
from features.synthetic.recording import happens
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

ADULT, CHILD = 0, 1
PERSONS_PER_BLOCK: Final = 100_000

_FIRST_BIRTHS: Final = (int(START - 22 * YEAR), int(EXTRACT + 4.5 * YEAR))
"""First births of the families that ever have children, evenly spread: births stay steady."""
_SHARE_WITH_CHILDREN: Final = 0.56
_COUPLES: Final = (0.80, 0.48)
"""Families with and without children that begin with two adults."""
_SHARE_WITH_OWN_NAME: Final = 0.4  # of second adults
_SHARE_WORKING_AGE: Final = 0.45  # of families that never have children
_SHARE_TWINS: Final = 0.015
_SHARE_BOYS: Final = 0.512
_ARRIVALS_PER_YEAR: Final = 0.022
_EXITS_PER_YEAR: Final = 0.030
_PARTINGS_PER_YEAR: Final = 0.012
_ADVERSITY_FROM_HARDSHIP: Final = 0.45
_DEVELOPMENT_FROM_FAMILY: Final = 0.62
"""Loading of a child's development on its family's adversity; the rest is the child's own."""


@dataclass(frozen=True)
class Families:
    """Families, one entry each; `start` and `exit` are months counted from January 2016.

    Parameters
    ----------
    hardship
        Standardised money troubles; free school meals go to those above a threshold.
    adversity
        Standardised other troubles, correlated with hardship.
    own_adversity
        The part of adversity that owes nothing to hardship, ethnic group or area.
    """

    initial: int
    decile: Ints
    group: Ints
    hardship: Floats
    has_free_meals: Flags
    adversity: Floats
    own_adversity: Floats
    arrives: Ints
    exits: Ints
    first_home: Ints

    def __len__(self) -> int:
        return len(self.decile)


@dataclass(frozen=True)
class People:
    """Persons, one entry each.

    Parameters
    ----------
    family
        Family a person was born into or came with.
    development
        Standardised troubles of development, independent of every protected characteristic.
    """

    block: int
    family: Ints
    role: Ints
    boy: Ints
    birth: Ints
    order: Ints
    group: Ints
    forename: Ints
    surname: Ints
    development: Floats

    def __len__(self) -> int:
        return len(self.family)

    @property
    def number(self) -> Ints:
        """Number of each person, unique in the council."""
        return 10_000_000 + self.block * PERSONS_PER_BLOCK + np.arange(len(self), dtype=np.int64)


@dataclass(frozen=True)
class Memberships:
    """Who belonged to which family, from and until when."""

    person: Ints
    family: Ints
    start: Ints
    end: Ints


def make_families(
    rng: np.random.Generator, mix: Mix, places: Places, households: int, *, null: bool
) -> Families:
    """Families that live in the block at the start of 2016 or arrive later."""
    free = np.flatnonzero(places.is_residential)
    first_home = np.sort(rng.permutation(free)[: min(households, len(free))])
    initial = len(first_home)
    arrivals = int(rng.poisson(_ARRIVALS_PER_YEAR * households * len(MONTH_STARTS) / 12))
    months = len(MONTH_STARTS)
    decile = np.concatenate([places.decile[first_home], rng.integers(0, DECILES, arrivals)])
    size = initial + arrivals
    cumulative = mix.group_by_decile.cumsum(axis=1)
    group = (rng.random(size)[:, None] > cumulative[decile]).sum(axis=1)
    group = np.minimum(group, len(GROUPS) - 1)
    own = rng.standard_normal(size)
    threshold = mix.meals_threshold[decile, group]
    hardship = (own + mix.hardship[decile, group]) / np.sqrt(1 + mix.hardship.var())
    own_adversity = rng.standard_normal(size)
    share = 0.0 if null else _ADVERSITY_FROM_HARDSHIP
    arrives = np.concatenate([np.full(initial, -1), rng.integers(0, months, arrivals)])
    stay = rng.geometric(_EXITS_PER_YEAR / 12, size)
    return Families(
        initial=initial,
        decile=decile,
        group=group,
        hardship=hardship,
        has_free_meals=own > threshold,
        adversity=share * hardship + np.sqrt(1 - share**2) * own_adversity,
        own_adversity=own_adversity,
        arrives=arrives,
        exits=np.maximum(arrives, 0) + stay,
        first_home=first_home,
    )


def make_people(
    rng: np.random.Generator, mix: Mix, families: Families, block: int
) -> tuple[People, Memberships, Families]:
    """People of the families; grown-up children and parted partners become families of their own."""
    size = len(families)
    weight = mix.children_by_decile * DECILES
    has_children = rng.random(size) < np.minimum(_SHARE_WITH_CHILDREN * weight[families.decile], 1)
    first_birth = rng.integers(*_FIRST_BIRTHS, size)
    adults = _adults(rng, families, has_children, first_birth)
    children = _children(rng, families, has_children, first_birth)
    family = np.concatenate([adults["family"], children["family"]])
    group = families.group[family]
    broad = BROAD_OF_GROUP[group]
    boy = np.concatenate([adults["boy"], children["boy"]])
    surname = draw_surnames(rng, BROAD_OF_GROUP[families.group])[family]
    is_second = np.concatenate(
        [adults["order"] == 1, np.zeros(len(children["family"]), dtype=bool)]
    )
    own_name = is_second & happens(rng, _SHARE_WITH_OWN_NAME, len(family))
    surname = np.where(own_name, draw_surnames(rng, broad), surname)
    own_part = rng.standard_normal(len(family))
    people = People(
        block=block,
        family=family,
        role=np.repeat([ADULT, CHILD], [len(adults["family"]), len(children["family"])]),
        boy=boy,
        birth=np.concatenate([adults["birth"], children["birth"]]),
        order=np.concatenate([adults["order"], children["order"]]),
        group=group,
        forename=draw_forenames(rng, broad, boy),
        surname=surname,
        development=_DEVELOPMENT_FROM_FAMILY * families.own_adversity[family]
        + np.sqrt(1 - _DEVELOPMENT_FROM_FAMILY**2) * own_part,
    )
    return _partings(rng, people, families)


def _adults(
    rng: np.random.Generator, families: Families, has_children: Flags, first_birth: Ints
) -> dict[str, Ints]:
    size = len(families)
    is_couple = happens(rng, np.where(has_children, *_COUPLES), size)
    at_birth = np.clip(rng.normal(29.0, 5.5, size), 17, 44)
    age_in_2016 = np.where(
        happens(rng, _SHARE_WORKING_AGE, size), rng.uniform(20, 60, size), rng.uniform(55, 92, size)
    )
    birth = np.where(has_children, first_birth - at_birth * YEAR, START - age_in_2016 * YEAR)
    birth = np.minimum(birth, START - 16 * YEAR)
    second = np.flatnonzero(is_couple)
    return {
        "family": np.concatenate([np.arange(size), second]),
        "order": np.repeat([0, 1], [size, len(second)]),
        "boy": np.concatenate(
            [
                happens(rng, np.where(is_couple, 0.05, 0.35), size),
                happens(rng, 0.95, len(second)),
            ]
        ).astype(np.int64),
        "birth": np.concatenate(
            [birth, birth[second] - rng.normal(2.0, 3.0, len(second)) * YEAR]
        ).astype(np.int64),
    }


def _children(
    rng: np.random.Generator, families: Families, has_children: Flags, first_birth: Ints
) -> dict[str, Ints]:
    parents = np.flatnonzero(has_children)
    count = np.searchsorted([0.34, 0.76, 0.93], rng.random(len(parents)), side="right") + 1
    family = np.repeat(parents, count)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    order = np.arange(len(family)) - np.repeat(first, count)
    gap = rng.integers(int(1.5 * YEAR), int(4.5 * YEAR), len(family))
    gap = np.where(happens(rng, _SHARE_TWINS, len(family)), 0, gap)  # twins
    gap = np.where(order == 0, 0, gap)
    total = np.cumsum(gap)
    birth = first_birth[family] + total - np.repeat(total[first], count)
    leaves = MONTH_STARTS[np.clip(families.exits[family], 0, len(MONTH_STARTS) - 1)]
    is_born = birth < np.where(families.exits[family] < len(MONTH_STARTS), leaves, EXTRACT)
    boy = happens(rng, _SHARE_BOYS, len(family))
    return {
        "family": family[is_born],
        "order": order[is_born],
        "boy": boy[is_born].astype(np.int64),
        "birth": birth[is_born],
    }


def _partings(
    rng: np.random.Generator, people: People, families: Families
) -> tuple[People, Memberships, Families]:
    size = len(people)
    grown = people.birth + (rng.uniform(18, 25, size) * YEAR).astype(np.int64)
    hazard = _PARTINGS_PER_YEAR * np.exp(0.4 * families.adversity[people.family])
    parts = START + (rng.exponential(1.0, size) / hazard * YEAR).astype(np.int64)
    leaves = np.where(people.role == CHILD, grown, np.where(people.order == 1, parts, OPEN))
    month = np.searchsorted(MONTH_STARTS, leaves, side="right") - 1
    stays_near = rng.random(size) < np.where(people.role == CHILD, 0.35, 0.6)
    arrived = np.maximum(families.arrives[people.family], 0)
    own_home = (
        stays_near
        & (leaves > START)
        & (leaves < EXTRACT)
        & (month > arrived)
        & (month < families.exits[people.family])
    )
    who = np.flatnonzero(own_home)
    origin = people.family[who]
    new = Families(
        initial=families.initial,
        decile=np.concatenate([families.decile, families.decile[origin]]),
        group=np.concatenate([families.group, families.group[origin]]),
        hardship=np.concatenate([families.hardship, families.hardship[origin]]),
        has_free_meals=np.concatenate([families.has_free_meals, families.has_free_meals[origin]]),
        adversity=np.concatenate([families.adversity, families.adversity[origin]]),
        own_adversity=np.concatenate([families.own_adversity, families.own_adversity[origin]]),
        arrives=np.concatenate([families.arrives, month[who]]),
        exits=np.concatenate(
            [families.exits, month[who] + rng.geometric(_EXITS_PER_YEAR / 12, len(who))]
        ),
        first_home=families.first_home,
    )
    born = np.where(people.role == CHILD, people.birth, -OPEN)
    memberships = Memberships(
        person=np.concatenate([np.arange(size), who]),
        family=np.concatenate([people.family, len(families) + np.arange(len(who))]),
        start=np.concatenate([born, leaves[who]]),
        end=np.concatenate([leaves, np.full(len(who), OPEN)]),
    )
    return people, memberships, new
