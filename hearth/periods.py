"""Periods such as `36m` and `14d`, calendar-month arithmetic, and as-of schedules."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Self

from dateutil.relativedelta import relativedelta
from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

_PATTERN = re.compile(r"([0-9]{1,6})([dwmy])")
_HOW = "write a number and d, w, m or y, such as 12m, or all"
_MOST = {"d": 36_525, "w": 5_200, "m": 1_200, "y": 100}


@dataclass(frozen=True)
class Period:
    """A length of time in calendar months and days; `all` is unbounded."""

    months: int = 0
    days: int = 0
    unbounded: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        """Period written as a whole number and d, w, m or y, or as `all`.

        Raises
        ------
        ValueError
            If the text is neither.
        """
        if text == "all":
            return cls(unbounded=True)
        match = _PATTERN.fullmatch(text)
        if match is None or int(match[1]) > _MOST[match[2]]:
            raise ValueError(f'is "{text}", which is no period; {_HOW}')
        number, unit = int(match[1]), match[2]
        if unit in "dw":
            return cls(days=number * (7 if unit == "w" else 1))
        return cls(months=number * (12 if unit == "y" else 1))

    @property
    def is_empty(self) -> bool:
        """Whether it has no length at all."""
        return not (self.unbounded or self.months or self.days)

    def before(self, day: date) -> date:
        """Day this long before `day`; `date.min` where the period reaches past the calendar.

        Months are calendar months: one month before 31 March is the last day of February.
        """
        try:
            return date.min if self.unbounded else day - self._delta
        except (OverflowError, ValueError):
            return date.min

    def after(self, day: date) -> date:
        """Day this long after `day`; `date.max` where the period reaches past the calendar."""
        try:
            return date.max if self.unbounded else day + self._delta
        except (OverflowError, ValueError):
            return date.max

    def multiple_of(self, other: "Period") -> int | None:
        """How many times `other` it is; None where it is no whole multiple, or has no end."""
        if self.unbounded or other.unbounded or other.is_empty:
            return None
        mine, theirs = (self.months, self.days), (other.months, other.days)
        times = max(mine) // max(theirs)
        return times if times and mine == (theirs[0] * times, theirs[1] * times) else None

    @property
    def _delta(self) -> relativedelta:
        return relativedelta(months=self.months, days=self.days)

    def __str__(self) -> str:
        if self.unbounded:
            return "all"
        return f"{self.months}m" if self.months else f"{self.days}d"

    def in_words(self) -> str:
        """Period as people say it: `12 months`, `1 day`, `all years held`."""
        if self.unbounded:
            return "all years held"
        number, unit = (self.months, "month") if self.months else (self.days, "day")
        return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def _parse(value: object) -> Period:
    if isinstance(value, Period):
        return value
    if not isinstance(value, str):
        raise ValueError(f"is no period; {_HOW}")  # noqa: TRY004 - pydantic reports ValueError
    return Period.parse(value)


PeriodField = Annotated[
    Period,
    BeforeValidator(_parse),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^([0-9]{1,6}[dwmy]|all)$", "examples": ["12m"]}),
]
"""A period as a field of a definition."""


def schedule(first: date, last: date, every: Period) -> list[date]:
    """As-of dates from `first` to `last`, both included, `every` apart.

    Each is counted from `first`, so that a 31st does not drift to a 28th.

    Raises
    ------
    ValueError
        If `every` is empty or unbounded.
    """
    if every.unbounded or every.is_empty:
        raise ValueError("as-of dates need a period above zero between them")
    days: list[date] = []
    day = first
    while day <= last:
        days.append(day)
        step = Period(months=every.months * len(days), days=every.days * len(days))
        if (day := step.after(first)) == days[-1]:  # the calendar has ended
            break
    return days
