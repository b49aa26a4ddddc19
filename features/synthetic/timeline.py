"""The synthetic council's calendar: days as whole numbers, terms, censuses and months."""

from typing import Final

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def day(iso: str) -> int:
    """Days from 1970-01-01 to the date written `YYYY-MM-DD`."""
    return int(np.datetime64(iso, "D").astype(np.int64))


START: Final = day("2016-01-01")
EXTRACT: Final = day("2026-09-01")
"""Day of the extract: what the council learned on it or later is not in the tables."""
OPEN: Final = day("2999-01-01")
"""End of what has not ended."""
YEAR: Final = 365.25

MONTH_STARTS: Final[Ints] = (
    np.arange("2016-01", "2026-09", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
)
TERM_STARTS: Final[Ints] = np.array(
    [day(f"{year}-{month}-01") for year in range(2016, 2027) for month in ("01", "04", "09")],
    dtype=np.int64,
)
"""First days of the terms by which early-education funding is counted."""
TERM_ENDS: Final[Ints] = np.array(
    [day(f"{year}-{end}") for year in range(2016, 2027) for end in ("03-31", "07-21", "12-19")],
    dtype=np.int64,
)
CENSUS_DAYS: Final[Ints] = np.array(
    [day(f"{year}-01-18") for year in range(2016, 2027)], dtype=np.int64
)
CLOSURES: Final = ((day("2020-03-20"), day("2020-09-01")), (day("2021-01-04"), day("2021-03-08")))
"""Schools closed to most pupils in the pandemic: no absence was collected."""


def calendar(days: Ints) -> tuple[Ints, Ints]:
    """Calendar year, and month from 1 to 12, of each day."""
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months // 12 + 1970, months % 12 + 1


def first_of_september(years: Ints) -> Ints:
    """Day number of 1 September of each year."""
    months = ((years - 1970) * 12 + 8).astype("datetime64[M]")
    return months.astype("datetime64[D]").astype(np.int64)


def reception_year(births: Ints) -> Ints:
    """Year in whose September each child starts reception: the school year in which it turns five.

    A child born in August starts at just four, one born on 1 September a year later.
    """
    years, months = calendar(births)
    return years + 4 + (months >= _SEPTEMBER)


def months_since_september(births: Ints) -> Ints:
    """Place of the month of birth in the school year: September 0, August 11."""
    return (calendar(births)[1] - _SEPTEMBER) % 12


_SEPTEMBER: Final = 9
