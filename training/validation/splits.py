"""Temporal splits: one per test as-of date, trained only on what was known when its model was fitted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from hearth.definition import ModelDefinition
from hearth.periods import Period

_TRAINING_DATES_WANTED = 2
"""As-of dates that calibration needs to go forward in time: one to fit, a later one to judge."""

_ALL = Period(unbounded=True)


@dataclass(frozen=True, order=True)
class LabelPeriod:
    """The time in which the labels of one as-of date come to be and become known.

    Half-open: outcomes fall in [as_of, window_end), and all are recorded before `known_on`.
    """

    as_of: date
    window_end: date
    known_on: date

    def __post_init__(self) -> None:
        if not self.as_of < self.window_end <= self.known_on:
            raise ValueError(
                f"a label window runs from its as-of date to a later day on which or after which "
                f"it is known; found {self.as_of}, {self.window_end}, {self.known_on}"
            )

    @classmethod
    def from_window(cls, as_of: date, window_end: date, maturity: Period) -> "LabelPeriod":
        """Label period of an as-of date, known once `maturity` has passed after the window."""
        return cls(as_of, window_end, maturity.after(window_end))


@dataclass(frozen=True)
class Split:
    """A test as-of date, and the earlier as-of dates that the model tested on it learns from.

    Attributes
    ----------
    fitted_on
        Day on which that model is fitted, the test date or earlier: every training label was
        known by then. Splits that share it and their training dates share the model.
    """

    test: LabelPeriod
    training: tuple[LabelPeriod, ...]
    fitted_on: date

    def __post_init__(self) -> None:
        if not self.training:
            raise ValueError(f"the split at {self.test.as_of} has nothing to train on")
        if self.fitted_on > self.test.as_of:
            raise ValueError(
                f"a model fitted on {self.fitted_on} cannot be tested on {self.test.as_of}, before it"
            )
        late = [str(p.as_of) for p in self.training if p.known_on > self.fitted_on]
        if late:
            raise ValueError(
                f"labels of {', '.join(late)} were not all known by {self.fitted_on}, when the "
                f"model for the test date {self.test.as_of} was fitted"
            )

    @property
    def training_dates(self) -> tuple[date, ...]:
        """As-of dates of the training rows, earliest first."""
        return tuple(period.as_of for period in self.training)


@dataclass(frozen=True)
class Timetable:
    """Which as-of dates are tested on, when the model is fitted, and what it learns from.

    Steps count as-of dates. Left as they are, every date is tested on by a model of its own
    that learns from all earlier dates.

    Attributes
    ----------
    dates
        As-of dates, whether or not their labels are known.
    test_from
        First as-of date tested on; earlier ones are only learnt from.
    test_step, train_step
        Every how many dates one is tested on, and one is learnt from.
    retrain_step
        After how many dates the model is fitted anew; None for each test date.
    test_for
        How long after it was fitted a model is tested.
    history
        Dates learnt from lie less than this before the newest of them.
    """

    dates: tuple[date, ...] = ()
    test_from: date | None = None
    test_step: int = 1
    retrain_step: int | None = None
    test_for: Period = _ALL
    train_step: int = 1
    history: Period = _ALL

    @classmethod
    def of(cls, definition: ModelDefinition) -> "Timetable":
        """The timetable that a definition sets."""
        as_of, rules = definition.as_of, definition.validation
        return cls(
            dates=tuple(as_of.dates()),
            test_from=as_of.test_from,
            test_step=as_of.steps(rules.test_every or as_of.every) or 1,
            retrain_step=None if rules.retrain_every is None else as_of.steps(rules.retrain_every),
            test_for=rules.test_for or _ALL,
            train_step=as_of.steps(rules.train_every or as_of.every) or 1,
            history=rules.history,
        )

    def learnt_from(
        self, periods: Iterable[LabelPeriod], *, by: date = date.max
    ) -> tuple[LabelPeriod, ...]:
        """Label periods that a model fitted on the day `by` learns from, earliest first.

        Those whose labels were all known by then, counted back from the newest in steps, and
        less than `history` before it.
        """
        known = {period.as_of: period for period in periods}
        days = self.every_day(known.values())
        ready = [i for i, day in enumerate(days) if day in known and known[day].known_on <= by]
        if not ready:
            return ()
        newest = ready[-1]
        earliest = self.history.before(days[newest])
        return tuple(
            known[days[i]]
            for i in ready
            if (newest - i) % self.train_step == 0 and days[i] > earliest
        )

    def every_day(self, periods: Iterable[LabelPeriod]) -> list[date]:
        """As-of dates, those of the periods included, ascending."""
        return sorted({*self.dates, *(period.as_of for period in periods)})


_PLAIN = Timetable()


def temporal_splits(
    periods: Iterable[LabelPeriod], timetable: Timetable = _PLAIN
) -> tuple[Split, ...]:
    """One split per test as-of date, earliest first.

    A training date is one whose label window had closed, and whose labels had all been
    recorded, by the day the model was fitted; dates between are purged. A test date with a
    single training date is left out where others have more, because its calibration could not
    go forward in time.

    Parameters
    ----------
    periods
        Label periods of the as-of dates whose labels are known; any order, no repeats.
    timetable
        Which dates are tested on, when the model is fitted, and what it learns from.

    Returns
    -------
    tuple of Split
        Empty if no date has an earlier one to learn from.

    References
    ----------
    Roberts et al. (2017), "Cross-validation strategies for data with temporal, spatial,
    hierarchical, or phylogenetic structure", Ecography 40: 913-929.
    """
    known = list(periods)
    full = tuple(_splits(known, timetable, wanted=_TRAINING_DATES_WANTED))
    return full or tuple(_splits(known, timetable, wanted=1))


def _splits(periods: list[LabelPeriod], timetable: Timetable, *, wanted: int) -> Iterator[Split]:
    """Splits whose models have at least as many training dates as wanted."""
    known = {period.as_of: period for period in periods}
    days = timetable.every_day(periods)
    learnt_from = [timetable.learnt_from(periods, by=day) for day in days]
    if timetable.test_from is None:
        may_open = [len(learnt) >= wanted for learnt in learnt_from]
    else:
        may_open = [day >= timetable.test_from for day in days]
    start = may_open.index(True) if True in may_open else len(days)
    for i in range(start, len(days), timetable.test_step):
        retrain_step = timetable.retrain_step
        fitted = i if retrain_step is None else i - (i - start) % retrain_step
        is_tested = days[i] in known and days[i] < timetable.test_for.after(days[fitted])
        if is_tested and len(learnt_from[fitted]) >= wanted:
            yield Split(known[days[i]], learnt_from[fitted], fitted_on=days[fitted])
