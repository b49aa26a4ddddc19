"""Money: council tax accounts and arrears, and housing benefit or council tax support."""

from typing import Final

import numpy as np

from features.synthetic.block import Block, Topic
from features.synthetic.places import OWNED
from features.synthetic.recording import (
    Frame,
    chance,
    happens,
    pick,
    recorded,
    scatter,
    stack,
    take,
)
from features.synthetic.timeline import EXTRACT, START, YEAR, Floats, Ints

DISCOUNTS: Final = ("none", "single_person", "student_exemption", "empty")
NONE, SINGLE, STUDENT, EMPTY = range(4)
LIABLE: Final = ("occupier", "owner")
_LANDLORD_PAYS: Final = 0.02
_SINGLE_CLAIMED: Final = 0.85
_STUDENT_CLAIMED: Final = 0.4
_SINGLE_OF_LET: Final = 0.35
_EMPTY_CLAIMED: Final = 0.35
"""Discounts claimed, of those that could be; one tenant of a shared let may claim to live alone."""
_SUMMONED: Final = 0.45  # of reminders
_ORDERED: Final = 0.6  # of summonses
_NEW_NAME_ON_BILL: Final = 0.50
"""Changes of the lead tenant of a shared let that the register notices."""
STAGES: Final = ("reminder", "summons", "liability_order")
BENEFITS: Final = ("housing_benefit", "council_tax_support")
CHANGES: Final = ("award", "change", "end")
AWARD, CHANGE, END = range(3)
_OWNER_LIABLE: Final = (0.55, 0.06)
"""Shared lets of diligent and of other landlords whose owner is held liable (class C)."""


def council_tax_accounts(block: Block) -> Frame:
    """Accounts as opened: one row each time the party liable for a home changes."""
    rng = block.rng(Topic.MONEY)
    homes, lets, sharers = block.settlement.families, block.settlement.shared, block.sharers
    is_single = _is_single(block)[homes.who]
    household = {
        "home": homes.home,
        "opened_on": homes.start,
        "liable": happens(rng, _LANDLORD_PAYS, len(homes)).astype(np.int64),
        "discount": np.where(is_single & happens(rng, _SINGLE_CLAIMED, len(homes)), SINGLE, NONE),
    }
    owner = happens(rng, np.where(sharers.diligence > 0, *_OWNER_LIABLE), len(lets))
    student = sharers.is_student & happens(rng, _STUDENT_CLAIMED, len(lets))
    claims_single = ~owner & happens(rng, _SINGLE_OF_LET, len(lets))
    shared = {
        "home": lets.home,
        "opened_on": lets.start,
        "liable": owner.astype(np.int64),
        "discount": np.where(student, STUDENT, np.where(claims_single, SINGLE, NONE)),
    }
    # Where a tenant is held liable, the account changes hands with the one who pays the bills.
    let = sharers.let
    again = (
        ~owner[let]
        & sharers.is_lead
        & happens(rng, _NEW_NAME_ON_BILL, len(let))
        & (sharers.start > lets.start[let] + 60)
    )
    passed = {
        "home": lets.home[let[again]],
        "opened_on": sharers.start[again],
        "liable": np.zeros(int(again.sum()), dtype=np.int64),
        "discount": pick(rng, (0.60, 0.36, 0.04), int(again.sum())),
    }
    ended = np.flatnonzero(homes.end < EXTRACT)
    empty = ended[happens(rng, _EMPTY_CLAIMED, len(ended))]
    vacant = {
        "home": homes.home[empty],
        "opened_on": homes.end[empty],
        "liable": np.ones(len(empty), dtype=np.int64),
        "discount": np.full(len(empty), EMPTY),
    }
    frame = stack([household, shared, passed, vacant])
    frame["recorded_on"] = recorded(rng, frame["opened_on"], 18.0)
    return take(frame, frame["opened_on"] > START - int(6 * YEAR))


