"""What two texts must agree in to be one address: their numbers, or where they have none their names."""

import re
from collections.abc import Iterable

import jellyfish

_NUMBER = re.compile(
    r"(?<![A-Z0-9])(?P<number>[0-9]+)(?P<letter>[A-Z]?)(?![A-Z0-9])(?: (?P<apart>[A-Z])(?![A-Z0-9]))?"
)
_ALIKE = 0.85
"""Jaro–Winkler similarity above which two words are taken for one misspelt: towns and streets are
longer than names of people, and a slip in them weighs less."""


def numbers_agree(written: str, held: str) -> bool:
    """Whether each number of either address is in the other, `68 A` being `68A`.

    An address written without any number agrees with all.
    """
    here, there = _numbers(written), _numbers(held)
    return not here or (_all_in(here, there) and _all_in(there, here))


def words_agree(written: str, held: str) -> bool:
    """Whether one of two addresses has no word of its own, but for slips and abbreviations.

    A town left out or a name put first leaves the other's words in place; two houses known by
    their names alone each have words of their own.
    """
    here, there = set(written.split()), set(held.split())
    return _explained(here - there, there) or _explained(there - here, here)


def has_number(text: str) -> bool:
    """Whether an address has a number that tells houses apart."""
    return _NUMBER.search(text) is not None


def _numbers(text: str) -> list[set[str]]:
    """Each number of an address, in all readings: `68 A` is 68 or 68A."""
    found = []
    for match in _NUMBER.finditer(text):
        number = match["number"].lstrip("0") or "0"
        readings = {number + match["letter"]}
        if match["apart"] and not match["letter"]:
            readings.add(number + match["apart"])
        found.append(readings)
    return found


def _all_in(numbers: Iterable[set[str]], others: Iterable[set[str]]) -> bool:
    every = set[str]().union(*others)
    return all(not number.isdisjoint(every) for number in numbers)


def _explained(words: set[str], others: set[str]) -> bool:
    return all(any(_is_same(word, other) for other in others) for word in words)


def _is_same(one: str, other: str) -> bool:
    """Whether two words are one: the same, misspelt, or one the other's abbreviation."""
    short, long = sorted((one, other), key=len)
    letters = iter(long)
    is_abbreviation = short[:1] == long[:1] and all(letter in letters for letter in short)
    return is_abbreviation or jellyfish.jaro_winkler_similarity(one, other) >= _ALIKE
