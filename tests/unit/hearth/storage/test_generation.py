from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, update

from hearth.audit_log import AuditWriter, Event, verify
from hearth.errors import OutdatedError
from hearth.storage.engine import reading, writing
from hearth.storage.generation import current_generation
from hearth.storage.schema import api_keys

KEY = {
    "key_id": "a",
    "name": "Early help",
    "role": "caseworker",
    "purposes": ["early_help"],
    "secret_hash": "0" * 64,
    "created_at": datetime(2026, 11, 1, tzinfo=UTC),
    "created_by": "b",
}


def generation(records):
    with reading(records) as connection:
        return current_generation(connection)


def test_a_key_made_and_a_key_revoked_each_raise_the_generation(records):
    seen = [generation(records)]
    with writing(records) as connection:
        connection.execute(insert(api_keys).values(KEY))
    seen.append(generation(records))
    with writing(records) as connection:
        connection.execute(update(api_keys).values(revoked_by="b"))
    seen.append(generation(records))
    assert seen == sorted(set(seen))


def test_what_rests_on_an_earlier_generation_is_not_written(records, clock):
    held = generation(records)
    with writing(records) as connection:
        connection.execute(insert(api_keys).values(KEY))
    with AuditWriter(records, clock) as writer:
        late = writer.submit(Event("score.made", "a"), generation=held)
        in_time = writer.submit(Event("score.made", "a"), generation=generation(records))
    with pytest.raises(OutdatedError):
        late.result()
    assert (in_time.result().sequence, verify(records).rows) == (1, 1)
