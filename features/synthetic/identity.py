"""Persons as other bodies write them down: their own reference, names, date of birth and address."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.synthetic.block import Block
from features.synthetic.ethnicity import BROAD_OF_GROUP
from features.synthetic.names import FORENAMES, SURNAMES, draw_surnames, misspell
from features.synthetic.places import address_text, postcode_text
from features.synthetic.recording import Frame
from features.synthetic.timeline import YEAR, Ints

Texts = npt.NDArray[np.object_]
_SCRAMBLE = 6_364_136_223_846_793_005 % 2**34 | 1  # Knuth's multiplier: odd, so one to one
_REFERENCES = 2**34
_MONTH_BEFORE = 30


@dataclass(frozen=True)
class Identities:
    """Identity columns of a table, row by row, and which row carries which planted slip."""

    columns: Frame
    slips: dict[str, Ints]


class Addresses:
    """Addresses and postcodes of a block's homes, written out once."""

    def __init__(self, block: Block) -> None:
        places = block.places
        rows = zip(
            places.street.tolist(),
            places.number.tolist(),
            places.flat.tolist(),
            places.area.tolist(),
            strict=True,
        )
        self.address: Texts = np.array([address_text(*row) for row in rows], dtype=object)
        text = {number: postcode_text(number) for number in np.unique(places.postcode).tolist()}
        self.postcode: Texts = np.array([text[n] for n in places.postcode.tolist()], dtype=object)


def write_down(
    block: Block,
    addresses: Addresses,
    rng: np.random.Generator,
    *,
    person: Ints,
    on: Ints,
    salt: int,
) -> Identities:
    """Identity of each row's person as another body holds it.

    A slip in a name or a date of birth stays with the person through all of that body's rows; an
    address may be that of the home before the last move.

    Parameters
    ----------
    person, on
        Person and day of each row.
    salt
        Distinguishes the references of one body from another's.
    """
    who, row = np.unique(person, return_inverse=True)
    size, rates = len(who), block.scenario.defects
    people = block.people
    forename = FORENAMES[people.forename[who]].astype(object)
    surname = SURNAMES[people.surname[who]].astype(object)
    slipped_forename = rng.random(size) < rates.misspelt_name
    slipped_surname = rng.random(size) < rates.misspelt_name
    changed = rng.random(size) < rates.changed_surname
    other = SURNAMES[draw_surnames(rng, BROAD_OF_GROUP[people.group[who]])]
    surname[changed] = other[changed]
    _misspell(rng, forename, slipped_forename)
    _misspell(rng, surname, slipped_surname)
    birth = people.birth[who].copy()
    wrong_birth = rng.random(size) < rates.wrong_birth_date
    birth[wrong_birth] += rng.choice([-10, -1, 1, 10], int(wrong_birth.sum()))
    stale = rng.random(len(person)) < rates.old_postcode
    earlier = block.home_of(person, on - int(YEAR))
    home = np.where(stale & (earlier >= 0), earlier, block.home_of(person, on))
    home = np.where(home >= 0, home, block.home_of(person, on - _MONTH_BEFORE))
    home = np.maximum(home, 0)
    address = addresses.address[home].copy()
    slipped_address = rng.random(len(person)) < rates.misspelt_address
    _misspell(rng, address, slipped_address)
    number = (people.number + salt) * _SCRAMBLE % _REFERENCES
    return Identities(
        columns={
            "reference": number[person],
            "forename": forename[row],
            "surname": surname[row],
            "date_of_birth": birth[row],
            "postcode": addresses.postcode[home],
            "address": address,
        },
        slips={
            "forename": np.flatnonzero(slipped_forename[row]),
            "surname": np.flatnonzero((slipped_surname | changed)[row]),
            "date_of_birth": np.flatnonzero(wrong_birth[row]),
            "postcode": np.flatnonzero(stale & (earlier >= 0)),
            "address": np.flatnonzero(slipped_address),
        },
    )


def _misspell(
    rng: np.random.Generator, texts: npt.NDArray[Any], chosen: npt.NDArray[np.bool_]
) -> None:
    """Misspell the chosen texts in place."""
    rows = np.flatnonzero(chosen)
    draws = rng.random((len(rows), 2))
    for at, (draw, place) in zip(rows.tolist(), draws.tolist(), strict=True):
        texts[at] = misspell(str(texts[at]), draw, place)
