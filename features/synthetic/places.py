"""Homes of one block of the council: areas, addresses and what kind of home each is.

Every code, street and postcode is made up, so that no score can fall on a real neighbourhood:
areas are X01… and X05…, postcodes begin with ZZ, which no post town uses, and UPRNs with 99.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from features.synthetic.ethnicity import DECILES
from features.synthetic.timeline import Flags, Floats, Ints

AREAS_PER_BLOCK: Final = 20
WARDS_PER_BLOCK: Final = 4
FIRST_UPRN: Final = 990_000_000_000
UPRNS_PER_BLOCK: Final = 20_000

TENURES: Final = ("owner_occupied", "private_rented", "social_rented", "not_known")
KINDS: Final = ("detached", "semi_detached", "terraced", "flat")
ERAS: Final = ("before_1919", "from_1919", "from_1945", "from_1980")
OWNED, RENTED, SOCIAL, NOT_KNOWN = range(4)

_TOWNS: Final = ("Fablebury", "Inkwell Cross", "Nowhere-on-Sea", "Much Imagining")
_STREET_FIRST: Final = (
    "Acorn", "Lantern", "Teapot", "Marigold", "Thimble", "Badger", "Compass", "Puddle", "Heron",
    "Clover", "Whistle", "Saffron", "Button", "Kettle", "Otter", "Quill", "Bramble", "Cobble",
    "Juniper", "Wren", "Barley", "Pocket", "Ember", "Dapple", "Hazel", "Feather", "Ribbon",
    "Willow", "Copper", "Bluebell",
)  # fmt: skip
_STREET_LAST: Final = (
    "Street", "Road", "Lane", "Avenue", "Close", "Row", "Gardens", "Terrace", "Way", "Drive",
)  # fmt: skip
_UNIT_LETTERS: Final = "ABDEFGHJLNPQRSTUWXYZ"
_BUSINESSES: Final = 0.02
SEA: Final = (600_000, 500_000)  # easting and northing of the council's corner
AREA_SIDE: Final = 500  # metres
MARGIN: Final = 58  # metres between the side of an area's square and its first home
_AREAS_ACROSS: Final = 5  # of a block
_HOMES_PER_POSTCODE: Final = 16
_POSTCODES_PER_AREA: Final = 60
_POSTCODES_PER_DISTRICT: Final = 10 * len(_UNIT_LETTERS) ** 2

STREETS: Final = tuple(f"{first} {last}" for first in _STREET_FIRST for last in _STREET_LAST)
TOWNS: Final = _TOWNS


@dataclass(frozen=True)
class Places:
    """Homes of a block, one entry each; `tenure`, `kind` and `era` index the tuples above.

    Parameters
    ----------
    area, ward
        Number of the small area and of the ward, counted over the whole council.
    decile
        Deprivation decile of the area from 0, the most deprived.
    recorded_tenure
        Tenure as far as the council knows it.
    """

    block: int
    area: Ints
    ward: Ints
    decile: Ints
    tenure: Ints
    kind: Ints
    era: Ints
    recorded_tenure: Ints
    floor_area: Floats
    is_residential: Flags
    street: Ints
    number: Ints
    flat: Ints
    postcode: Ints

    def __len__(self) -> int:
        return len(self.area)

    @property
    def uprn(self) -> Ints:
        """UPRN of each home, as a number."""
        return FIRST_UPRN + self.block * UPRNS_PER_BLOCK + np.arange(len(self), dtype=np.int64)


def make_places(rng: np.random.Generator, block: int, households: int) -> Places:
    """Homes for `households` families, with some to spare for moves, sharers and business."""
    homes = int(households * 1.09) + AREAS_PER_BLOCK
    place = np.arange(homes, dtype=np.int64) * AREAS_PER_BLOCK // homes
    area = block * AREAS_PER_BLOCK + place
    decile = place * DECILES // AREAS_PER_BLOCK
    deprivation: Floats = np.asarray((4.5 - decile) / 4.5, dtype=np.float64)
    tenure = _tenure(rng, deprivation)
    kind = _pick(rng, np.array([0.20, 0.30, 0.29, 0.21]), homes)
    kind = np.where((kind == 0) & (rng.random(homes) < 0.25 + 0.25 * deprivation), 2, kind)
    first = np.concatenate([[True], place[1:] != place[:-1]])
    within = np.arange(homes) - np.maximum.accumulate(np.where(first, np.arange(homes), 0))
    area_of_flat = np.array([105.0, 88.0, 80.0, 56.0])[kind]
    return Places(
        block=block,
        area=area,
        ward=block * WARDS_PER_BLOCK + place * WARDS_PER_BLOCK // AREAS_PER_BLOCK,
        decile=decile,
        tenure=tenure,
        recorded_tenure=_recorded_tenure(rng, tenure),
        kind=kind,
        era=_pick(rng, np.array([0.22, 0.15, 0.36, 0.27]), homes),
        floor_area=np.round(area_of_flat * np.exp(rng.normal(0, 0.22, homes))),
        is_residential=rng.random(homes) >= _BUSINESSES,
        street=(area * 37 + within // 48) % len(STREETS),
        number=within % 48 + 1,
        flat=np.where(kind == KINDS.index("flat"), rng.integers(1, 9, homes), 0),
        postcode=area * _POSTCODES_PER_AREA
        + np.minimum(within // _HOMES_PER_POSTCODE, _POSTCODES_PER_AREA - 1),
    )


def coordinates(rng: np.random.Generator, places: Places) -> tuple[Ints, Ints]:
    """Easting and northing of each home in metres: streets side by side in square areas.

    The council lies in the North Sea, so that no home stands where a real one does.
    """
    nth_street = (places.street - places.area * 37) % len(STREETS)
    column, row = area_square(places.area)
    east = column * AREA_SIDE + MARGIN + places.number * 8
    north = row * AREA_SIDE + MARGIN + nth_street * 32
    jitter = rng.normal(0, 2.0, (2, len(places))).round().astype(np.int64)
    return SEA[0] + east + jitter[0], SEA[1] + north + jitter[1]


def area_square(area: Ints) -> tuple[Ints, Ints]:
    """Column and row of each area's square: wards are rows of a block, blocks fill out a square.

    Blocks follow each other in Morton's order, so that a council of any size is about as wide as
    it is high, and a larger one holds the smaller.
    """
    block, place = np.divmod(area, AREAS_PER_BLOCK)
    across, up = np.zeros_like(block), np.zeros_like(block)
    for bit in range(16):
        across |= (block >> 2 * bit & 1) << bit
        up |= (block >> 2 * bit + 1 & 1) << bit
    rows = AREAS_PER_BLOCK // _AREAS_ACROSS
    return across * _AREAS_ACROSS + place % _AREAS_ACROSS, up * rows + place // _AREAS_ACROSS


def postcode_text(number: int) -> str:
    """Postcode of the made-up area ZZ, such as `ZZ3 4AB`."""
    district, rest = divmod(number, _POSTCODES_PER_DISTRICT)
    sector, unit = divmod(rest, len(_UNIT_LETTERS) ** 2)
    first, second = divmod(unit, len(_UNIT_LETTERS))
    return f"ZZ{district + 1} {sector}{_UNIT_LETTERS[first]}{_UNIT_LETTERS[second]}"


def area_text(number: int) -> str:
    """Code of a made-up small area, such as `X01000007`."""
    return f"X01{number:06d}"


def ward_text(number: int) -> str:
    """Code of a made-up ward, such as `X05000002`."""
    return f"X05{number:06d}"


def address_text(street: int, number: int, flat: int, area: int) -> str:
    """Address on one line, such as `Flat 2, 14 Teapot Lane, Fablebury`."""
    home = f"Flat {flat}, " if flat else ""
    return f"{home}{number} {STREETS[street]}, {TOWNS[area % len(TOWNS)]}"


def _tenure(rng: np.random.Generator, deprivation: Floats) -> Ints:
    social = 0.17 * np.exp(0.9 * deprivation)
    rented = 0.19 * np.exp(0.2 * deprivation)
    draw = rng.random(len(deprivation))
    return np.where(draw < social, SOCIAL, np.where(draw < social + rented, RENTED, OWNED))


def _recorded_tenure(rng: np.random.Generator, tenure: Ints) -> Ints:
    """Tenure as the council knows it: its own stock always, other homes often not."""
    known = np.array([0.55, 0.50, 1.0])[tenure]
    return np.where(rng.random(len(tenure)) < known, tenure, NOT_KNOWN)


def _pick(rng: np.random.Generator, shares: Floats, size: int) -> Ints:
    return np.searchsorted(np.cumsum(shares)[:-1], rng.random(size), side="right").astype(np.int64)
