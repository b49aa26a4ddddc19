"""Households: the people whose spell at a UPRN covers a date, as was known before that date."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features import artefacts
from features.days import NEVER, day_of, days
from features.ingest.snapshot import snapshot_manifest
from features.known_rows import (
    END_DATE,
    END_KNOWLEDGE_DATE,
    EVENT_DATE,
    KEY,
    KNOWLEDGE_DATE,
    SUPERSEDED_DATE,
    known_batches,
)
from hearth.periods import Period
from hearth.source_contract import ColumnType, SourceContract
from hearth.source_use import residence_sources

SPELLS = "spells.parquet"
SCHEMA = pa.schema(
    {
        "person_id": pa.string(),
        "uprn": pa.string(),
        "start": pa.date32(),
        "end": pa.date32(),
        "start_known": pa.date32(),
        "end_known": pa.date32(),
        "date_of_birth": pa.date32(),
        "surname": pa.string(),
        "second_home": pa.bool_(),
        "superseded": pa.date32(),
    }
)
SECOND_HOME = "second_home"
"""Column of a source of spells that is true where the spell stands beside the person's main home."""
ADULT_AT = Period(months=18 * 12)
"""A child is a person under 18 (Children Act 1989 s.105)."""

_WORDS = ("persons", "homes", "surnames")
Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Households:
    """Spells of persons at UPRNs as numbers, in the order of person, start, knowledge and home.

    Days count from 1970-01-01. A person is held to live at one home at a time: of the spells in
    force, as known, the one that began last. So a move that is known ends the stay before it,
    whether or not anybody reported that end. A spell marked as a second home (a child whose
    parents share its care, say) counts beside the main one.

    Attributes
    ----------
    persons, homes, surnames
        Words that the codes stand for, each in order.
    by_home
        Places of the spells by home, then person.
    """

    persons: pa.Array
    homes: pa.Array
    surnames: pa.Array
    person: Ints
    home: Ints
    surname: Ints
    start: Ints
    end: Ints
    start_known: Ints
    end_known: Ints
    superseded: Ints
    born: Ints
    second_home: Flags
    by_home: Ints

    @classmethod
    def of(cls, spells: pa.Table) -> "Households":
        """Spells (`SCHEMA`, one row each) as numbers and in order."""
        person, persons = _coded(spells["person_id"])
        home, homes = _coded(spells["uprn"])
        surname, surnames = _coded(spells["surname"])
        start, start_known = days(spells["start"]), days(spells["start_known"])
        order = np.lexsort((home, start_known, start, person))
        columns = {
            "person": person,
            "home": home,
            "surname": surname,
            "start": start,
            "end": days(spells["end"]),
            "start_known": start_known,
            "end_known": days(spells["end_known"]),
            "superseded": days(spells["superseded"]),
            "born": days(spells["date_of_birth"]),
            "second_home": pc.fill_null(spells["second_home"], False).to_numpy(),
        }
        by_home = np.lexsort((person[order], home[order])).astype(np.int32)
        placed = {name: column[order] for name, column in columns.items()}
        return cls(persons, homes, surnames, **placed, by_home=by_home)

    def knows(self, uprn: str, as_of: date) -> bool:
        """Whether anybody was known before a date to live, to have lived or to be about to live there."""
        day, home = day_of(as_of), pc.index(self.homes, uprn).as_py()
        return bool(np.any((self.home == home) & (self.start_known < day)))

    def members_at(self, as_of: date) -> pa.Table:
        """People by UPRN: `uprn`, `person_id`, `date_of_birth`; a pair stands once.

        A spell covers [start, end). An end learned on or after the as-of date does not end the
        spell at it. The date of birth is the one that the latest spell known by then gives.
        """
        return self.residents_at(as_of).select(["uprn", "person_id", "date_of_birth"])

    def pairs_at(self, as_of: date) -> tuple[pa.DictionaryArray, pa.DictionaryArray]:
        """Home and person of each member, as `members_at` has them."""
        rows = self._residing(as_of)
        home, person = pa.array(self.home[rows]), pa.array(self.person[rows])
        return (
            pa.DictionaryArray.from_arrays(home, self.homes),
            pa.DictionaryArray.from_arrays(person, self.persons),
        )

    def residents_at(self, as_of: date) -> pa.Table:
        """The members, and of the spell that places each: `surname`, `start`, `start_known`, `second_home`."""
        rows = self._residing(as_of)
        born = np.full(len(self.persons), NEVER, dtype=np.int32)
        told = np.flatnonzero(self._known(as_of) & (self.born != NEVER))
        born[self.person[told]] = self.born[told]  # of several the last is kept
        return pa.table(
            {
                "uprn": self.homes.take(pa.array(self.home[rows])),
                "person_id": self.persons.take(pa.array(self.person[rows])),
                "date_of_birth": _dates(born[self.person[rows]]),
                "surname": _words(self.surnames, self.surname[rows]),
                "start": _dates(self.start[rows]),
                "start_known": _dates(self.start_known[rows]),
                "second_home": pa.array(self.second_home[rows]),
            }
        )

    def _known(self, as_of: date) -> Flags:
        """Spells known before a date and not superseded before it."""
        day = day_of(as_of)
        return (self.start_known < day) & ~(self.superseded < day)

    def _residing(self, as_of: date) -> Ints:
        """Places of the spells that place people at a date, by home, then person; each pair once."""
        day = day_of(as_of)
        ended = (self.end <= day) & (self.end_known < day)
        in_force = self._known(as_of) & (self.start <= day) & ~ended
        lived = in_force & self.second_home
        lived[_last_of_each(self.person, in_force & ~self.second_home)] = True
        rows = self.by_home[lived[self.by_home]]
        return rows[_differs(self.home[rows]) | _differs(self.person[rows])]


