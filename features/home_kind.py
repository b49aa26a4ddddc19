"""Kinds of home at a date, by structured evidence: its class in the gazetteer, and who lives there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from features.known_rows import KEY, KNOWLEDGE_DATE, ORDER, KnownRows, is_current
from features.linkage.standardise import standardise_surname
from hearth.definition import HomeKind
from hearth.periods import Period
from hearth.source_use import HOME_CLASS

CLASSES = {
    "RI01": (HomeKind.CARE_HOME, "care or nursing home"),
    "RI03": (HomeKind.STUDENT_HALL, "residential education"),
    "RI": (HomeKind.INSTITUTION, "residential institution"),
    "RH": (HomeKind.SHARED, "house in multiple occupation"),
}
"""Kind and meaning by the beginning of a BLPU class; the first that fits counts.

References
----------
Ordnance Survey and GeoPlace, AddressBase classification scheme (BLPU classes).
"""
MANY = 8
"""People of one age that no ordinary home holds: our assumption, above the sizes of families."""
MANY_STUDENTS = 12
"""The same of students, who share larger houses than others do: our assumption."""
CROWD = 20
"""People whom no house holds, whatever their age: our assumption."""
SHARERS = 3
"""Adults, and likely families, from which a home counts as shared. In law two households among three
people are enough (Housing Act 2004, ss. 254 and 258); a family of three surnames is rare, one of two
is common, so the third decides here."""

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Counts:
    """Who lives in each home, (homes,) each.

    `adults` are those not known to be under 18: the council knows the birthdays of children better
    than of anyone else. `families` is the likely number of families.
    """

    people: Ints
    adults: Ints
    of_known_age: Ints
    aged_65: Ints
    aged_18_to_24: Ints
    families: Ints


@dataclass(frozen=True)
class Rule:
    """A kind of home, whom it needs to hold, and why in words."""

    kind: HomeKind
    holds: Callable[[Counts], Flags]
    why: str


RULES = (
    Rule(
        HomeKind.CARE_HOME,
        lambda c: (c.aged_65 >= MANY) & (4 * c.aged_65 >= 3 * c.of_known_age),
        "{aged_65} people aged 65 and over of {people}",
    ),
    Rule(
        HomeKind.STUDENT_HALL,
        lambda c: (c.aged_18_to_24 >= MANY_STUDENTS) & (4 * c.aged_18_to_24 >= 3 * c.of_known_age),
        "{aged_18_to_24} people aged 18 to 24 of {people}",
    ),
    Rule(HomeKind.INSTITUTION, lambda c: c.people >= CROWD, "{people} people"),
    Rule(
        HomeKind.SHARED,
        lambda c: (c.adults >= SHARERS) & (c.families >= SHARERS),
        "{adults} adults, likely {families} families",
    ),
    Rule(HomeKind.EMPTY, lambda c: c.people == 0, "nobody is recorded as living here"),
    Rule(HomeKind.FAMILY, lambda c: c.people > 0, "{people} people, likely one family"),
)
"""Kinds by who lives there, where no class says; the first that holds counts."""


def home_kinds(
    homes: pa.Array, residents: pa.Table, classes: KnownRows | None, as_of: date
) -> pa.Table:
    """Kind of each home as at a date: `uprn`, `kind`, `why`, `people`, `families`.

    Parameters
    ----------
    homes
        UPRNs asked about, once each.
    residents
        `Households.residents_at` of that date.
    classes
        Rows of a source about properties with a column `blpu_class`; None where none says.
    as_of
        The date; a class known on or after it counts for nothing.
    """
    counts = count_people(homes, residents, as_of)
    kind = np.full(len(homes), "", dtype=object)
    why = np.full(len(homes), "", dtype=object)
    classed = pa.nulls(len(homes), pa.string())
    if classes is not None:
        classed = _classes_at(homes, classes, as_of)
    for start, (said, words) in CLASSES.items():
        begins = pc.fill_null(pc.starts_with(classed, start), False)
        here = np.asarray(begins, dtype=bool) & (kind == "")
        kind[here] = said.value
        why[here] = [f"classed {classed[int(i)].as_py()}: {words}" for i in np.flatnonzero(here)]
    for rule in RULES:
        here = rule.holds(counts) & (kind == "")
        kind[here] = rule.kind.value
        why[here] = [_told(rule, counts, int(i)) for i in np.flatnonzero(here)]
    return pa.table(
        {
            "uprn": homes,
            "kind": pa.array(kind, pa.string()),
            "why": pa.array(why, pa.string()),
            "people": counts.people,
            "families": counts.families,
        }
    )


def count_people(homes: pa.Array, residents: pa.Table, as_of: date) -> Counts:
    """Who lives in each home, counted."""
    place = pc.index_in(residents["uprn"], value_set=homes)
    here = residents.filter(pc.is_valid(place))
    home = np.asarray(pc.drop_null(place), dtype=np.int64)
    age = {years: _reached(here, years, as_of) for years in (18, 25, 65)}
    known = np.asarray(pc.is_valid(here["date_of_birth"]))
    is_adult = age[18] | ~known

    def count(among: Flags) -> Ints:
        return np.bincount(home[among], minlength=len(homes)).astype(np.int64)

    adults, people = count(is_adult), count(np.ones(len(home), dtype=bool))
    return Counts(
        people=people,
        adults=adults,
        of_known_age=count(known),
        aged_65=count(age[65]),
        aged_18_to_24=count(age[18] & ~age[25]),
        families=_families(home, is_adult, here["surname"], adults, people),
    )


def _families(
    home: Ints, is_adult: Flags, surname: pa.ChunkedArray, adults: Ints, people: Ints
) -> Ints:
    """Likely number of families in each home.

    Two adults are one family, whatever they are called. Of three and more, each surname is a family,
    less one where children live there, since their parents may have two.
    """
    encoded = surname.combine_chunks().dictionary_encode()
    plain = [standardise_surname(word) or "" for word in encoded.dictionary.to_pylist()]
    alike, code = np.unique([*plain, ""], return_inverse=True)
    codes = code[pc.fill_null(encoded.indices, len(plain)).to_numpy()]
    told = is_adult & (alike[codes] != "")
    pairs = np.unique(home[told] * len(alike) + codes[told])
    surnames = np.bincount(pairs // len(alike), minlength=len(people))
    several = np.maximum(surnames - (people > adults), 1)
    return np.where(people == 0, 0, np.where(adults < SHARERS, 1, several)).astype(np.int64)


def _reached(residents: pa.Table, years: int, as_of: date) -> Flags:
    last_birth = Period(months=12 * years).before(as_of)
    reached = pc.less_equal(residents["date_of_birth"], pa.scalar(last_birth))
    return np.asarray(pc.fill_null(reached, False), dtype=bool)


def _classes_at(homes: pa.Array, classes: KnownRows, as_of: date) -> pa.Array:
    """Class of each home in the latest version known before the date; null where none says."""
    day, table = pa.scalar(as_of), classes.table
    known = pc.fill_null(pc.less(table[KNOWLEDGE_DATE], day), False)
    known = pc.and_(known, is_current(table, as_of))
    table = table.filter(pc.and_(known, pc.is_in(table[KEY], value_set=homes)))
    table = table.sort_by([(KNOWLEDGE_DATE, "ascending"), (ORDER, "ascending")])
    latest = np.full(len(homes), -1, dtype=np.int64)
    latest[np.asarray(pc.index_in(table[KEY], value_set=homes))] = np.arange(len(table))
    return table[HOME_CLASS].combine_chunks().take(pa.array(latest, mask=latest < 0))


def _told(rule: Rule, counts: Counts, home: int) -> str:
    return rule.why.format(**{name: int(column[home]) for name, column in vars(counts).items()})
