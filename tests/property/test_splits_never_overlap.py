import itertools
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hearth.periods import Period
from training.splits import LabelPeriod, temporal_splits

periods = st.builds(
    lambda start, window, maturity: LabelPeriod.from_window(
        date(2015, 1, 1) + timedelta(days=start),
        date(2015, 1, 1) + timedelta(days=start + window),
        Period(days=maturity),
    ),
    st.integers(0, 3_000),
    st.integers(1, 800),
    st.integers(0, 400),
)
schedules = st.lists(periods, max_size=12, unique_by=lambda period: period.as_of)


@given(schedules)
def test_no_training_label_was_open_or_unrecorded_on_the_test_date(schedule):
    for split in temporal_splits(schedule):
        for period in split.training:
            assert period.as_of < period.window_end <= period.known_on <= split.test.as_of


@given(schedules)
def test_no_date_is_both_trained_and_tested_on_in_a_split(schedule):
    for split in temporal_splits(schedule):
        assert split.test.as_of not in split.training_dates


@given(schedules)
def test_training_only_grows_as_the_test_date_moves_on(schedule):
    splits = temporal_splits(schedule)

    for earlier, later in itertools.pairwise(splits):
        assert set(earlier.training_dates) <= set(later.training_dates)


@given(schedules, st.randoms())
def test_the_order_of_the_dates_changes_nothing(schedule, random):
    shuffled = list(schedule)
    random.shuffle(shuffled)

    assert temporal_splits(shuffled) == temporal_splits(schedule)
