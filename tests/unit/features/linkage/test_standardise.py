import pytest

from features.linkage.standardise import (
    standardise_forename,
    standardise_postcode,
    standardise_surname,
)


@pytest.mark.parametrize(
    ("text", "forename"),
    [
        ("  Zoë ", "zoe"),
        ("Mrs Anne-Marie Jane", "anne"),
        ("O'Neil", "oneil"),
        ("Dr", None),
        ("", None),
        (None, None),
    ],
)
def test_a_forename_is_its_first_plain_word(text, forename):
    assert standardise_forename(text) == forename


@pytest.mark.parametrize(
    ("text", "surname"),
    [
        ("O’Brien", "obrien"),
        ("Smith-Jones", "smithjones"),
        ("van der Berg", "vanderberg"),
        ("Müller", "muller"),
        ("-", None),
    ],
)
def test_a_surname_is_joined_without_marks(text, surname):
    assert standardise_surname(text) == surname


@pytest.mark.parametrize(
    ("text", "postcode"),
    [
        ("sw1a 1aa", "SW1A1AA"),
        (" M1 1AE ", "M11AE"),
        ("SW1A", None),
        ("not known", None),
        (None, None),
    ],
)
def test_a_postcode_is_whole_or_nothing(text, postcode):
    assert standardise_postcode(text) == postcode
