"""The cohort: who is scored at each as-of date, and whom each row follows, as known by then."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.conditions import meets
from features.home_kind import home_kinds
from features.households import ADULT_AT, Households, aged
from features.known_rows import (
    EVENT_DATE,
    KEY,
    KNOWLEDGE_DATE,
    KnownRows,
    in_force,
    is_current,
)
from hearth.condition import Condition
from hearth.definition import HasMember, ModelDefinition, Role
from hearth.errors import DataError, Fault
from hearth.periods import Period
from hearth.source_contract import SourceKind

ROWS = pa.schema({"entity_id": pa.string(), "as_of": pa.date32()})
FOLLOWED = pa.schema({"row": pa.int32(), "key": pa.dictionary(pa.int32(), pa.string())})
_AT_BIRTH = Period()
Flags = npt.NDArray[np.bool_]


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
    """The cohort at one as-of date: entities in order, and by role pairs of entity and key.

    The entity of a pair is its place among the entities, null where it is none of them.
    """

    as_of: date
    entities: pa.Array
    pairs: dict[Role, tuple[pa.Array, pa.DictionaryArray]]


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
    coded = _Coded.of(source)
    met = coded.meeting(definition.cohort.where)

    def at(as_of: date) -> _AtDate:
        code = pa.array(coded.entities_at(as_of, met))
        entities = coded.keys.take(code)
        own = (_places(len(code)), pa.DictionaryArray.from_arrays(code, coded.keys))
        pairs = {Role.PERSON: own, Role.ADDRESS: own}
        if households is not None:
            home, person = households.pairs_at(as_of)
            if definition.unit == "person":
                pairs[Role.ADDRESS] = (_place_of(person, entities), home)
            pairs[Role.MEMBERS] = (_place_of(home, entities), person)
        return _AtDate(as_of, entities, pairs)

    return _assembled(definition, (at(as_of) for as_of in definition.as_of.dates()))


@dataclass(frozen=True)
class _Coded:
    """Rows of a cohort's source, their keys as places among the different keys in order."""

    source: KnownRows
    keys: pa.Array
    code: npt.NDArray[np.int32]

    @classmethod
    def of(cls, source: KnownRows) -> "_Coded":
        keys = pc.unique(source.table[KEY]).sort()
        code = pc.index_in(source.table[KEY], value_set=keys)
        return cls(source, keys, np.asarray(code, dtype=np.int32))

    def meeting(self, conditions: Iterable[Condition]) -> Flags:
        """Whether each row meets all conditions, (rows,) bool."""
        met = np.ones(len(self.code), dtype=bool)
        for condition in conditions:
            met &= np.asarray(meets(self.source.table, condition))
        return met

    def entities_at(self, as_of: date, met: Flags) -> npt.NDArray[np.int32]:
        """Keys of the rows that count at a date and meet the conditions, each once, in order."""
        counts = np.flatnonzero(_COUNTING[self.source.contract.kind](self.source, as_of))
        if self.source.contract.kind in _OF_VERSIONS:
            last = np.full(len(self.keys), -1, dtype=np.int64)
            last[self.code[counts]] = counts  # rows are in order of time: the last stands
            counts = last[last >= 0]
        is_there = np.zeros(len(self.keys), dtype=bool)
        is_there[self.code[counts[met[counts]]]] = True
        return np.flatnonzero(is_there).astype(np.int32)


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
    pairs = {
        role: (
            pc.index_in(group["uprn"], value_set=homes).combine_chunks(),
            group["person_id"].combine_chunks().dictionary_encode(),
        )
        for role, group in groups.items()
    }
    own = (_places(len(homes)), pa.DictionaryArray.from_arrays(_places(len(homes)), homes))
    return _AtDate(as_of, homes, {**pairs, Role.ADDRESS: own})


def _places(many: int) -> pa.Array:
    return pa.array(np.arange(many, dtype=np.int32))


def _place_of(keys: pa.DictionaryArray, entities: pa.Array) -> pa.Array:
    """Place of each key among the entities, null where it is none of them."""
    return pc.index_in(keys.dictionary, value_set=entities).take(keys.indices)


def _assembled(definition: ModelDefinition, dates: Iterable[_AtDate]) -> Cohort:
    """All dates under one another, with keys by row rather than by entity."""
    rows: list[pa.Table] = []
    followed: dict[Role, list[pa.Table]] = {}
    start = 0
    for one in dates:
        day = pa.repeat(pa.scalar(one.as_of), len(one.entities))
        rows.append(pa.table([one.entities, day], schema=ROWS))
        for role, (place, key) in one.pairs.items():
            is_here = pc.is_valid(place)
            row = pc.add(place.filter(is_here), pa.scalar(start, pa.int32()))
            pairs = pa.table([row, key.filter(is_here)], schema=FOLLOWED)
            followed.setdefault(role, []).append(pairs)
        start += len(one.entities)
    if start == 0:
        found = "finds nobody at any as-of date"
        remedy = (
            "see that its dates lie within what its source knows, and its filters name values held"
        )
        raise DataError([Fault(f"models/{definition.model}/model.yaml", "cohort", found, remedy)])
    return Cohort(
        pa.concat_tables(rows).combine_chunks(),
        {role: _one_table(tables) for role, tables in followed.items()},
    )


def _one_table(pairs: list[pa.Table]) -> pa.Table:
    """Pairs of all dates; a dictionary that all share is kept, as joining them takes long."""
    keys = [table["key"].combine_chunks() for table in pairs]
    whole = pa.concat_tables(pairs)
    if any(key.dictionary is not keys[0].dictionary for key in keys) and not all(
        key.dictionary.equals(keys[0].dictionary) for key in keys
    ):
        return whole.combine_chunks()
    code = pa.concat_arrays([key.indices for key in keys])
    key = pa.DictionaryArray.from_arrays(code, keys[0].dictionary)
    return pa.table([whole["row"].combine_chunks(), key], schema=FOLLOWED)


def _known_by(source: KnownRows, as_of: date) -> Flags:
    """Rows that happened and were known before the as-of date, (rows,) bool."""
    day, table = pa.scalar(as_of), source.table
    known = pc.and_(pc.less(table[EVENT_DATE], day), pc.less(table[KNOWLEDGE_DATE], day))
    return np.asarray(pc.and_(pc.fill_null(known, False), is_current(table, as_of)))


def _in_force(source: KnownRows, as_of: date) -> Flags:
    return np.asarray(in_force(source, as_of))


_COUNTING: dict[SourceKind, Callable[[KnownRows, date], Flags]] = {
    SourceKind.EVENT: _known_by,
    SourceKind.ATTRIBUTE: _known_by,
    SourceKind.AREA: _known_by,
    SourceKind.SPELL: _in_force,
}
_OF_VERSIONS = (SourceKind.ATTRIBUTE, SourceKind.AREA)
