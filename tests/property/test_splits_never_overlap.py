import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hearth.periods import Period
from training.validation.splits import LabelPeriod, Split, Timetable, temporal_splits


def _days(many):
    return Period(days=many)


starts = st.integers(0, 3_000).map(lambda days: date(2015, 1, 1) + timedelta(days=days))
periods = st.builds(
    lambda start, window, maturity: LabelPeriod.from_window(
        start, start + timedelta(days=window), Period(days=maturity)
    ),
    starts,
    st.integers(1, 800),
    st.integers(0, 400),
)
schedules = st.lists(periods, max_size=12, unique_by=lambda period: period.as_of)
some_time = st.one_of(st.just(Period(unbounded=True)), st.integers(1, 2_000).map(_days))
timetables = st.builds(
    Timetable,
    dates=st.lists(starts, max_size=6).map(tuple),
    test_from=st.none() | starts,
    test_step=st.integers(1, 3),
    retrain_step=st.none() | st.integers(1, 4),
    test_for=some_time,
    train_step=st.integers(1, 3),
    history=some_time,
)


@given(schedules, timetables)
def test_no_training_label_was_open_or_unrecorded_when_its_model_was_fitted(schedule, timetable):
    for split in temporal_splits(schedule, timetable):
        assert split.fitted_on <= split.test.as_of
        for period in split.training:
            assert period.as_of < period.window_end <= period.known_on <= split.fitted_on


@given(schedules, timetables)
def test_no_date_is_both_trained_and_tested_on_in_a_split(schedule, timetable):
    for split in temporal_splits(schedule, timetable):
        assert split.test.as_of not in split.training_dates


@given(schedules, timetables)
def test_each_date_is_tested_once_on_or_after_the_first(schedule, timetable):
    tested = [split.test.as_of for split in temporal_splits(schedule, timetable)]

    assert tested == sorted(set(tested))
    assert timetable.test_from is None or all(day >= timetable.test_from for day in tested)


@given(schedules, timetables)
def test_a_model_learns_from_no_date_older_than_its_history(schedule, timetable):
    for split in temporal_splits(schedule, timetable):
        oldest, newest = split.training_dates[0], split.training_dates[-1]
        assert oldest > timetable.history.before(newest)


@given(schedules, timetables)
def test_no_model_is_tested_for_longer_than_it_may_be(schedule, timetable):
    for split in temporal_splits(schedule, timetable):
        assert split.test.as_of < timetable.test_for.after(split.fitted_on)


@given(schedules, timetables)
def test_splits_of_one_fit_learn_from_the_same_dates(schedule, timetable):
    by_fit = {}
    for split in temporal_splits(schedule, timetable):
        assert by_fit.setdefault(split.fitted_on, split.training) == split.training


@given(schedules, st.none() | starts)
def test_unless_told_otherwise_every_date_has_a_model_of_all_that_was_known(schedule, test_from):
    found = [
        Split(test, earlier, fitted_on=test.as_of)
        for test in sorted(schedule)
        if (test_from is None or test.as_of >= test_from)
        and (earlier := tuple(p for p in sorted(schedule) if p.known_on <= test.as_of))
    ]
    full = [split for split in found if len(split.training) > 1]

    assert list(temporal_splits(schedule, Timetable(test_from=test_from))) == (full or found)


@given(schedules)
def test_training_only_grows_as_the_test_date_moves_on(schedule):
    splits = temporal_splits(schedule)

    for earlier, later in itertools.pairwise(splits):
        assert set(earlier.training_dates) <= set(later.training_dates)


@given(schedules, timetables, st.randoms())
def test_the_order_of_the_dates_changes_nothing(schedule, timetable, random):
    shuffled = list(schedule)
    random.shuffle(shuffled)

    assert temporal_splits(shuffled, timetable) == temporal_splits(schedule, timetable)
