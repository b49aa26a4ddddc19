from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select

from hearth.storage.columns import instant_text
from hearth.storage.engine import reading, writing
from hearth.storage.schema import api_keys


def test_an_instant_is_written_in_utc_to_the_microsecond():
    moment = datetime(2026, 7, 1, 0, 30, 0, 5, timezone(timedelta(hours=1)))
    assert instant_text(moment) == "2026-06-30T23:30:00.000005Z"


def test_a_time_without_an_offset_is_refused():
    with pytest.raises(ValueError, match="names no instant"):
        instant_text(datetime(2026, 7, 1))  # noqa: DTZ001 the wrong input


def test_an_instant_comes_back_as_it_was_given(records):
    moment = datetime(2026, 7, 1, 0, 30, 0, 5, timezone(timedelta(hours=1)))
    with writing(records) as connection:
        connection.execute(
            insert(api_keys).values(
                key_id="a",
                name="Early help",
                role="caseworker",
                purposes=["early_help"],
                secret_hash="0" * 64,
                created_at=moment,
                created_by="b",
            )
        )
    with reading(records) as connection:
        created_at, revoked_at = connection.execute(
            select(api_keys.c.created_at, api_keys.c.revoked_at)
        ).one()
    assert (created_at, created_at.tzinfo, revoked_at) == (moment, UTC, None)
