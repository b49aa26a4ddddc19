"""What columns of the records database are made of, and the names its constraints take."""

from datetime import UTC, datetime

from sqlalchemy import BigInteger, Integer, MetaData, String, TypeDecorator
from sqlalchemy.engine import Dialect

SHA256 = String(64)
"""Hexadecimal digits of a hash."""

ROW_NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""Number of a row: SQLite numbers rows only in INTEGER keys."""


class Instant(TypeDecorator[datetime]):
    """A point in time, kept as UTC text so that every database orders and returns it alike."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: Dialect) -> str | None:
        """Text of an aware time, to the microsecond."""
        return None if value is None else instant_text(value)

    def process_result_value(self, value: str | None, _dialect: Dialect) -> datetime | None:
        """Aware time in UTC."""
        return None if value is None else datetime.fromisoformat(value)


def instant_text(moment: datetime) -> str:
    """An aware time as `2026-11-22T09:30:00.000000Z`.

    Raises
    ------
    ValueError
        If the time has no offset, so that nobody can know which instant it means.
    """
    if moment.tzinfo is None:
        raise ValueError("a time without an offset names no instant; give it one, such as UTC")
    text = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{text}Z"


metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
