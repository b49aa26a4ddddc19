"""Temporal splits: one per test as-of date, trained only on what was known by then."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hearth.periods import Period

_TRAINING_DATES_WANTED = 2
"""As-of dates that calibration needs to go forward in time: one to fit, a later one to judge."""


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
    """A test as-of date and the earlier as-of dates that a model tested on it may learn from."""

    test: LabelPeriod
    training: tuple[LabelPeriod, ...]

    def __post_init__(self) -> None:
        if not self.training:
            raise ValueError(f"the split at {self.test.as_of} has nothing to train on")
        late = [str(p.as_of) for p in self.training if p.known_on > self.test.as_of]
        if late:
            raise ValueError(
                f"labels of {', '.join(late)} were not all known by the test date {self.test.as_of}"
            )

    @property
    def training_dates(self) -> tuple[date, ...]:
        """As-of dates of the training rows, earliest first."""
        return tuple(period.as_of for period in self.training)


def temporal_splits(
    periods: Iterable[LabelPeriod], *, test_from: date | None = None
) -> tuple[Split, ...]:
    """One split per test as-of date, earliest first.

    A training date is one whose label window had closed, and whose labels had all been
    recorded, by the test as-of date. A test date with a single training date is left out where
    later ones have more, because its calibration could not go forward in time.

    Parameters
    ----------
    periods
        Label periods of the as-of dates whose labels are known; any order, no repeats.
    test_from
        First as-of date tested on; earlier ones are only learnt from.

    Returns
    -------
    tuple of Split
        Empty if no date has an earlier one to learn from.

    References
    ----------
    Roberts et al. (2017), "Cross-validation strategies for data with temporal, spatial,
    hierarchical, or phylogenetic structure", Ecography 40: 913-929.
    """
    ordered = sorted(periods)
    found = [
        Split(test, earlier)
        for test in ordered
        if (test_from is None or test.as_of >= test_from)
        and (earlier := tuple(p for p in ordered if p.known_on <= test.as_of))
    ]
    full = [split for split in found if len(split.training) >= _TRAINING_DATES_WANTED]
    return tuple(full or found)
