"""References to subjects: random, agreed upon by all who ask, and gone once erased."""

import re
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, event, func, select

from hearth.audit_log import AuditWriter, Event
from hearth.errors import OutdatedError
from hearth.identity import SubjectReferences, subject_reference
from hearth.storage.engine import reading, writing
from hearth.storage.generation import current_generation
from hearth.storage.schema import subject_references

NOW = datetime(2026, 11, 2, tzinfo=UTC)
MADE = Event("score.made", "key1")


def refer(records, scope="readiness", entity_id="100"):
    with writing(records) as connection:
        return subject_reference(connection, scope, entity_id, NOW)


def generation(records):
    with reading(records) as connection:
        return current_generation(connection)


def test_a_reference_is_random_and_the_same_each_time(records):
    first = refer(records)
    assert re.fullmatch("[0-9a-f]{32}", first)
    assert refer(records) == first


def test_two_models_give_one_subject_two_references(records):
    assert refer(records, "readiness") != refer(records, "damp_homes")


def test_an_erased_reference_never_comes_back(records):
    first = refer(records)
    with writing(records) as connection:
        connection.execute(delete(subject_references))
    assert refer(records) != first


def test_a_reference_drawn_is_kept_with_the_first_entry_that_uses_it(records, clock):
    drawn = SubjectReferences(records).of("readiness", "100", NOW)
    with AuditWriter(records, clock) as writer:
        writer.submit(MADE, [drawn.row], generation=generation(records)).result()
    found = SubjectReferences(records).of("readiness", "100", NOW)
    assert (found.text, found.row) == (drawn.text, None)


def test_of_two_who_draw_at_once_the_second_finds_what_the_first_drew(records, clock):
    ours, theirs = (SubjectReferences(records).of("readiness", "100", NOW) for _ in range(2))
    now = generation(records)
    with AuditWriter(records, clock) as writer:
        writer.submit(MADE, [theirs.row], generation=now).result()
        late = writer.submit(MADE, [ours.row], generation=now)
    with pytest.raises(OutdatedError):
        late.result()
    assert SubjectReferences(records).of("readiness", "100", NOW).text == theirs.text


def test_processes_that_ask_at_once_agree(records):
    found, start = [], Barrier(6)

    def ask():
        start.wait()
        found.append(refer(records))

    threads = [Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), len(set(found))) == (6, 1)


def test_a_subject_seen_before_costs_no_query(records):
    refer(records)
    references, queries = SubjectReferences(records), []
    references.of("readiness", "100", NOW)
    event.listen(records, "before_cursor_execute", lambda *call: queries.append(call[2]))
    assert references.of("readiness", "100", NOW).row is None
    assert queries == []


def test_memory_holds_only_so_many(records):
    texts = {str(i): refer(records, entity_id=str(i)) for i in range(6)}
    references = SubjectReferences(records, most_held=4)
    found = {one: references.of("readiness", one, NOW).text for one in texts}
    assert found == texts
    assert sum(references.held("readiness", one) is not None for one in texts) <= 4


def test_many_are_found_or_drawn_at_once(records):
    known = refer(records, entity_id="1")
    found = SubjectReferences(records).of_all("readiness", ["1", *map(str, range(2, 1_200))], NOW)
    assert (found["1"].text, found["1"].row) == (known, None)
    assert len({one.text for one in found.values()}) == 1_199
    assert found["7"].row is not None


def test_erasing_a_reference_raises_the_generation_and_drawing_does_not(records):
    before = generation(records)
    refer(records)
    assert generation(records) == before
    with writing(records) as connection:
        connection.execute(delete(subject_references))
        assert connection.scalar(select(func.count()).select_from(subject_references)) == 0
    assert generation(records) > before
