"""How old a reader must be to follow a text: the Flesch–Kincaid grade, plus five.

The grade counts words a sentence and syllables a word and nothing else. It is a floor under a
text, no proof that people understand it: only readers can say.

References
----------
Kincaid, Fishburne, Rogers & Chissom (1975), "Derivation of new readability formulas for Navy
enlisted personnel", Research Branch Report 8-75, for the formula; a grade is a United States
school year, which begins at about five years more than its number.
mygov.scot, "Readability": adults read at 9 to 11 years on average, and pages should be written for
that. Surrey County Council, "Reading level for web pages", asks for 14 or below.
"""

import re
from functools import cache

import pyphen  # type: ignore[import-untyped]  # publishes no types

TARGET_AGE = 11.0
"""Reading age in years that the text of a notice may need at most; titles and laws are not ours."""

_SENTENCE = re.compile(r"[.!?:;](?:\s|$)|\n\s*\n|\n\s*[-#]")
_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)*")
_ADDRESS = re.compile(r"\S+@\S+|https?://\S+|\b[\w-]+(?:\.[\w-]+)+\b")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?<=[^laeiouy])e$|(?<=[^aeiouysxzcg])es$|(?<=[^aeiouytd])ed$")
_YEARS_BEFORE_FIRST_GRADE = 5


def reading_age(text: str) -> float:
    """Age in years at which a text is followed, by the Flesch–Kincaid grade; 0 of an empty text.

    Headings and points of a list end a sentence as a full stop does; addresses are not read out.
    """
    return max(0.0, grade(text) + _YEARS_BEFORE_FIRST_GRADE) if _WORD.search(text) else 0.0


def grade(text: str) -> float:
    """Flesch–Kincaid grade of a text, in school years of the United States."""
    plain = _ADDRESS.sub("address", text)
    sentences = [part for part in _SENTENCE.split(plain) if _WORD.search(part)]
    words = _WORD.findall(plain)
    syllables = sum(map(syllables_of, words))
    return 0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59


def syllables_of(word: str) -> int:
    """Syllables of a word: those that hyphenation parts, or its groups of vowels where they are more.

    Hyphenation alone misses syllables (com-puter), and would flatter a text.
    """
    plain = word.lower()
    parted = len(_hyphenation().positions(plain)) + 1
    return max(parted, len(_VOWELS.findall(_SILENT.sub("", plain))))


@cache
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="en_GB", left=1, right=1)
