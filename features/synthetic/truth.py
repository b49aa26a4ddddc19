"""The truth behind the tables, for tests and for studies of Hearth itself; never a source."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from features.synthetic.block import Block
from features.synthetic.ethnicity import BROAD, BROAD_OF_GROUP, GROUPS
from features.synthetic.extract import Extracted, Facts
from features.synthetic.inspections import Outcome
from features.synthetic.tables import TABLES
from features.synthetic.timeline import EXTRACT, START, Ints

_KEYS_PER_BLOCK: Final = 10_000_000


def facts(block: Block, known: Facts) -> Iterator[tuple[str, pa.Table]]:
    """True persons, outcomes and homes of a block."""
    yield "persons", _persons(block)
    profiles = known.profiles
    yield (
        "school_readiness",
        pa.table(
            {
                "person_id": _persons_text(block.people.number[profiles.frame["person"]]),
                "profile_year": profiles.year,
                "chance_not_good": profiles.chance_not_good,
                "is_good": profiles.is_good,
                "recorded_good": profiles.frame["good_level_of_development"],
            }
        ),
    )
    yield "shared_lets", _shared_lets(block)
    yield "unlicensed_hmos", _unlicensed(block, known.inspected)
    spell = known.inspected.propensity
    yield (
        "inspection_propensity",
        pa.table(
            {
                "uprn": _uprn_text(block, spell["home"]),
                "quarter_from": _dates(spell["quarter_from"]),
                "propensity": spell["propensity"],
            }
        ),
    )


def notes(extracted: Extracted, block: Block) -> Iterator[tuple[str, pa.Table]]:
    """Defects planted in a table, and the person whom each linked row is truly about."""
    table = TABLES[extracted.name]
    for note in extracted.planted:
        key = (
            pa.array(note.rows + block.number * _KEYS_PER_BLOCK).cast(pa.string())
            if table.row_key
            else pa.nulls(len(note.rows), pa.string())
        )
        yield (
            "defects",
            pa.table(
                {
                    "table": pa.repeat(table.name, len(note.rows)),
                    "row_number": key,
                    "column": pa.repeat(note.column, len(note.rows)),
                    "defect": pa.repeat(note.defect, len(note.rows)),
                }
            ),
        )
    if extracted.person is not None:
        yield (
            "links",
            pa.table(
                {
                    "table": pa.repeat(table.name, len(extracted.table)),
                    "row_key": extracted.table[table.row_key],
                    "reference": extracted.table["reference"],
                    "person_id": _persons_text(extracted.person.to_numpy()),
                }
            ),
        )


def _persons(block: Block) -> pa.Table:
    people, sharers = block.people, block.sharers
    group = np.concatenate([people.group, sharers.group])
    meals = np.concatenate(
        [block.families.has_free_meals[people.family], np.zeros(len(sharers.group), dtype=bool)]
    )
    return pa.table(
        {
            "person_id": _persons_text(np.concatenate([people.number, sharers.number])),
            "ethnic_group": pa.array(BROAD).take(pa.array(BROAD_OF_GROUP[group])),
            "ethnic_group_in_full": pa.array(GROUPS).take(pa.array(group)),
            "sex": pa.array(("female", "male")).take(
                pa.array(np.concatenate([people.boy, sharers.boy]))
            ),
            "free_school_meals": meals,
            "is_recorded": np.concatenate([block.is_recorded, sharers.is_known]),
        }
    )


def _shared_lets(block: Block) -> pa.Table:
    lets = block.settlement.shared
    return pa.table(
        {
            "uprn": _uprn_text(block, lets.home),
            "starts_on": _dates(lets.start),
            "ends_on": _dates(lets.end),
            "occupants": block.sharers.occupants,
        }
    )


def _unlicensed(block: Block, inspected: Outcome) -> pa.Table:
    start = np.maximum(inspected.unlicensed_start, START)
    end = np.minimum(inspected.unlicensed_end, EXTRACT)
    holds = start < end
    return pa.table(
        {
            "uprn": _uprn_text(block, inspected.unlicensed_home[holds]),
            "starts_on": _dates(start[holds]),
            "ends_on": _dates(end[holds]),
        }
    )


def _persons_text(number: Ints) -> pa.Array:
    return pa.array([f"P{n}" for n in number.tolist()], pa.string())


def _uprn_text(block: Block, home: Ints) -> pa.Array:
    return pa.array(block.places.uprn[home]).cast(pa.string())


def _dates(days: Ints) -> pa.Array:
    whole = days.astype(np.int32)
    return pa.array(whole, mask=whole > EXTRACT).cast(pa.date32())
