"""School records: the early years foundation stage profile, the census and absence."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.block import OUTCOME_FROM_DEVELOPMENT, Block, Topic
from features.synthetic.calibration import fit
from features.synthetic.normal import normal_cdf
from features.synthetic.recording import Frame, chance, happens, recorded, take
from features.synthetic.scenario import Bias
from features.synthetic.timeline import (
    CENSUS_DAYS,
    CLOSURES,
    EXTRACT,
    TERM_ENDS,
    YEAR,
    Flags,
    Floats,
    Ints,
    calendar,
    day,
    first_of_september,
    reception_year,
)

FIRST_PROFILE, LAST_PROFILE = 2022, 2026
"""No profile was published for 2020 and 2021; earlier years followed an older definition."""
SUPPORT: Final = ("none", "sen_support", "education_health_care_plan")
GOALS: Final = 17
_MISREAD_IN_GROUP: Final = 0.25
"""Measurement bias: share of the group's good profiles that are recorded as not good."""
_HARM_IN_PROXY_GROUP: Final = 0.45
"""Proxy bias: probit units by which the group named by the proxy does worse."""
_SENT: Final = 0.985  # profiles that schools send in
_NEEDS_SUPPORT: Final = 1.15
_NEEDS_A_PLAN: Final = 2.0
"""Standardised need above which a pupil has support, and above which a plan."""
_SUPPORT_UNRECORDED: Final = 0.02
_YEARS_AT_SCHOOL: Final = 12
_SESSIONS: Final = 125


@dataclass(frozen=True)
class Profiles:
    """Profiles as recorded, and what was true: chance of no good level, and the true outcome."""

    frame: Frame
    chance_not_good: Floats
    is_good: Flags
    year: Ints


def eyfs_profile(block: Block) -> Profiles:
    """Profiles at the end of reception of every child then living in the council."""
    rng = block.rng(Topic.PROFILE)
    people, families = block.people, block.families
    child = block.children
    year = reception_year(people.birth[child]) + 1
    june = day("2022-06-15") + np.round((year - FIRST_PROFILE) * YEAR).astype(np.int64)
    assessed = june + rng.integers(0, 14, len(child))
    home = block.home_of(child, assessed)
    held = (year >= FIRST_PROFILE) & (year <= LAST_PROFILE) & (home >= 0)
    child, year, assessed, home = child[held], year[held], assessed[held], home[held]
    of = people.family[child]
    index = fit(null=block.scenario.null).index(
        year=year,
        meals=families.has_free_meals[of].astype(np.int64),
        boy=people.boy[child],
        decile=block.places.decile[home],
        group=people.group[child],
        month=block.month_of_birth(child),
    )
    if block.scenario.bias is Bias.PROXY:
        index = index - _HARM_IN_PROXY_GROUP * block.in_group[child]
    load = OUTCOME_FROM_DEVELOPMENT
    not_good = normal_cdf((load * people.development[child] - index) / np.sqrt(1 - load**2))
    is_good = rng.random(len(child)) >= not_good
    shown = is_good.copy()
    if block.scenario.bias is Bias.MEASUREMENT:
        misread = block.in_group[child] & happens(rng, _MISREAD_IN_GROUP, len(child))
        shown &= ~misread
    frame: Frame = {
        "person": child,
        "assessed_on": assessed,
        "received_on": recorded(rng, assessed + 12, 14.0, 0.45),
        "good_level_of_development": shown,
        "goals_met": _goals(rng, shown, not_good),
    }
    sent = block.is_recorded[child] & happens(rng, _SENT, len(child))
    return Profiles(take(frame, sent), not_good[sent], is_good[sent], year[sent])


def school_census(block: Block) -> Frame:
    """January census: one row for each pupil and year, with support for special needs."""
    rng = block.rng(Topic.SCHOOL)
    people = block.people
    pupil, census = _at_school(block, CENSUS_DAYS)
    size = len(pupil)
    year_group = calendar(census)[0] - 1 - reception_year(people.birth[pupil])
    lasting = rng.standard_normal(len(people))[pupil]
    need = 0.75 * people.development[pupil] + 0.66 * lasting + 0.35 * people.boy[pupil]
    if block.scenario.null:
        need = need - 0.35 * people.boy[pupil]
    support = (need > _NEEDS_SUPPORT - 0.02 * year_group).astype(np.int64) + (need > _NEEDS_A_PLAN)
    return {
        "person": pupil,
        "census_on": census,
        "received_on": recorded(rng, census, 45.0, 0.3),
        "year_group": np.clip(year_group, 0, 11),
        "support": np.clip(support, 0, 2) * happens(rng, 1 - _SUPPORT_UNRECORDED, size),
    }


def school_absence(block: Block) -> Frame:
    """Absence by pupil and term; none was collected while schools were closed."""
    rng = block.rng(Topic.ABSENCE)
    people, families = block.people, block.families
    is_open = np.ones(len(TERM_ENDS), dtype=bool)
    for start, end in CLOSURES:
        is_open &= ~((start <= TERM_ENDS) & (end > TERM_ENDS))
    pupil, term_end = _at_school(block, TERM_ENDS[is_open & (TERM_ENDS < EXTRACT)])
    of = people.family[pupil]
    own = 0.5 * rng.standard_normal(len(people))[pupil]
    after = 0.30 * (term_end > CLOSURES[-1][1])  # absence rose after the pandemic and stayed up
    rate = np.exp(-3.05 + 0.42 * families.adversity[of] + own + after)
    rate = np.minimum(rate * np.exp(0.4 * rng.standard_normal(len(pupil))), 0.9)
    possible = _SESSIONS - rng.integers(0, 12, len(pupil))
    missed = rng.binomial(possible, rate)
    shared = chance(-1.3 + 0.8 * families.adversity[of])
    return {
        "person_id": people.number[pupil],
        "term_ended_on": term_end,
        "recorded_on": recorded(rng, term_end, 20.0, 0.5),
        "sessions_possible": possible,
        "sessions_missed": missed,
        "unauthorised": rng.binomial(missed, shared),
        "persistent": missed * 10 >= possible,
    }


def _at_school(block: Block, days: Ints) -> tuple[Ints, Ints]:
    """Every (pupil, day) at which a child of the council is of school age and lives in it."""
    people = block.people
    child = block.children
    row, at = np.meshgrid(np.arange(len(child)), np.arange(len(days)), indexing="ij")
    pupil, when = child[row.ravel()], days[at.ravel()]
    begins = first_of_september(reception_year(people.birth[pupil]))
    pupils = (
        (when >= begins) & (when < begins + int(_YEARS_AT_SCHOOL * YEAR)) & block.is_recorded[pupil]
    )
    pupil, when = pupil[pupils], when[pupils]
    here = block.home_of(pupil, when) >= 0
    return pupil[here], when[here]


def _goals(rng: np.random.Generator, is_good: Flags, not_good: Floats) -> Ints:
    """Early learning goals met of 17: a good level needs the twelve of the prime areas and more."""
    good = GOALS - rng.binomial(5, 0.12, len(is_good))
    other = rng.binomial(GOALS - 1, np.clip(0.85 - 0.5 * not_good, 0.05, 0.95))
    return np.where(is_good, good, other)
