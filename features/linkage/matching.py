"""Deterministic passes that pair two lists of identities, the surest first."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import jellyfish

_ALIKE = 0.88
"""Jaro–Winkler similarity above which two names are taken for one misspelt (Winkler 1990)."""


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
    block: Callable[[Identity], tuple[Hashable, ...]]
    agrees: Callable[[Identity, Identity], bool]
    confidence: float


def match(references: Iterable[Identity], persons: Iterable[Identity]) -> Iterator[Match]:
    """Links of references to persons, one to one, in the order of the passes.

    A reference that fits several persons in a pass, or a person whom several references fit, is
    ambiguous: those references stay unlinked and are not tried by weaker rules.
    """
    open_references, free_persons = list(references), list(persons)
    for rule in PASSES:
        found = _candidates(rule, open_references, free_persons)
        claims: dict[str, set[str]] = defaultdict(set)
        for reference, people in found.items():
            for person in people:
                claims[person].add(reference)
        linked: set[str] = set()
        for reference in sorted(found):
            (person, *others) = sorted(found[reference])
            if not others and len(claims[person]) == 1:
                linked.add(person)
                yield Match(reference, person, rule.rule, rule.confidence)
        open_references = [i for i in open_references if i.owner not in found]
        free_persons = [i for i in free_persons if i.owner not in linked]


def _candidates(
    rule: Pass, references: Sequence[Identity], persons: Sequence[Identity]
) -> dict[str, set[str]]:
    """Persons that fit each reference by one rule; references that fit nobody are left out."""
    blocks: dict[tuple[Hashable, ...], list[Identity]] = defaultdict(list)
    for person in persons:
        key = rule.block(person)
        if None not in key:
            blocks[key].append(person)
    found: dict[str, set[str]] = defaultdict(set)
    for reference in references:
        for person in blocks.get(rule.block(reference), ()):
            if rule.agrees(reference, person):
                found[reference.owner].add(person.owner)
    return found


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
    Pass("date of birth, names alike", lambda i: (i.date_of_birth,), _names_alike, 0.92),
    Pass(
        "surname and postcode, forename alike, date of birth slipped",
        lambda i: (i.surname, i.postcode),
        _forename_alike_and_birthday_slipped,
        0.9,
    ),
)
