"""Contacts with children's social care."""

from typing import Final

import numpy as np

from features.synthetic.block import Block, Topic
from features.synthetic.families import CHILD
from features.synthetic.recording import Frame, chance, pick, recorded, scatter
from features.synthetic.timeline import YEAR

CONTACTS: Final = ("contact", "referral", "assessment", "child_protection")
_CONTACTS_PER_YEAR: Final = 0.035
_ADULTHOOD: Final = 18


def social_care_contacts(block: Block) -> Frame:
    """Contacts about a child or, one time in five, about a parent; some go further."""
    rng = block.rng(Topic.CARE)
    people, families, spells = block.people, block.families, block.residences
    is_child = people.role[spells.who] == CHILD
    grown = people.birth[spells.who] + int(_ADULTHOOD * YEAR)
    end = np.where(is_child, np.minimum(spells.end, grown), spells.end)
    of = people.family[spells.who]
    worry = 1.0 * families.adversity[of] + 0.25 * families.hardship[of]
    if block.scenario.null:
        worry = 1.0 * families.adversity[of]
    rate = _CONTACTS_PER_YEAR * np.exp(worry) * np.where(is_child, 1.0, 0.12)
    row, on = scatter(rng, spells.start, np.maximum(end, spells.start), np.minimum(rate, 3.0))
    person = spells.who[row]
    known = block.is_recorded[person]
    person, on = person[known], on[known]
    further = rng.random(len(person)) < chance(
        -0.5 + 0.6 * families.adversity[people.family[person]]
    )
    return {
        "person_id": people.number[person],
        "contact_on": on,
        "recorded_on": recorded(rng, on, 5.0, 0.8),
        "step": np.where(further, 1 + pick(rng, (0.5, 0.38, 0.12), len(person)), 0),
    }
