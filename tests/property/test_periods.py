"""Laws of periods and as-of schedules."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from hearth.periods import Period, schedule

DAYS = st.dates(date(1950, 1, 1), date(2050, 1, 1))
BOUNDED = st.one_of(
    st.builds(Period, months=st.integers(1, 240)), st.builds(Period, days=st.integers(1, 4000))
)
ANY = st.one_of(BOUNDED, st.just(Period()), st.just(Period(unbounded=True)))


@given(ANY)
def test_a_period_is_read_as_it_is_written(period: Period) -> None:
    assert Period.parse(str(period)) == period


@given(DAYS, BOUNDED)
def test_a_window_before_a_day_holds_the_day_before_it_and_not_the_day(
    day: date, period: Period
) -> None:
    start = period.before(day)
    yesterday = date.fromordinal(day.toordinal() - 1)
    assert start <= yesterday < day


@given(DAYS, ANY)
def test_before_and_after_lie_on_their_own_sides(day: date, period: Period) -> None:
    assert period.before(day) <= day <= period.after(day)


@given(DAYS, DAYS, ANY)
def test_a_later_day_never_gives_an_earlier_one(one: date, other: date, period: Period) -> None:
    earlier, later = sorted([one, other])
    assert period.before(earlier) <= period.before(later)
    assert period.after(earlier) <= period.after(later)


@given(st.dates(date(1950, 1, 1), date(2050, 1, 1)), st.integers(1, 240))
def test_months_keep_the_day_or_end_with_the_month(day: date, months: int) -> None:
    moved = Period(months=months).before(day)
    assert (day.year * 12 + day.month) - (moved.year * 12 + moved.month) == months
    is_last_of_month = date.fromordinal(moved.toordinal() + 1).month != moved.month
    assert moved.day == day.day or (moved.day < day.day and is_last_of_month)


@given(DAYS, st.integers(1, 24), st.integers(0, 40))
def test_a_schedule_has_one_date_for_each_step(first: date, months: int, steps: int) -> None:
    last = Period(months=months * steps).after(first)
    days = schedule(first, last, Period(months=months))
    assert len(days) == steps + 1
    assert days[0] == first
    assert days[-1] == last


@given(DAYS, DAYS, st.builds(Period, months=st.integers(1, 240)))
def test_a_schedule_rises_and_stays_within_its_ends(one: date, other: date, every: Period) -> None:
    first, last = sorted([one, other])
    days = schedule(first, last, every)
    assert days == sorted(set(days))
    assert first == days[0]
    assert days[-1] <= last
