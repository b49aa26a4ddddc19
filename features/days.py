"""Days as numbers: a date counted from 1970-01-01, as Arrow counts it too."""

from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Days = npt.NDArray[np.int32]

NEVER = int(np.iinfo(np.int32).max)
"""A day that comes after all others; what a missing date reads as."""

_EPOCH = date(1970, 1, 1).toordinal()


def days(dates: pa.ChunkedArray | pa.Array) -> Days:
    """Dates as days; a missing date comes after all others, so it is never visible."""
    return np.asarray(pc.fill_null(pc.cast(dates, pa.int32()), NEVER), dtype=np.int32)


def day_of(when: date) -> int:
    """Day of a date."""
    return when.toordinal() - _EPOCH


def date_of(day: int) -> date:
    """Date of a day."""
    return date.fromordinal(int(day) + _EPOCH)
