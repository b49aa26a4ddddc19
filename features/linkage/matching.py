"""Deterministic passes that pair two lists of identities, the surest first."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import jellyfish

_ALIKE = 0.88
"""Jaro–Winkler similarity above which two names are taken for one misspelt (Winkler 1990)."""


_Key = tuple[Hashable, ...]


@dataclass(frozen=True)
class Identity:
    """One spelling of a person: `owner` is whose it is, the rest is standardised."""

    owner: str
    forename: str | None
    surname: str | None
    date_of_birth: date | None
    postcode: str | None


@dataclass(frozen=True)
class Match:
    """A reference linked to a person, by which rule, and how sure the rule is, in [0, 1]."""

    reference: str
    person_id: str
    rule: str
    confidence: float


@dataclass(frozen=True)
class Pass:
    """A rule: identities that share a block key and agree are one person.

    `confidence` is set by hand from how often such agreement is chance; issue 3 learns it.
    """

    rule: str
    block: Callable[[Identity], _Key]
    agrees: Callable[[Identity, Identity], bool]
    confidence: float


class Index:
    """Persons by the block keys of every pass, so that many tables can be linked to them."""

    def __init__(self, persons: Iterable[Identity]) -> None:
        self._blocks: dict[str, dict[_Key, list[Identity]]] = {p.rule: {} for p in PASSES}
        for person in persons:
            for rule in PASSES:
                key = rule.block(person)
                if None not in key:
                    self._blocks[rule.rule].setdefault(key, []).append(person)

    def candidates(self, rule: Pass, reference: Identity) -> Iterator[str]:
        """Persons that fit a reference by one rule, perhaps more than once."""
        for person in self._blocks[rule.rule].get(rule.block(reference), ()):
            if rule.agrees(reference, person):
                yield person.owner


def match(references: Iterable[Identity], persons: Index) -> Iterator[Match]:
    """Links of references to persons, one to one, in the order of the passes.

    A reference that fits several persons in a pass, or a person whom several references fit, is
    ambiguous: those references stay unlinked and are not tried by weaker rules.
    """
    waiting, taken = list(references), set[str]()
    for rule in PASSES:
        found: dict[str, set[str]] = defaultdict(set)
        for reference in waiting:
            fitting = [p for p in persons.candidates(rule, reference) if p not in taken]
            if fitting:
                found[reference.owner].update(fitting)
        claims = Counter(person for people in found.values() for person in people)
        for reference_id, people in sorted(found.items()):
            (person, *others) = sorted(people)
            if not others and claims[person] == 1:
                taken.add(person)
                yield Match(reference_id, person, rule.rule, rule.confidence)
        waiting = [identity for identity in waiting if identity.owner not in found]


def _alike(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    return one == other or jellyfish.jaro_winkler_similarity(one, other) >= _ALIKE


def _names_alike(one: Identity, other: Identity) -> bool:
    """Whether both names are alike, in their places or exchanged."""
    straight = _alike(one.forename, other.forename) and _alike(one.surname, other.surname)
    return straight or (_alike(one.forename, other.surname) and _alike(one.surname, other.forename))


def _names_alike_at_postcode(one: Identity, other: Identity) -> bool:
    return one.postcode is not None and one.postcode == other.postcode and _names_alike(one, other)


def _forename_alike(one: Identity, other: Identity) -> bool:
    return _alike(one.forename, other.forename)


def _birthday_slipped(one: Identity, other: Identity) -> bool:
    """Whether two dates of birth differ as a slip does: one digit, or day and month exchanged."""
    first, second = one.date_of_birth, other.date_of_birth
    if first is None or second is None:
        return False
    if (first.year, first.month, first.day) == (second.year, second.day, second.month):
        return True
    pairs = zip(first.isoformat(), second.isoformat(), strict=True)
    return sum(a != b for a, b in pairs) <= 1


def _forename_alike_and_birthday_slipped(one: Identity, other: Identity) -> bool:
    return _alike(one.forename, other.forename) and _birthday_slipped(one, other)


def _always(_one: Identity, _other: Identity) -> bool:
    return True


PASSES: tuple[Pass, ...] = (
    Pass(
        "all four fields",
        lambda i: (i.forename, i.surname, i.date_of_birth, i.postcode),
        _always,
        0.999,
    ),
    Pass(
        "names and date of birth", lambda i: (i.forename, i.surname, i.date_of_birth), _always, 0.98
    ),
    Pass(
        "date of birth and postcode, names alike",
        lambda i: (i.date_of_birth, i.postcode),
        _names_alike_at_postcode,
        0.97,
    ),
    Pass(
        "date of birth and postcode, forename alike",
        lambda i: (i.date_of_birth, i.postcode),
        _forename_alike,
        0.93,
    ),
    Pass("date of birth, names alike", lambda i: (i.date_of_birth,), _names_alike, 0.92),
    Pass(
        "surname and postcode, forename alike, date of birth slipped",
        lambda i: (i.surname, i.postcode),
        _forename_alike_and_birthday_slipped,
        0.9,
    ),
)
