import numpy as np
import pytest

from features.synthetic.timeline import (
    MONTH_STARTS,
    day,
    first_of_september,
    months_since_september,
    reception_year,
)


@pytest.mark.parametrize(
    ("birth", "year"),
    [("2016-09-01", 2021), ("2017-08-31", 2021), ("2017-09-01", 2022), ("2016-12-31", 2021)],
)
def test_a_child_starts_reception_in_the_school_year_in_which_it_turns_five(birth, year):
    assert reception_year(np.array([day(birth)])).tolist() == [year]


def test_a_three_year_old_on_1_september_is_assessed_21_months_later():
    three = np.array([day("2016-09-01"), day("2017-08-31")])
    assert first_of_september(reception_year(three)).tolist() == [day("2021-09-01")] * 2


def test_months_of_birth_count_from_september():
    births = np.array([day("2017-09-15"), day("2018-01-01"), day("2018-08-31")])
    assert months_since_september(births).tolist() == [0, 4, 11]


def test_the_months_run_from_january_2016_to_the_month_before_the_extract():
    assert (MONTH_STARTS[0], MONTH_STARTS[-1]) == (day("2016-01-01"), day("2026-08-01"))
