from datetime import date

import pytest

from serving.scores.wording import day_in_words, frequency_in_words, many_of, value_in_words


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (3.0, None, "3"),
        (1204.0, None, "1,204"),
        (0.346, None, "0.35"),
        (0.00123, None, "0.0012"),
        (123.456, None, "123.5"),
        (120.0, "hours", "120 hours"),
        (1.0, "days", "1 day"),
        (12.5, "£", "£12.50"),
        (1964.0, "year", "1964"),
        (45.0, "%", "45%"),
        (-2.0, None, "-2"),
        ("private_rented", None, "private rented"),
    ],
)
def test_a_value_reads_as_people_write_it(value, unit, words):
    assert value_in_words(value, unit) == words


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.41, "About 41 of every 100 homes"),
        (0.004, "About 4 of every 1,000 homes"),
        (0.0, "Fewer than 1 of every 1,000 homes"),
        (1.0, "More than 999 of every 1,000 homes"),
        (0.997, "About 997 of every 1,000 homes"),
    ],
)
def test_a_probability_is_a_natural_frequency_and_never_certain(probability, words):
    assert frequency_in_words(probability, "homes") == words


def test_a_day_is_written_in_full():
    assert day_in_words(date(2026, 11, 1)) == "1 November 2026"


def test_several_persons_are_people():
    assert (many_of("person"), many_of("property")) == ("people", "properties")
