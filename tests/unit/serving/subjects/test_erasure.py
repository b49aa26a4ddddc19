"""Erasing one subject: what it said is gone, everyone else's stands, and the chain still verifies."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hearth.audit_log import verify
from hearth.errors import StateError
from hearth.identity import subject_reference
from hearth.storage.engine import reading, writing
from hearth.storage.generation import current_generation
from hearth.storage.published import current_approval
from hearth.storage.schema import (
    audit_payloads,
    challenges,
    decisions,
    disputed_inputs,
    idempotency_keys,
    precomputed_scores,
    restrictions,
    scores,
    subject_references,
)
from serving.subjects.disputes import open_dispute
from serving.subjects.erasure import erase_subject
from serving.subjects.holds import lift_hold, set_hold
from serving.subjects.objections import restrict

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MODEL, OURS, THEIRS = "school_readiness", "100012345678", "100087654321"
WHY = {"reason": "request 7", "actor": "key2"}


def erase(holding, entity_id=OURS):
    return erase_subject(
        holding.engine, holding.store, entity_id, audit=holding.audit, now=NOW, **WHY
    )


def acting(holding):
    return {**WHY, "audit": holding.audit, "now": NOW}


def generation(holding):
    with reading(holding.engine) as connection:
        return current_generation(connection)


def hold(holding, **over):
    with writing(holding.engine) as connection:
        over = {"model": None, "entity_id": None, **over}
        return set_hold(connection, **over, **acting(holding))


def test_what_a_score_said_is_gone_and_that_it_was_made_is_not(holding):
    tombstone = erase(holding).tombstone
    with reading(holding.engine) as connection:
        ours, theirs = (
            connection.execute(select(scores).where(scores.c.score_id == one)).mappings().one()
            for one in ("ours", "theirs")
        )
    assert (ours["payload"], ours["erased_by"]) == ({}, tombstone.sequence)
    assert (ours["model"], ours["version"], ours["key_id"]) == (MODEL, "3", "key1")
    assert theirs["payload"]["answer"] == {"marked": THEIRS}


@pytest.mark.parametrize(
    ("table", "columns"),
    [(decisions, ("reason", "considered")), (challenges, ("statement", "closed_reason"))],
)
def test_what_people_wrote_of_the_subject_is_gone(holding, table, columns):
    erase(holding)
    for name in columns:
        assert holding.count(table, table.c.score_id == "ours", table.c[name].is_not(None)) == 0
    assert holding.count(table, table.c[columns[0]].is_not(None)) in (0, 2)


def test_answers_kept_for_replay_are_gone_those_of_batches_too(holding):
    erase(holding)
    kept = {f"{form}{score}" for form in ("one", "many") for score in ("theirs", "nobody")}
    with reading(holding.engine) as connection:
        assert set(connection.scalars(select(idempotency_keys.c.idempotency_key))) == kept


def test_no_table_names_the_subject_and_all_else_stands(holding):
    erase(holding)
    for table in (subject_references, precomputed_scores):
        assert holding.count(table, table.c.entity_id == OURS) == 0
        assert holding.count(table, table.c.entity_id == THEIRS) == 1
    assert holding.store.rows_of(OURS) == []
    assert len(holding.store.rows_of(THEIRS)) == 1


def test_the_chain_verifies_and_the_approval_stands(holding):
    erased = erase(holding)
    found = verify(holding.engine)
    assert (found.ok, found.erased) == (True, erased.counts["log_payloads"])
    with reading(holding.engine) as connection:
        assert current_approval(connection, MODEL) is not None


def test_the_log_names_neither_the_subject_nor_its_reference(holding):
    with writing(holding.engine) as connection:
        reference = subject_reference(connection, MODEL, OURS, NOW)
    erase(holding)
    with reading(holding.engine) as connection:
        said = str(connection.execute(select(audit_payloads)).all())
    assert OURS not in said
    assert reference not in said


def test_erasing_twice_finds_nothing_and_records_nothing(holding):
    erase(holding)
    entries = verify(holding.engine).rows
    again = erase(holding)
    assert (again.counts, again.tombstone) == ({}, None)
    assert verify(holding.engine).rows == entries


def test_stopped_between_the_databases_the_next_call_erases_the_rest(holding):
    holding.store.forget([OURS])  # all that a first call came to
    erased = erase(holding)
    assert erased.counts["scores"] == 1
    assert holding.count(subject_references, subject_references.c.entity_id == OURS) == 0


def test_stopped_within_the_records_nothing_of_them_is_erased(holding, monkeypatch):
    def fail(*_):
        raise OSError

    monkeypatch.setattr("serving.subjects.erasure.erase_scores", fail)
    with pytest.raises(OSError):  # noqa: PT011 the one raised above
        erase(holding)
    assert holding.count(scores, scores.c.erased_by.is_not(None)) == 0
    assert verify(holding.engine).erased == 0


@pytest.mark.parametrize("over", [{"entity_id": OURS}, {"model": MODEL}, {}])
def test_a_legal_hold_stops_erasure_and_is_named(holding, over):
    hold_id = hold(holding, **over)
    with pytest.raises(StateError, match=hold_id):
        erase(holding)
    assert len(holding.store.rows_of(OURS)) == 1
    with writing(holding.engine) as connection:
        lift_hold(connection, hold_id, actor="key2", audit=holding.audit, now=NOW)
    assert erase(holding).counts["scores"] == 1


def test_services_drop_what_they_hold_of_the_subject(holding):
    before = generation(holding)
    erase(holding)
    assert generation(holding) > before


def test_a_hold_over_someone_else_stops_nothing(holding):
    hold(holding, entity_id=THEIRS)
    assert erase(holding).counts["scores"] == 1


def test_an_objection_stays_in_force_without_its_reason(holding):
    with writing(holding.engine) as connection:
        restrict(connection, OURS, "objection", model=None, **acting(holding))
        open_dispute(connection, OURS, MODEL, "moves", stated=1.0, **acting(holding))
    erase(holding)
    assert holding.count(restrictions, restrictions.c.reason.is_(None)) == 1
    assert holding.count(disputed_inputs) == 0
    assert erase(holding).tombstone is None
