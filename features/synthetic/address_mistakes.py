"""Addresses as people write them: shortened, misspelt, turned round or without their town.

Each mistake is a rule on the words of an address; where it does not apply, the next one is made.
"""

import random
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

_SHORT = {
    "STREET": "St",
    "ROAD": "Rd",
    "AVENUE": "Ave",
    "LANE": "Ln",
    "CLOSE": "Cl",
    "DRIVE": "Dr",
    "COURT": "Ct",
    "TERRACE": "Terr",
    "CRESCENT": "Cres",
    "GARDENS": "Gdns",
    "SQUARE": "Sq",
    "PLACE": "Pl",
    "HOUSE": "Hse",
    "INDUSTRIAL": "Ind",
    "ESTATE": "Est",
    "FLOOR": "Flr",
    "NORTH": "N",
    "SOUTH": "S",
    "SAINT": "St",
}
_WAYS = frozenset(_SHORT) - {"HOUSE", "INDUSTRIAL", "FLOOR", "NORTH", "SOUTH", "SAINT"}
_UNITS = {
    "FLAT": ("Apartment", "Apt", "Flt"),
    "APARTMENT": ("Flat", "Apt"),
    "UNIT": ("U", "Units"),
    "SHOP": ("Unit",),
}
_NAMES = (
    "The Copper Kettle",
    "Harper & Sons",
    "Golden Wok",
    "Bright Start",
    "Corner Stores",
    "Riverside Cafe",
    "Mr J Archer",
    "Tasty Bites Ltd",
)
_HOMES = ("Rose Cottage", "Ivy House", "Orchard View", "The Laurels", "Mill Barn")
_KEYS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Written:
    """An address as written by somebody, the one that was meant (None for no home of the list), and how it differs."""

    reference: str
    address: str
    postcode: str | None
    meant: str | None
    mistake: str


_Rule = Callable[[list[str], random.Random], list[str] | None]


def _abbreviated(words: list[str], _draw: random.Random) -> list[str] | None:
    return [_SHORT.get(word, word) for word in words]


def _without_town(words: list[str], _draw: random.Random) -> list[str] | None:
    ways = [i for i, word in enumerate(words) if word in _WAYS and i > 0]
    if ways and ways[-1] + 1 < len(words):
        return words[: ways[-1] + 1]
    return words[:-1] if len(words) > 4 else None


def _unit_rewritten(words: list[str], draw: random.Random) -> list[str] | None:
    for i, (word, following) in enumerate(pairwise(words)):
        if word in _UNITS and re.fullmatch(r"[0-9]+[A-Z]?", following):
            return [*words[:i], draw.choice(_UNITS[word]), following + ",", *words[i + 2 :]]
    for i, word in enumerate(words):
        if found := re.fullmatch(r"([0-9]+)([A-Z])", word):
            return [*words[:i], found[1], found[2].lower(), *words[i + 1 :]]
        if found := re.fullmatch(r"([0-9]+)[-/]([0-9]+)", word):
            return [*words[:i], found[1], draw.choice(("-", "to", "&")), found[2], *words[i + 1 :]]
    return None


def _turned_round(words: list[str], _draw: random.Random) -> list[str] | None:
    start = _first_number(words)
    return [*words[start:], *words[:start]] if start else None


def _misspelt(words: list[str], draw: random.Random) -> list[str] | None:
    long = [i for i, word in enumerate(words) if word.isalpha() and len(word) > 4]
    if not long:
        return None
    for i in draw.sample(long, k=min(len(long), draw.choice((1, 1, 2)))):
        words = [*words[:i], _slip(words[i], draw), *words[i + 1 :]]
    return words


def _in_small_letters(words: list[str], draw: random.Random) -> list[str] | None:
    return [draw.choice((str.lower, str.title))(word) for word in words]


def _punctuated(words: list[str], draw: random.Random) -> list[str] | None:
    return [word + draw.choice(("", "", ",", " ,", ".", "  ", " -")) for word in words]


def _name_left_out(words: list[str], _draw: random.Random) -> list[str] | None:
    start = _first_number(words)
    return words[start:] if start and words[start - 1] not in _UNITS else None


def _number_left_out(words: list[str], _draw: random.Random) -> list[str] | None:
    start = _first_number(words)
    has_one = start > 1 and sum(any(c.isdigit() for c in word) for word in words) == 1
    return [*words[:start], *words[start + 1 :]] if has_one else None


