"""Retention: what is past its time goes, what is held or young stays, and a certificate says so."""

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from hearth.audit_log import verify
from hearth.audit_log.recorded import recorded
from hearth.periods import Period
from hearth.storage.engine import reading, writing
from hearth.storage.schema import (
    approvals,
    idempotency_keys,
    precomputed_scores,
    scores,
    subject_references,
)
from serving.subjects.certificate import write_certificates
from serving.subjects.holds import set_hold
from serving.subjects.purge import PURGED, count_purge, purge
from serving.subjects.retention import Rule

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MODEL, OURS, THEIRS = "school_readiness", "100012345678", "100087654321"
TWO_YEARS = Rule(MODEL, Period(months=24), "as the command said")
FIVE_YEARS = Rule(MODEL, Period(months=60), "as the command said")


def run(holding, rule=TWO_YEARS, **options):
    return purge(
        holding.engine,
        holding.store,
        [rule],
        actor="key2",
        audit=holding.audit,
        now=NOW,
        **options,
    )


def hold(holding, **over):
    with writing(holding.engine) as connection:
        over = {"model": None, "entity_id": None, **over}
        set_hold(connection, **over, reason="tribunal 12", actor="k", audit=holding.audit, now=NOW)


def test_what_is_past_its_time_goes_and_the_chain_verifies(holding):
    holding.score(OURS, "young", at=NOW)
    found = run(holding).erased[MODEL]
    assert found == {"scores": 3, "log_payloads": 3, "made_beforehand": 2, "references": 1}
    with reading(holding.engine) as connection:
        left = connection.scalars(select(scores.c.score_id).where(scores.c.erased_by.is_(None)))
        assert list(left) == ["young"]
    assert verify(holding.engine).ok


def test_the_reference_of_a_subject_who_is_still_scored_stays(holding):
    holding.score(OURS, "young", at=NOW)
    run(holding)
    with reading(holding.engine) as connection:
        assert list(connection.scalars(select(subject_references.c.entity_id))) == [OURS]


def test_a_dry_run_counts_what_would_go_and_changes_nothing(holding):
    entries = verify(holding.engine).rows
    expected = count_purge(holding.engine, holding.store, [TWO_YEARS], NOW)
    assert verify(holding.engine).rows == entries
    found = run(holding)
    told = {kind: n for kind, n in found.erased[MODEL].items() if kind != "references"}
    assert expected.erased == {**found.erased, MODEL: told}


def test_what_is_younger_than_its_rule_stays_but_for_answers_kept_a_day(holding):
    found = run(holding, FIVE_YEARS)
    assert found.erased == {"": {"idempotency_keys": 6}}
    assert holding.count(scores, scores.c.erased_by.is_(None)) == 3
    assert holding.count(idempotency_keys) == 0


def test_purging_again_finds_nothing_and_records_nothing(holding):
    run(holding)
    entries = verify(holding.engine).rows
    assert run(holding).tombstone is None
    assert verify(holding.engine).rows == entries


@pytest.mark.parametrize(
    ("over", "left"), [({"entity_id": OURS}, 1), ({"model": MODEL}, 3), ({}, 3)]
)
def test_a_legal_hold_keeps_what_it_is_over_and_is_counted(holding, over, left):
    hold(holding, **over)
    found = run(holding)
    assert holding.count(scores, scores.c.erased_by.is_(None)) == left
    assert found.held == {MODEL: left}
    assert holding.count(precomputed_scores, precomputed_scores.c.entity_id == OURS) == 1
    assert holding.count(subject_references, subject_references.c.entity_id == OURS) >= 1


def test_a_hold_over_another_model_keeps_nothing_here(holding):
    with writing(holding.engine) as connection:
        connection.execute(update(approvals).values(model="damp_homes"))
    hold(holding, model="damp_homes")
    assert run(holding).erased[MODEL]["scores"] == 3


def test_stored_inputs_go_where_the_last_refresh_is_past_its_time(holding):
    run(holding, Rule(MODEL, Period(days=10), "as the command said"))
    assert holding.store.count(MODEL) == 0


def test_a_purge_stopped_half_way_goes_on_where_it_stood(holding, monkeypatch):
    monkeypatch.setattr("serving.subjects.purge._AT_ONCE", 1)
    steps = []

    def stop(_task, done, _total):
        steps.append(done)
        if len(steps) == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(holding, progress=stop)
    assert verify(holding.engine).ok
    run(holding)
    assert holding.count(scores, scores.c.erased_by.is_(None)) == 0


def test_the_certificate_counts_names_its_rule_and_holds_no_personal_data(holding, tmp_path):
    tombstone = run(holding).tombstone
    (path,) = write_certificates(tmp_path / "certificates", holding.engine)
    written, text = json.loads(path.read_text()), path.with_suffix(".txt").read_text()
    assert written["audit_entry"] == vars(tombstone)
    assert "3 scores, with what people wrote on them" in text
    assert tombstone.entry_hash in text
    assert OURS not in path.read_text() + text
    assert oct(path.parent.stat().st_mode)[-3:] == "700"


def test_a_certificate_that_was_not_written_is_written_by_the_next_run(holding, tmp_path):
    run(holding)
    assert len(write_certificates(tmp_path / "certificates", holding.engine)) == 1
    assert write_certificates(tmp_path / "certificates", holding.engine) == []
    with reading(holding.engine) as connection:
        assert len(recorded(connection, PURGED)) == 1
