"""Records of the first years: births, the two-year health review and funded early education."""

from typing import Final

import numpy as np

from features.synthetic.block import Block, Topic
from features.synthetic.recording import Frame, chance, happens, pick, recorded, take
from features.synthetic.scenario import Bias
from features.synthetic.timeline import (
    EXTRACT,
    START,
    TERM_STARTS,
    YEAR,
    Floats,
    Ints,
    day,
    first_of_september,
    reception_year,
)

DOMAINS: Final = (
    "communication",
    "gross_motor",
    "fine_motor",
    "problem_solving",
    "personal_social",
)
"""Domains of the ages and stages questionnaire, each scored from 0 to 60 in steps of five."""
_DOMAIN_LOADING: Final = (0.64, 0.28, 0.38, 0.48, 0.52)
_DOMAIN_MEAN: Final = (45.0, 52.0, 47.0, 48.0, 47.0)
_DOMAIN_SPREAD: Final = 11.0
_CUT_OFF: Final = (25.0, 38.0, 32.0, 32.0, 32.0)
_PANDEMIC: Final = (day("2020-03-15"), day("2021-07-01"))

ENTITLEMENTS: Final = ("two_year_old", "universal", "extended")
TWO_YEAR_OLD, UNIVERSAL, EXTENDED = 0, 1, 2
SETTINGS: Final = ("day_nursery", "pre_school", "childminder", "school_nursery", "community_group")
_COMMUNITY: Final = 4
_SENT_TO_COMMUNITY: Final = 0.9
"""Proxy bias: share of the group's children who go to a community group, as nobody else does."""
_HOURS_PER_TERM: Final = 190.0
_TWO, _THREE = 2, 3
_KEEN_FOR_UNIVERSAL: Final = -1.9
_KEEN_FOR_TWO_YEAR_OLD: Final = -0.7
_KEEN_FOR_WORKING_OFFER: Final = -0.8
_KEEN_FOR_EXTENDED: Final = -0.5
"""Standardised keenness above which a family takes each offer: most take the universal one."""
_TWO_YEAR_OLD_HARDSHIP: Final = 0.60
"""About three families in ten are poor enough for the two-year-old offer."""
_WORKING_OFFER: Final = day("2024-04-01")
"""From April 2024 working parents of two-year-olds have funded hours too."""


def births(block: Block) -> Frame:
    """Births since 2012 to families then living in the council, as registered."""
    rng = block.rng(Topic.EARLY_YEARS)
    people, families = block.people, block.families
    child = block.children
    birth = people.birth[child]
    is_here = (
        (block.home_of(child, birth + 1) >= 0)
        & (birth >= START - 3 * int(YEAR))
        & (birth < EXTRACT)
    )
    child = child[is_here & block.is_recorded[child]]
    birth, of = people.birth[child], people.family[child]
    size = len(child)
    early = 0.30 * people.development[child] + 0.15 * families.adversity[of]
    weeks = np.clip(np.round(39.8 - 0.45 * early - rng.gamma(0.8, 1.5, size)), 24, 42)
    weight = 3450 + 165 * (weeks - 39.5) - 70 * early + rng.normal(0, 400, size)
    return {
        "person_id": people.number[child],
        "born_on": birth,
        "registered_on": recorded(rng, birth, 24.0, 0.4),
        "birth_weight": np.clip(np.round(weight / 10) * 10, 500, 5800),
        "gestation_weeks": weeks,
        "earlier_children": people.order[child],
    }


def two_year_review(block: Block) -> Frame:
    """Health reviews at two to two and a half, from the health visiting service.

    About one child in five is not reviewed; more in the pandemic and in families with troubles.
    """
    rng = block.rng(Topic.EARLY_YEARS)
    people = block.people
    child = block.children
    size = len(child)
    due = people.birth[child] + (rng.uniform(24.0, 29.5, size) / 12 * YEAR).astype(np.int64)
    in_pandemic = (due >= _PANDEMIC[0]) & (due < _PANDEMIC[1])
    odds = 1.75 - 0.30 * block.families.adversity[people.family[child]] - 0.9 * in_pandemic
    held = (
        (due >= START)
        & (due < EXTRACT)
        & (happens(rng, chance(odds), size))
        & (block.home_of(child, due) >= 0)
        & block.is_recorded[child]
    )
    scores = [
        _domain_score(rng, block.delay[child], loading, mean)
        for loading, mean in zip(_DOMAIN_LOADING, _DOMAIN_MEAN, strict=True)
    ]
    below = (np.array(scores) < np.array(_CUT_OFF)[:, None]).sum(axis=0)
    frame: Frame = {
        "person": child,
        "reviewed_on": due,
        "received_on": recorded(rng, due, 25.0),
        **dict(zip(DOMAINS, scores, strict=True)),
        "areas_below": below,
    }
    return take(frame, held)


