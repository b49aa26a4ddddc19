"""What is reported about homes: noise, waste and anti-social behaviour; and their energy."""

from typing import Final

import numpy as np

from features.synthetic.block import Block, Topic
from features.synthetic.places import OWNED, RENTED
from features.synthetic.recording import Frame, happens, pick, recorded, scatter
from features.synthetic.timeline import EXTRACT, START, YEAR, Ints, day

NOISE: Final = ("music", "voices", "building", "animals", "other")
WASTE: Final = ("bins_left_out", "overflowing", "fly_tipping", "furniture_left")
BEHAVIOUR: Final = ("nuisance", "environmental", "personal")
RATINGS: Final = ("A", "B", "C", "D", "E", "F", "G")
_TENURE_FACTOR: Final = np.array([0.6, 1.9, 1.4])  # owned, private rented, social rented
_REPORTED_TWICE: Final = 0.25
_MARKED_AS_LET: Final = 0.75  # certificates of rented homes
_EXEMPT_FROM_ENERGY: Final = 0.24


def _reports(
    rng: np.random.Generator, block: Block, family: float, shared: float, clumping: float
) -> tuple[Ints, Ints]:
    """Home and day of each report; a few homes draw many, and shared lets draw more."""
    homes, lets = block.settlement.families, block.settlement.shared
    trouble = rng.gamma(clumping, 1 / clumping, len(homes))
    rate = family * trouble * _TENURE_FACTOR[block.places.tenure[homes.home]]
    rate = rate * np.exp(0.35 * block.families.adversity[homes.who])
    neglect = np.exp(-0.35 * block.sharers.diligence)
    let_trouble = rng.gamma(1.2, 1 / 1.2, len(lets)) * (block.sharers.occupants / 4.5) * neglect
    row, on = scatter(rng, homes.start, homes.end, rate)
    let, let_on = scatter(rng, lets.start, lets.end, shared * let_trouble)
    return np.concatenate([homes.home[row], lets.home[let]]), np.concatenate([on, let_on])


def noise_complaints(block: Block) -> Frame:
    """Noise complaints to environmental health; the same noise is often reported twice."""
    rng = block.rng(Topic.COMPLAINTS)
    home, on = _reports(rng, block, 0.045, 0.36, 0.22)
    twice = happens(rng, _REPORTED_TWICE, len(home))
    home = np.concatenate([home, home[twice]])
    on = np.concatenate([on, on[twice] + rng.integers(0, 4, int(twice.sum()))])
    return {
        "home": home,
        "complained_on": on,
        "logged_on": recorded(rng, on, 3.0, 0.8),
        "category": pick(rng, (0.46, 0.22, 0.08, 0.14, 0.10), len(home)),
        "decibels": np.round(np.clip(rng.normal(58, 11, len(home)), 25, 110)),
    }


def waste_complaints(block: Block) -> Frame:
    """Reports of waste at a home to the street service."""
    rng = block.rng(Topic.COMPLAINTS)
    rng.random(3)
    home, on = _reports(rng, block, 0.070, 0.75, 0.25)
    return {
        "home": home,
        "reported_on": on,
        "logged_on": recorded(rng, on, 2.0, 0.8),
        "category": pick(rng, (0.42, 0.26, 0.17, 0.15), len(home)),
    }


def antisocial_behaviour(block: Block) -> Frame:
    """Anti-social behaviour reported to the community safety team, by home."""
    rng = block.rng(Topic.COMPLAINTS)
    rng.random(5)
    home, on = _reports(rng, block, 0.028, 0.16, 0.22)
    return {
        "home": home,
        "reported_on": on,
        "recorded_on": recorded(rng, on, 9.0, 0.8),
        "category": pick(rng, (0.55, 0.25, 0.20), len(home)),
    }


def epc(block: Block) -> Frame:
    """Energy performance certificates, as lodged since 2009; many owned homes have none."""
    rng = block.rng(Topic.ENERGY)
    places = block.places
    size = len(places)
    owned = places.tenure == OWNED
    has = rng.random(size) > np.where(owned, 2, 0.5) * _EXEMPT_FROM_ENERGY
    first = day("2009-01-01") + (rng.random(size) * 14 * YEAR).astype(np.int64)
    again = has & (rng.random(size) < np.where(owned, 0.15, 0.45))
    second = first + (rng.uniform(4, 10, size) * YEAR).astype(np.int64)
    score = 55 + 6.0 * (places.era - 1.2) + rng.normal(0, 9, size)
    home = np.concatenate([np.flatnonzero(has), np.flatnonzero(again)])
    lodged = np.concatenate([first[has], second[again]])
    score = np.clip(np.concatenate([score[has], score[again] + 6]), 1, 100).round()
    bounds = np.array([92, 81, 69, 55, 39, 21])
    let = (places.tenure[home] == RENTED) & happens(rng, _MARKED_AS_LET, len(home))
    keep = lodged < EXTRACT
    frame: Frame = {
        "home": home,
        "lodged_on": lodged,
        "published_on": recorded(rng, np.maximum(lodged, START - 3000), 20.0, 0.4),
        "rating": (score[:, None] < bounds).sum(axis=1),
        "score": score,
        "floor_area": places.floor_area[home],
        "rented": let,
    }
    return {name: column[keep] for name, column in frame.items()}
