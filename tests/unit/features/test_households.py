from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.households import SCHEMA, Households, aged
from hearth.periods import Period

OPEN = None


def _households(*spells):
    rows = [_named(spell) for spell in spells]
    return Households.of(pa.Table.from_pylist(rows, schema=SCHEMA))


def _written(person, uprn, start, end, start_known, end_known):
    days = (date(2020, 1, day) for day in (start, end, start_known, end_known))
    return (person, uprn, *days, None)


def _members(spells, as_of):
    return _households(*spells).members_at(as_of)


def _named(spell):
    return dict(zip(SCHEMA.names, spell, strict=False))


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
    households = _households(_spell("ann", "1", "2020-01-01", "2020-06-01", end_known="2020-09-15"))
    assert _pairs(households, "2020-09-15") == [("1", "ann")]
    assert _pairs(households, "2020-09-16") == []


def test_a_known_move_ends_the_stay_before_it_though_nobody_reported_its_end():
    households = _households(
        _spell("ann", "1", "2020-01-01"),
        _spell("ann", "2", "2020-06-01", start_known="2020-07-01"),
    )
    assert _pairs(households, "2020-07-01") == [("1", "ann")]
    assert _pairs(households, "2020-07-02") == [("2", "ann")]


def test_of_overlapping_spells_the_one_that_began_last_counts_however_late_the_others_were_learned():
    households = _households(
        _spell("ann", "2", "2020-06-01"),
        _spell("ann", "1", "2020-01-01", start_known="2021-01-01"),
    )
    assert _pairs(households, "2022-01-01") == [("2", "ann")]


def test_of_two_spells_begun_on_one_day_the_one_learned_last_counts():
    households = _households(
        _spell("ann", "1", "2020-06-01", start_known="2020-06-09"),
        _spell("ann", "2", "2020-06-01", start_known="2020-06-03"),
    )
    assert _pairs(households, "2020-06-05") == [("2", "ann")]
    assert _pairs(households, "2020-07-01") == [("1", "ann")]


def test_someone_who_comes_back_is_at_home_again_once_the_stay_away_has_ended():
    households = _households(
        _spell("ann", "1", "2020-01-01"), _spell("ann", "2", "2020-06-01", "2020-09-01")
    )
    assert _pairs(households, "2020-07-01") == [("2", "ann")]
    assert _pairs(households, "2020-10-01") == [("1", "ann")]


def test_in_a_gap_between_spells_a_person_lives_nowhere_known():
    households = _households(
        _spell("ann", "1", "2020-01-01", "2020-03-01"), _spell("ann", "2", "2020-06-01")
    )
    assert _pairs(households, "2020-04-01") == []


def test_a_second_home_counts_beside_the_main_one():
    shared = {**_named(_spell("cal", "1", "2020-01-01")), "second_home": False}
    beside = {**_named(_spell("cal", "2", "2020-06-01")), "second_home": True}
    households = Households.of(pa.Table.from_pylist([shared, beside], schema=SCHEMA))
    assert _pairs(households, "2021-01-01") == [("1", "cal"), ("2", "cal")]


def test_a_spell_replaced_by_a_later_version_counts_until_that_is_known():
    wrong = {**_named(_spell("ann", "9", "2020-01-01")), "superseded": date(2020, 5, 1)}
    households = Households.of(pa.Table.from_pylist([wrong], schema=SCHEMA))
    assert _pairs(households, "2020-05-01") == [("9", "ann")]
    assert _pairs(households, "2020-05-02") == []


def test_a_newborn_joins_the_household_once_the_birth_is_known():
    born = _spell("bea", "1", "2020-03-10", start_known="2020-04-01", born="2020-03-10")
    households = _households(_spell("ann", "1", "2015-01-01"), born)
    assert _pairs(households, "2020-04-01") == [("1", "ann")]
    assert _pairs(households, "2020-04-02") == [("1", "ann"), ("1", "bea")]


def test_a_date_of_birth_is_the_latest_known_by_the_as_of_date():
    households = _households(
        _spell("bea", "1", "2020-01-01", born="2018-01-01"),
        _spell("bea", "2", "2021-01-01", born=None),
        _spell("bea", "3", "2022-01-01", start_known="2022-02-01", born="2018-01-10"),
    )
    said = [
        households.members_at(day)["date_of_birth"].to_pylist()
        for day in (date(2021, 6, 1), date(2022, 2, 1), date(2022, 2, 2))
    ]
    assert said == [[date(2018, 1, 1)], [date(2018, 1, 1)], [date(2018, 1, 10)]]


def test_nobody_lives_in_a_council_without_spells():
    assert len(_households().members_at(date(2020, 1, 1))) == 0


spells = st.lists(
    st.tuples(
        st.sampled_from("ab"), st.sampled_from("123"), *(st.integers(1, 28) for _ in range(4))
    ),
    max_size=8,
)


@given(held=spells, later=spells, day=st.integers(2, 27), random=st.randoms())
def test_one_home_each_whatever_the_order_and_whatever_is_learned_later(held, later, day, random):
    as_of = date(2020, 1, day)
    known = [_written(*one) for one in held]
    unknown = [_written(*one[:4], max(one[4], day), max(one[5], day)) for one in later]
    everything = random.sample(known + unknown, len(known) + len(unknown))
    members = _members(known, as_of)
    assert _members(everything, as_of).equals(members)
    assert len(set(members["person_id"].to_pylist())) == len(members)


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