def _name_added(words: list[str], draw: random.Random) -> list[str] | None:
    return [draw.choice(_NAMES) + ",", *words]


_RULES: Mapping[str, _Rule] = {
    "abbreviated": _abbreviated,
    "town left out": _without_town,
    "unit rewritten": _unit_rewritten,
    "turned round": _turned_round,
    "misspelt": _misspelt,
    "small letters": _in_small_letters,
    "punctuated": _punctuated,
    "name left out": _name_left_out,
    "number left out": _number_left_out,
    "name added": _name_added,
    "postcode left out": lambda words, _draw: words,
}
_SEVERAL = ("misspelt", "abbreviated", "punctuated", "town left out")
MISTAKES = (*_RULES, "several at once")
_RARE = ("unit rewritten", "turned round", "name left out", "number left out")
"""Mistakes that few addresses admit: tried first in half of all."""


def mistaken(addresses: Iterable[Written], *, seed: int) -> Iterator[Written]:
    """Each address with one mistake, drawn among those it admits."""
    draw = random.Random(seed)  # noqa: S311 - made-up data, not secrets
    for address in addresses:
        first = draw.sample(_RARE, k=len(_RARE)) if draw.random() < 0.5 else []
        kinds = [*first, *draw.sample(MISTAKES, k=len(MISTAKES))]
        made = (_made(address, kind, draw) for kind in kinds)
        yield next(one for one in made if one is not None)


def neighbours(addresses: Iterable[Written], *, seed: int) -> Iterator[Written]:
    """Addresses of no home in the list, beside each that is: another number, or another name."""
    held = list(addresses)
    draw = random.Random(seed)  # noqa: S311 - made-up data, not secrets
    taken = {place for one in held for place in _places(one.address.split(), one.postcode)}
    for one in held:
        words = one.address.split()
        numbered = [i for i, word in enumerate(words) if word.isdigit()]
        if numbered:
            at = numbered[-1]
            words[at] = str(int(words[at]) + draw.choice((2, 4, 6, 10)))
            if taken.isdisjoint(_places(words, one.postcode, at)):
                yield Written(one.reference, " ".join(words), one.postcode, None, "no such number")
        elif (street := _street(words)) and not any(map(_numbers, words)):
            named = " ".join([draw.choice(_HOMES), *words[street - 1 :]])
            yield Written(one.reference, named, one.postcode, None, "no such name")


def _made(address: Written, kind: str, draw: random.Random) -> Written | None:
    words = address.address.split()
    if kind == "several at once":
        for rule in _SEVERAL:
            words = _RULES[rule](words, draw) or words
    else:
        changed = _RULES[kind](words, draw)
        if changed is None or (changed == words and kind != "postcode left out"):
            return None
        words = changed
    postcode = None if kind == "postcode left out" else address.postcode
    return replace(address, address=" ".join(words), postcode=postcode, mistake=kind)


def _first_number(words: list[str]) -> int:
    """Place of the first word with a figure; 0 where there is none, or it comes first."""
    return next((i for i, word in enumerate(words) if any(c.isdigit() for c in word)), 0)


def _street(words: list[str]) -> int:
    """Place of the first word for a street that can follow a name; 0 where there is none."""
    return next((i for i, word in enumerate(words) if word in _WAYS and i > 2), 0)


def _places(words: list[str], postcode: str | None, at: int | None = None) -> Iterator[Hashable]:
    """Numbers of an address, each with its postcode and with its street; only the word `at` if given."""
    for i, word in enumerate(words):
        if at is None or i == at:
            for number in _numbers(word):
                yield number, postcode
                yield number, *words[i + 1 : i + 3]


def _numbers(word: str) -> list[str]:
    """Numbers in a word, those within a range among them."""
    found = re.findall(r"[0-9]+", word)
    is_range = len(found) > 1 and int(found[0]) < int(found[-1]) < int(found[0]) + 200
    return [*map(str, range(int(found[0]), int(found[-1]) + 1))] if is_range else found


def _slip(word: str, draw: random.Random) -> str:
    """A word with a letter dropped, doubled, changed, or exchanged with the next."""
    at = draw.randrange(1, len(word) - 1)
    return draw.choice(
        (
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + draw.choice(_KEYS) + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )
    )
