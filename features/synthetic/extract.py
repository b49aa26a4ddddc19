"""Every table of one block, as the council's systems and other bodies would send it, and the truth."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from features.synthetic import (
    care,
    early_years,
    inspections,
    licensing,
    money,
    neighbourhood,
    schooling,
    spine,
)
from features.synthetic.block import Block, Topic
from features.synthetic.defects import Planted, plant
from features.synthetic.identity import Addresses, Identities, write_down
from features.synthetic.places import coordinates
from features.synthetic.recording import Frame
from features.synthetic.tables import TABLES, Table, encode
from features.synthetic.timeline import Ints, day

_GAZETTEER: int = day("2015-10-05")
_DAY_OF_BODY = {
    "two_year_review": "reviewed_on",
    "funded_hours": "counted_on",
    "eyfs_profile": "assessed_on",
    "school_census": "census_on",
}
_SALT_OF_BODY = {"HV": 11, "EY": 23, "UP": 37}


@dataclass(frozen=True)
class Extracted:
    """One table of a block as written, what was planted in it, and whom each row is truly about.

    Parameters
    ----------
    planted
        Defects, by the number of the row within the block.
    person
        Number of the person of each planted row's table, for tables that name persons only by
        what another body knows of them; None for others.
    """

    name: str
    table: pa.Table
    planted: tuple[Planted, ...]
    person: pa.Array | None


@dataclass(frozen=True)
class Facts:
    """What truly happened in a block, for those who check Hearth itself."""

    profiles: schooling.Profiles
    inspected: inspections.Outcome


def extract(block: Block) -> tuple[Iterator[Extracted], Facts]:
    """Tables of a block one after the other, and the truth behind them."""
    noise = neighbourhood.noise_complaints(block)
    waste = neighbourhood.waste_complaints(block)
    behaviour = neighbourhood.antisocial_behaviour(block)
    register = licensing.make_register(block)
    inspected = inspections.inspect(
        block,
        register,
        [
            (noise["home"], noise["logged_on"]),
            (waste["home"], waste["logged_on"]),
            (behaviour["home"], behaviour["recorded_on"]),
        ],
    )
    profiles = schooling.eyfs_profile(block)
    addresses = Addresses(block)
    forced = inspected.forced

    def frames() -> Iterator[tuple[str, Frame]]:
        residents = spine.residents(block)
        yield "residents", {**residents, "postcode": addresses.postcode[residents["home"]]}
        yield "properties", _properties(block, addresses)
        yield "moves", spine.moves(block)
        yield "equality_monitoring", spine.equality_monitoring(block)
        yield "births", early_years.births(block)
        yield "two_year_review", early_years.two_year_review(block)
        yield "funded_hours", early_years.funded_hours(block)
        yield "eyfs_profile", profiles.frame
        yield "school_census", schooling.school_census(block)
        yield "school_absence", schooling.school_absence(block)
        yield "benefits", money.benefits(block)
        yield "council_tax_accounts", money.council_tax_accounts(block)
        yield "council_tax_arrears", money.council_tax_arrears(block)
        yield "social_care_contacts", care.social_care_contacts(block)
        yield "noise_complaints", noise
        yield "waste_complaints", waste
        yield "antisocial_behaviour", behaviour
        yield "epc", neighbourhood.epc(block)
        yield "hmo_designations", licensing.hmo_designations(block)
        yield "hmo_licences", licensing.hmo_licences(block, register, forced)
        yield "hmo_applications", licensing.hmo_applications(block, register, forced)
        yield "hmo_exemptions", licensing.hmo_exemptions(block, register)
        yield "housing_inspections", inspected.frame

    def tables() -> Iterator[Extracted]:
        rng, hand = block.rng(Topic.DEFECTS), block.rng(Topic.IDENTITY)
        for name, frame in frames():
            yield _extracted(block, TABLES[name], frame, addresses, rng=rng, hand=hand)

    return tables(), Facts(profiles, inspected)


def _extracted(
    block: Block,
    table: Table,
    frame: Frame,
    addresses: Addresses,
    *,
    rng: np.random.Generator,
    hand: np.random.Generator,
) -> Extracted:
    slips: dict[str, Ints] = {}
    if table.body:
        identities = _identities(block, table, frame, addresses, hand)
        frame, slips = {**frame, **identities.columns}, identities.slips
    held, planted = plant(rng, table, frame, block.scenario.defects)
    present = np.unique(held["row"])
    planted += [
        Planted("written wrongly", column, np.intersect1d(rows, present))
        for column, rows in slips.items()
    ]
    person = None
    if table.body:
        person = pa.array(block.people.number[held["person"]])
    return Extracted(
        table.name, encode(table, held, block.places.uprn, block.number), tuple(planted), person
    )


def _identities(
    block: Block, table: Table, frame: Frame, addresses: Addresses, hand: np.random.Generator
) -> Identities:
    salt = _SALT_OF_BODY[table.body]
    days: npt.NDArray[np.int64] = frame[_DAY_OF_BODY[table.name]]
    return write_down(block, addresses, hand, person=frame["person"], on=days, salt=salt)


def _properties(block: Block, addresses: Addresses) -> Frame:
    """The gazetteer: every home and business, as it stood before the first year of events."""
    places, size = block.places, len(block.places)
    easting, northing = coordinates(block.rng(Topic.COORDINATES), places)
    return {
        "home": np.arange(size),
        "address": addresses.address,
        "postcode": addresses.postcode,
        "area": places.area,
        "ward": places.ward,
        "deprivation_decile": places.decile + 1,
        "deprivation_fifth": places.decile // 2,
        "use": (~places.is_residential).astype(np.int64),
        "kind": places.kind,
        "era": places.era,
        "tenure": places.recorded_tenure,
        "recorded_on": np.full(size, _GAZETTEER),
        "easting": easting,
        "northing": northing,
    }