def funded_hours(block: Block) -> Frame:
    """Funded early education: one row for each child, term and entitlement claimed."""
    rng = block.rng(Topic.FUNDING)
    families, of = block.families, block.people.family
    works = happens(rng, chance(0.4 - 0.9 * families.hardship), len(families))[of]
    keen = rng.standard_normal(len(of)) - 0.45 * families.adversity[of]
    child, begins = _children_by_term(block)
    takes = keen[child] + 0.5 * rng.standard_normal(len(child))
    is_three = (begins - block.people.birth[child]) / YEAR >= _THREE
    poor = families.hardship[of[child]] > _TWO_YEAR_OLD_HARDSHIP
    works_then = works[child] & (begins >= _WORKING_OFFER)
    universal = is_three & (takes > _KEEN_FOR_UNIVERSAL)
    claimed = {
        TWO_YEAR_OLD: ~is_three
        & np.where(
            poor, takes > _KEEN_FOR_TWO_YEAR_OLD, works_then & (takes > _KEEN_FOR_WORKING_OFFER)
        ),
        UNIVERSAL: universal,
        EXTENDED: universal & works[child] & (takes > _KEEN_FOR_EXTENDED),
    }
    rows = np.concatenate([np.flatnonzero(claims) for claims in claimed.values()])
    who = child[rows]
    counted = begins[rows] + rng.integers(14, 35, len(rows))
    attended = 0.80 + 0.12 * keen[who] + rng.normal(0, 0.12, len(rows))
    return {
        "person": who,
        "counted_on": counted,
        "received_on": recorded(rng, counted, 18.0, 0.5),
        "entitlement": np.repeat(list(claimed), [int(c.sum()) for c in claimed.values()]),
        "hours": np.round(_HOURS_PER_TERM * np.clip(attended, 0.1, 1)),
        "setting": _settings(rng, block)[who],
    }


def _children_by_term(block: Block) -> tuple[Ints, Ints]:
    """Every (child, first day of a term) of recorded children here, from two until reception."""
    birth = block.people.birth
    young = block.children[birth[block.children] > START - 5 * int(YEAR)]
    row, term = np.meshgrid(np.arange(len(young)), np.arange(len(TERM_STARTS)), indexing="ij")
    child, begins = young[row.ravel()], TERM_STARTS[term.ravel()]
    age = (begins - birth[child]) / YEAR
    starts_school = first_of_september(reception_year(birth[child]))
    in_time = (age >= _TWO) & (begins < starts_school) & (begins < EXTRACT)
    child, begins = child[in_time], begins[in_time]
    here = (block.home_of(child, begins + 30) >= 0) & block.is_recorded[child]
    return child[here], begins[here]


def _domain_score(rng: np.random.Generator, delay: Floats, loading: float, mean: float) -> Floats:
    noise = np.sqrt(1 - loading**2) * rng.standard_normal(len(delay))
    raw = mean - _DOMAIN_SPREAD * (loading * delay + noise)
    score: Floats = np.clip(np.round(raw / 5) * 5, 0, 60)
    return score


def _settings(rng: np.random.Generator, block: Block) -> Ints:
    """Kind of setting each child goes to; a planted proxy sends one group to community groups."""
    size = len(block.people)
    setting = pick(rng, (0.42, 0.25, 0.09, 0.20, 0.04), size)
    if block.scenario.bias is Bias.PROXY:
        sent = happens(rng, _SENT_TO_COMMUNITY, size)
        setting = np.where(block.in_group & sent, _COMMUNITY, setting)
        setting = np.where(~block.in_group & (setting == _COMMUNITY), 0, setting)
    return setting
