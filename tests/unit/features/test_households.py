from datetime import date

import pyarrow as pa
import pytest

from features.households import SCHEMA, Households, aged
from hearth.periods import Period

OPEN = None


def _households(*spells):
    names = SCHEMA.names
    rows = [dict(zip(names, spell, strict=True)) for spell in spells]
    return Households(pa.Table.from_pylist(rows, schema=SCHEMA))


def _spell(person, uprn, start, end=None, start_known=None, end_known=None, born="1990-01-01"):
    texts = (start, end, start_known or start, end_known or end, born)
    return (person, uprn, *(t and date.fromisoformat(t) for t in texts))


def _pairs(households, day):
    members = households.members_at(date.fromisoformat(day))
    return list(zip(members["uprn"].to_pylist(), members["person_id"].to_pylist(), strict=True))


@pytest.mark.parametrize(
    ("day", "lives_there"),
    [
        ("2019-12-31", False),
        ("2020-01-01", False),
        ("2020-01-02", True),
        ("2020-05-31", True),
        ("2020-06-01", True),
        ("2020-06-02", False),
    ],
)
def test_a_spell_covers_from_its_start_to_before_its_end_as_known(day, lives_there):
    households = _households(_spell("ann", "1", "2020-01-01", "2020-06-01"))
    assert bool(_pairs(households, day)) is lives_there


def test_a_start_known_in_advance_counts_on_the_day_itself():
    households = _households(_spell("ann", "1", "2020-03-01", start_known="2020-02-01"))
    assert not _pairs(households, "2020-02-29")
    assert _pairs(households, "2020-03-01")


def test_an_end_learned_later_does_not_end_the_spell():
    households = _households(
        _spell("ann", "1", "2020-01-01", "2020-06-01", end_known="2020-09-15"),
        _spell("ann", "2", "2020-06-01", start_known="2020-07-01"),
    )
    assert _pairs(households, "2020-06-15") == [("1", "ann")]
    assert _pairs(households, "2020-09-15") == [("1", "ann"), ("2", "ann")]
    assert _pairs(households, "2020-09-16") == [("2", "ann")]


def test_a_person_with_two_spells_at_one_address_is_one_member():
    households = _households(_spell("ann", "1", "2020-01-01"), _spell("ann", "1", "2020-02-01"))
    assert _pairs(households, "2021-01-01") == [("1", "ann")]


@pytest.mark.parametrize(
    ("born", "fits"),
    [
        ("2018-09-01", True),
        ("2018-09-02", False),
        ("2017-09-01", False),
        ("2017-09-02", True),
        (None, False),
    ],
)
def test_ages_are_counted_in_calendar_months(born, fits):
    members = _households(_spell("cal", "1", "2018-01-01", born=born)).members_at(date(2021, 9, 1))
    chosen = aged(members, date(2021, 9, 1), Period.parse("36m"), Period.parse("48m"))
    assert bool(len(chosen)) is fits