def council_tax_arrears(block: Block) -> Frame:
    """Recovery of unpaid council tax: reminders, and the summonses and orders that follow some."""
    rng = block.rng(Topic.MONEY)
    homes, lets = block.settlement.families, block.settlement.shared
    hardship = block.families.hardship[homes.who]
    adversity = block.families.adversity[homes.who]
    rate = 0.07 * np.exp(0.75 * hardship + 0.25 * adversity)
    row, issued = scatter(rng, homes.start + 60, homes.end, np.minimum(rate, 1.5))
    shared, shared_issued = scatter(rng, lets.start + 60, lets.end, np.full(len(lets), 0.14))
    home = np.concatenate([homes.home[row], lets.home[shared]])
    issued = np.concatenate([issued, shared_issued])
    amount = np.round(np.exp(rng.normal(5.6, 0.7, len(home))), 2)
    parts = [(np.arange(len(home)), 0, 0)]
    summoned = np.flatnonzero(happens(rng, _SUMMONED, len(home)))
    ordered = summoned[happens(rng, _ORDERED, len(summoned))]
    parts += [(summoned, 1, 45), (ordered, 2, 80)]
    rows = np.concatenate([part for part, _, _ in parts])
    lengths = [len(part) for part, _, _ in parts]
    day = issued[rows] + np.repeat([after for _, _, after in parts], lengths)
    frame: Frame = {
        "home": home[rows],
        "issued_on": day,
        "recorded_on": recorded(rng, day, 6.0, 0.5),
        "stage": np.repeat([stage for _, stage, _ in parts], lengths),
        "amount": amount[rows] + np.repeat([0.0, 65.0, 130.0], lengths),
    }
    return take(frame, day < EXTRACT)


def benefits(block: Block) -> Frame:
    """Housing benefit and council tax support: awards, changes of circumstances and ends."""
    rng = block.rng(Topic.BENEFITS)
    families, homes = block.families, block.settlement.families
    first, last = _stay(homes.who, homes.start, homes.end, len(families))
    frames = []
    rents = _rents(block)
    for kind in range(len(BENEFITS)):
        odds = -2.6 + 1.5 * families.hardship + (1.0 if kind else 0.6 * rents)
        chosen = np.flatnonzero((rng.random(len(families)) < chance(odds)) & (last > first))
        chosen = chosen[block.first_adult[chosen] >= 0]
        chosen = chosen[block.is_recorded[block.first_adult[chosen]]]
        span = np.minimum(last[chosen], EXTRACT) - first[chosen]
        early = np.maximum(first[chosen], START - int(2 * YEAR))
        award = early + (rng.random(len(chosen)) ** 2 * 0.7 * span).astype(np.int64)
        lasts = (rng.exponential(3.5 * YEAR, len(chosen))).astype(np.int64) + 60
        end = np.minimum(award + lasts, last[chosen])
        row, changed = scatter(rng, award + 30, end, np.full(len(chosen), 0.45))
        amount = np.exp(rng.normal(4.5 - 1.4 * kind, 0.35, len(chosen)))
        ends = np.flatnonzero(end < EXTRACT)
        rows = np.concatenate([np.arange(len(chosen)), row, ends])
        change = np.repeat([AWARD, CHANGE, END], [len(chosen), len(row), len(ends)])
        jitter = np.exp(rng.normal(0, 0.1, len(rows)))
        frames.append(
            {
                "person_id": block.people.number[block.first_adult[chosen[rows]]],
                "changed_on": np.concatenate([award, changed, end[ends]]),
                "benefit": np.full(len(rows), kind),
                "change": change,
                "weekly_amount": np.where(change == END, 0.0, np.round(amount[rows] * jitter, 2)),
            }
        )
    frame = stack(frames)
    frame["recorded_on"] = recorded(rng, frame["changed_on"], 12.0)
    return frame


def _rents(block: Block) -> Floats:
    """Whether each family first lived in a rented home."""
    homes = block.settlement.families
    rents = np.zeros(len(block.families))
    rents[homes.who[::-1]] = block.places.tenure[homes.home[::-1]] != OWNED
    return rents


def _is_single(block: Block) -> np.ndarray:
    """Whether each family began with one adult."""
    adults = np.bincount(block.people.family[block.people.role == 0], minlength=len(block.families))
    single: np.ndarray = adults <= 1
    return single


def _stay(who: Ints, start: Ints, end: Ints, size: int) -> tuple[Ints, Ints]:
    """First and last day of each family in the block; equal where it never came."""
    first = np.full(size, EXTRACT, dtype=np.int64)
    last = np.full(size, -10_000_000, dtype=np.int64)
    np.minimum.at(first, who, start)
    np.maximum.at(last, who, end)
    return first, np.maximum(last, first)