def _coded(words: pa.ChunkedArray) -> tuple[Ints, pa.Array]:
    """Code of each word, in the words' own order (-1 where missing), and the words."""
    encoded = words.combine_chunks().dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy()
    rank = np.empty(len(order) + 1, dtype=np.int32)
    rank[order], rank[-1] = np.arange(len(order), dtype=np.int32), -1
    codes = pc.fill_null(encoded.indices, -1).to_numpy()
    return rank[codes], encoded.dictionary.take(pa.array(order))


def _words(words: pa.Array, codes: Ints) -> pa.Array:
    return words.take(pa.array(codes, mask=codes < 0))


def _dates(day: Ints) -> pa.Array:
    return pc.cast(pa.array(day, mask=day == NEVER), pa.date32())


def _differs(codes: Ints) -> Flags:
    """Whether each code is another than the one before it, (n,); the first always."""
    return np.concatenate([np.ones(min(len(codes), 1), dtype=bool), codes[1:] != codes[:-1]])


def _last_of_each(person: Ints, among: Flags) -> Ints:
    """Place of the last spell of each person among those marked."""
    rows = np.flatnonzero(among)
    return rows[_differs(person[rows][::-1])[::-1]].astype(np.int32)


_NUMBERS = tuple(field.name for field in fields(Households) if field.name not in _WORDS)


def aged(
    members: pa.Table, as_of: date, youngest: Period, oldest: Period | None = None
) -> pa.Table:
    """Members whose age at the as-of date lies in [youngest, oldest); nobody of unknown age."""
    born = members["date_of_birth"]
    fits = pc.less_equal(born, pa.scalar(youngest.before(as_of)))
    if oldest is not None:
        fits = pc.and_(fits, pc.greater(born, pa.scalar(oldest.before(as_of))))
    return members.filter(pc.fill_null(fits, False))


def households_folder(state_dir: Path) -> Path:
    """Folder that holds the spells."""
    return state_dir / "households"


def build_households(sources: Mapping[str, SourceContract], state_dir: Path) -> bool:
    """Write the spells of all sources that say who lived where; False where they were up to date."""
    folder = households_folder(state_dir)
    names = residence_sources(dict(sources))
    made_from = {
        "sources": {name: snapshot_manifest(state_dir, name)["key"] for name in names},
        "code_sha256": artefacts.code_sha256(Path(__file__)),
    }
    key = artefacts.canonical_sha256(made_from)
    if not names or artefacts.is_current(folder, key):
        return False
    spells = Households.of(pa.concat_tables([_spells(sources[name], state_dir) for name in names]))
    with artefacts.made_aside(folder) as aside:
        for name in _WORDS:
            words = pa.table({name: getattr(spells, name)})
            artefacts.write_table(aside / f"{name}.parquet", words)
        numbers = pa.table({name: getattr(spells, name) for name in _NUMBERS})
        manifest = {
            "key": key,
            **made_from,
            "rows": len(numbers),
            "data_sha256": artefacts.write_table(aside / SPELLS, numbers),
        }
        artefacts.write_json(aside / artefacts.MANIFEST, manifest)
    return True


def read_households(state_dir: Path) -> Households:
    """Households of the workspace; NotFoundError where they were never built."""
    folder = households_folder(state_dir)
    artefacts.need_manifest(folder, "run `hearth ingest`")
    words = {
        name: artefacts.read_table(folder / f"{name}.parquet")[name].combine_chunks()
        for name in _WORDS
    }
    numbers = artefacts.read_table(folder / SPELLS)
    return Households(**words, **{name: numbers[name].to_numpy() for name in _NUMBERS})


def _spells(contract: SourceContract, state_dir: Path) -> pa.Table:
    """Spells of one source; a row without a UPRN places nobody and is left out."""
    uprn = next(n for n, column in contract.columns.items() if column.type is ColumnType.UPRN)
    told = ("date_of_birth", "surname", SECOND_HOME)
    held = [name for name in told if name in contract.columns]
    table = pa.concat_tables(known_batches(contract, state_dir, [uprn, *held]))
    columns = {
        "person_id": table[KEY],
        "uprn": table[uprn],
        "start": table[EVENT_DATE],
        "end": table[END_DATE],
        "start_known": table[KNOWLEDGE_DATE],
        "end_known": table[END_KNOWLEDGE_DATE],
        **{name: table[name] if name in held else pa.nulls(len(table)) for name in told},
        "superseded": table[SUPERSEDED_DATE],
    }
    spells = pa.table(columns).cast(SCHEMA)
    return spells.filter(pc.is_valid(spells["uprn"]))
