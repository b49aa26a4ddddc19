"""Texts as days, by the formats of a contract."""

import re
from datetime import date, datetime
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

_TIME_OF_FORMAT = re.compile(r"(?P<day>.*?)(?P<time>[ T]?%[HI].*)")
_TIME_OF_TEXT = r"^(?P<day>.*?)(?P<time>[ T]?\d{1,2}[:.]\d\d.*)$"
_REMEMBERED = 1 << 17  # different days and times of day that one extract is likely to hold


def parse_days(text: pa.Array, formats: tuple[str, ...]) -> pa.Array:
    """Day that each text names in the first format that it fits; null where it fits none.

    A time of day must be in the format; it is then checked, and left off. Each different text is
    parsed once; times apart from days, since there are few of each and many of both together.
    """
    whole = tuple(form for form in formats if not _TIME_OF_FORMAT.fullmatch(form))
    days = _days(text, whole)
    for form in formats:
        divided = _TIME_OF_FORMAT.fullmatch(form)
        if divided is not None:
            days = pc.coalesce(days, _timed_days(text, divided["day"], divided["time"]))
    return days


def _timed_days(text: pa.Array, day: str, time: str) -> pa.Array:
    parts = pc.extract_regex(text, _TIME_OF_TEXT)
    has_time = pc.is_valid(_days(parts.field("time"), (time,)))
    days = _days(parts.field("day"), (day,))
    return pc.if_else(pc.and_(pc.is_valid(parts), has_time), days, pa.scalar(None, pa.date32()))


def _days(text: pa.Array, formats: tuple[str, ...]) -> pa.Array:
    different = text.dictionary_encode()
    parsed = [_day(word, formats) for word in different.dictionary.to_pylist()]
    return pa.array(parsed, pa.date32()).take(different.indices)


@lru_cache(maxsize=_REMEMBERED)
def _day(word: str, formats: tuple[str, ...]) -> date | None:
    if not word.isascii():  # strptime takes the digits of every script
        return None
    for form in formats:
        try:
            return datetime.strptime(word, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None
