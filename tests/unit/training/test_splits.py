from datetime import date

import pytest

from hearth.periods import Period
from training.splits import LabelPeriod, Split, temporal_splits


def yearly(year: int, *, maturity: str = "0d") -> LabelPeriod:
    return LabelPeriod.from_window(date(year, 1, 1), date(year + 1, 1, 1), Period.parse(maturity))


def test_a_split_learns_from_every_date_whose_labels_were_known_by_the_test_date():
    splits = temporal_splits([yearly(year) for year in range(2018, 2022)])

    assert [(s.test.as_of.year, [d.year for d in s.training_dates]) for s in splits] == [
        (2020, [2018, 2019]),
        (2021, [2018, 2019, 2020]),
    ]


def test_labels_still_maturing_on_the_test_date_are_left_out():
    splits = temporal_splits([yearly(year, maturity="3m") for year in range(2018, 2023)])

    assert [(s.test.as_of.year, [d.year for d in s.training_dates]) for s in splits] == [
        (2021, [2018, 2019]),
        (2022, [2018, 2019, 2020]),
    ]


def test_a_single_training_date_is_used_where_there_is_no_more():
    (split,) = temporal_splits([yearly(2018), yearly(2019)])

    assert split.training_dates == (date(2018, 1, 1),)


def test_dates_closer_than_the_label_window_are_purged():
    half_yearly = [
        LabelPeriod(date(2020, month, 1), date(2021, month, 1), date(2021, month, 1))
        for month in (1, 7)
    ] + [LabelPeriod(date(2021, 1, 1), date(2022, 1, 1), date(2022, 1, 1))]

    (split,) = temporal_splits(half_yearly)

    assert split.training_dates == (date(2020, 1, 1),)


def test_without_an_earlier_date_there_is_no_split():
    assert temporal_splits([yearly(2018)]) == ()


def test_a_split_that_looks_into_its_test_period_cannot_be_built():
    with pytest.raises(
        ValueError, match="2019-01-01 were not all known by the test date 2019-07-01"
    ):
        Split(
            LabelPeriod(date(2019, 7, 1), date(2020, 7, 1), date(2020, 7, 1)),
            (yearly(2019),),
        )


def test_a_label_window_that_ends_before_it_begins_cannot_be_built():
    with pytest.raises(ValueError, match="runs from its as-of date"):
        LabelPeriod(date(2020, 1, 1), date(2019, 1, 1), date(2021, 1, 1))
