from datetime import date

import pytest

from hearth.periods import Period
from training.validation.splits import LabelPeriod, Split, Timetable, temporal_splits


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
    with pytest.raises(ValueError, match="2019-01-01 were not all known by 2019-07-01"):
        Split(
            LabelPeriod(date(2019, 7, 1), date(2020, 7, 1), date(2020, 7, 1)),
            (yearly(2019),),
            fitted_on=date(2019, 7, 1),
        )


def test_a_label_window_that_ends_before_it_begins_cannot_be_built():
    with pytest.raises(ValueError, match="runs from its as-of date"):
        LabelPeriod(date(2020, 1, 1), date(2019, 1, 1), date(2021, 1, 1))


HALF_YEARS = [date(2018 + half // 2, 1 + 6 * (half % 2), 1) for half in range(10)]
HALF_YEARLY = [
    LabelPeriod.from_window(d, Period.parse("6m").after(d), Period()) for d in HALF_YEARS
]


def _months(days):
    return [f"{day:%Y-%m}" for day in days]


def splits_by(**rules):
    """Test date, fit date and training dates of each split of half-yearly dates from 2020 on."""
    timetable = Timetable(dates=tuple(HALF_YEARS), test_from=date(2020, 1, 1), **rules)
    return [
        (f"{s.test.as_of:%Y-%m}", f"{s.fitted_on:%Y-%m}", _months(s.training_dates))
        for s in temporal_splits(HALF_YEARLY, timetable)
    ]


def test_a_model_is_tested_until_the_next_is_fitted():
    fitted = [(test, fit) for test, fit, _ in splits_by(retrain_step=2)]

    assert fitted == [
        ("2020-01", "2020-01"),
        ("2020-07", "2020-01"),
        ("2021-01", "2021-01"),
        ("2021-07", "2021-01"),
        ("2022-01", "2022-01"),
        ("2022-07", "2022-01"),
    ]


def test_a_model_is_tested_no_longer_than_it_is_said_to_be():
    tested = [test for test, _, _ in splits_by(retrain_step=3, test_for=Period.parse("12m"))]

    assert tested == ["2020-01", "2020-07", "2021-07", "2022-01"]


def test_dates_to_test_on_are_counted_from_the_first():
    assert [test for test, _, _ in splits_by(test_step=2)] == ["2020-01", "2021-01", "2022-01"]


def test_dates_to_learn_from_are_counted_back_from_the_newest():
    _, _, learnt_from = splits_by(train_step=2)[1]

    assert learnt_from == ["2018-01", "2019-01", "2020-01"]


def test_a_limited_history_rolls_on_with_the_test_date():
    rolling = [learnt_from for _, _, learnt_from in splits_by(history=Period.parse("18m"))]

    assert rolling[:2] == [["2018-07", "2019-01", "2019-07"], ["2019-01", "2019-07", "2020-01"]]


def test_a_definition_sets_the_timetable(define):
    half_yearly = {"first": "2019-01-01", "last": "2022-07-01", "every": "6m"}
    rules = {"test_every": "1y", "retrain_every": "24m", "train_every": "6m", "history": "36m"}

    timetable = Timetable.of(define({"as_of": half_yearly, "validation": rules}))

    steps = (timetable.test_step, timetable.retrain_step, timetable.train_step)
    assert (timetable.dates, steps) == (tuple(HALF_YEARS[2:]), (2, 4, 1))
    assert timetable.history == Period.parse("36m")


def test_a_definition_that_sets_nothing_gives_every_date_a_model_of_its_own(define):
    timetable = Timetable.of(define())

    assert timetable == Timetable(dates=tuple(date(year, 1, 1) for year in range(2019, 2023)))


def test_a_model_cannot_be_tested_before_it_is_fitted():
    with pytest.raises(ValueError, match="cannot be tested on 2020-01-01, before it"):
        Split(yearly(2020), (yearly(2018),), fitted_on=date(2020, 7, 1))
