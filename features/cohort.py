"""The cohort: who is scored at each as-of date, and whom each row follows, as known by then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.conditions import meeting
from features.home_kind import home_kinds
from features.households import ADULT_AT, Households, aged
from features.known_rows import (
    EVENT_DATE,
    KEY,
    KNOWLEDGE_DATE,
    ORDER,
    KnownRows,
    in_force,
    is_current,
)
from hearth.definition import HasMember, ModelDefinition, Role
from hearth.errors import DataError, Fault
from hearth.periods import Period
from hearth.source_contract import SourceKind

ROWS = pa.schema({"entity_id": pa.string(), "as_of": pa.date32()})
FOLLOWED = pa.schema({"row": pa.int64(), "key": pa.string()})
_AT_BIRTH = Period()


@dataclass(frozen=True)
class Cohort:
    """Rows of the matrix, and the keys that each follows in each role.

    `rows` has `entity_id` and `as_of`, sorted by as-of date and entity. `followed` gives for a role
    pairs of `row` (position in `rows`) and `key` (a person's, or an address's), once each.
    """

    rows: pa.Table
    followed: dict[Role, pa.Table]

    def of_rows(self, kept: npt.NDArray[np.bool_]) -> "Cohort":
        """The cohort of some of its rows, (rows,) bool."""
        place = np.cumsum(kept) - 1
        followed = {}
        for role, pairs in self.followed.items():
            row = np.asarray(pairs["row"])
            mine = kept[row]
            key = pairs["key"].filter(pa.array(mine))
            followed[role] = pa.table([place[row[mine]], key], schema=FOLLOWED)
        return Cohort(self.rows.filter(pa.array(kept)), followed)


@dataclass(frozen=True)
class _AtDate:
    """The cohort at one as-of date: entities in order, and pairs of entity and key by role."""

    as_of: date
    entities: pa.Array
    pairs: dict[Role, tuple[pa.ChunkedArray, pa.ChunkedArray]]


def household_cohort(
    definition: ModelDefinition,
    wanted: HasMember,
    households: Households,
    classes: KnownRows | None = None,
) -> Cohort:
    """Households with a member of the cohort's age at each as-of date; the entity is the UPRN.

    Only those in homes of the kinds that the cohort asks for; `classes` says their classes.

    The child is every member of that age (twins are two), siblings are the other members under 18,
    adults the other members of 18 and over. A member of unknown age is a member only.
    """
    kinds = definition.cohort.home

    def at(as_of: date) -> _AtDate:
        residents = households.residents_at(as_of)
        child = aged(residents, as_of, *wanted.age)
        homes = pc.unique(child["uprn"]).sort()
        if kinds:
            found = home_kinds(homes, residents, classes, as_of)
            homes = homes.filter(
                pc.is_in(found["kind"].combine_chunks(), value_set=pa.array(kinds))
            )
        return _households_at(residents, child, homes, as_of)

    return _assembled(definition, (at(as_of) for as_of in definition.as_of.dates()))


def source_cohort(
    definition: ModelDefinition, source: KnownRows, households: Households | None
) -> Cohort:
    """Entities with a row of the cohort's source, known before the as-of date, that meets its filters.

    Of an attribute the latest version counts, of a spell those in force, of events any.

    Parameters
    ----------
    definition
        A model whose cohort names a source.
    source
        Rows of that source.
    households
        Who lived where; None where no source says.
    """
    find = _ENTITIES[source.contract.kind]

    def at(as_of: date) -> _AtDate:
        rows = meeting(find(source, as_of), definition.cohort.where)
        entities = pc.unique(rows[KEY]).sort()
        own = (pa.chunked_array([entities]), pa.chunked_array([entities]))
        pairs = {Role.PERSON: own, Role.ADDRESS: own}
        if households is not None:
            members = households.members_at(as_of)
            if definition.unit == "person":
                pairs[Role.ADDRESS] = (members["person_id"], members["uprn"])
            pairs[Role.MEMBERS] = (members["uprn"], members["person_id"])
        return _AtDate(as_of, entities, pairs)

    return _assembled(definition, (at(as_of) for as_of in definition.as_of.dates()))


def _households_at(residents: pa.Table, child: pa.Table, homes: pa.Array, as_of: date) -> _AtDate:
    members, child = (
        people.filter(pc.is_in(people["uprn"], value_set=homes)) for people in (residents, child)
    )
    others = members.filter(pc.invert(pc.is_in(members["person_id"], value_set=child["person_id"])))
    groups = {
        Role.CHILD: child,
        Role.SIBLINGS: aged(others, as_of, _AT_BIRTH, ADULT_AT),
        Role.ADULTS: aged(others, as_of, ADULT_AT),
        Role.MEMBERS: members,
    }
    pairs = {role: (group["uprn"], group["person_id"]) for role, group in groups.items()}
    own = pa.chunked_array([homes])
    return _AtDate(as_of, homes, {**pairs, Role.ADDRESS: (own, own)})


def _assembled(definition: ModelDefinition, dates: Iterable[_AtDate]) -> Cohort:
    """All dates under one another, with keys by row rather than by entity."""
    rows: list[pa.Table] = []
    followed: dict[Role, list[pa.Table]] = {}
    start = 0
    for one in dates:
        day = pa.repeat(pa.scalar(one.as_of), len(one.entities))
        rows.append(pa.table([one.entities, day], schema=ROWS))
        for role, (entity, key) in one.pairs.items():
            place = pc.add(pc.cast(pc.index_in(entity, value_set=one.entities), pa.int64()), start)
            pairs = pa.table([place, key], schema=FOLLOWED)
            followed.setdefault(role, []).append(pairs.filter(pc.is_valid(pairs["row"])))
        start += len(one.entities)
    if start == 0:
        found = "finds nobody at any as-of date"
        remedy = (
            "see that its dates lie within what its source knows, and its filters name values held"
        )
        raise DataError([Fault(f"models/{definition.model}/model.yaml", "cohort", found, remedy)])
    return Cohort(
        pa.concat_tables(rows).combine_chunks(),
        {role: pa.concat_tables(tables).combine_chunks() for role, tables in followed.items()},
    )


def _known_by(source: KnownRows, as_of: date) -> pa.Table:
    """Rows that happened and were known before the as-of date."""
    day, table = pa.scalar(as_of), source.table
    known = pc.and_(pc.less(table[EVENT_DATE], day), pc.less(table[KNOWLEDGE_DATE], day))
    return table.filter(pc.and_(pc.fill_null(known, False), is_current(table, as_of)))


def _latest_versions(source: KnownRows, as_of: date) -> pa.Table:
    """Latest version of each key known before the as-of date."""
    known = _known_by(source, as_of)
    last = known.group_by(KEY, use_threads=False).aggregate([(ORDER, "max")])
    return known.filter(pc.is_in(known[ORDER], value_set=last[f"{ORDER}_max"]))


def _spells_in_force(source: KnownRows, as_of: date) -> pa.Table:
    return source.table.filter(in_force(source, as_of))


_ENTITIES: dict[SourceKind, Callable[[KnownRows, date], pa.Table]] = {
    SourceKind.EVENT: _known_by,
    SourceKind.ATTRIBUTE: _latest_versions,
    SourceKind.AREA: _latest_versions,
    SourceKind.SPELL: _spells_in_force,
}
