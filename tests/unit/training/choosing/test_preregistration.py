from datetime import UTC, date, datetime

import pytest

from hearth.audit_log import AuditLog
from hearth.storage.database import open_records
from training.choosing.preregistration import LOOKED, REGISTERED, bar_sha256, look

DATES = [date(2023, 1, 1), date(2024, 1, 1)]
HIGHER = {"success.lift_at_least": 3}


@pytest.fixture
def audit(tmp_path):
    days = iter(datetime(2026, 11, day, tzinfo=UTC) for day in range(1, 29))
    log = AuditLog(open_records(f"sqlite:///{tmp_path}/records.db"), lambda: next(days))
    yield log
    log.engine.dispose()


def test_the_bar_stands_on_record_before_the_look_that_reads_results(define, audit):
    definition = define()

    looked = look(definition, DATES, audit, command="train")

    (bar,) = audit.recorded(REGISTERED)
    (entry,) = audit.recorded(LOOKED)
    assert bar.sequence < entry.sequence
    assert bar.details["bar_sha256"] == looked.bar_sha256 == bar_sha256(definition)
    assert bar.details["bar"]["success"]["lift_at_least"] == definition.success.lift_at_least
    assert not looked.is_bar_changed


def test_each_look_at_a_test_date_is_counted(define, audit):
    look(define(), DATES[:1], audit, command="train")
    looked = look(define(), DATES, audit, command="train")

    assert looked.counts == {"2023-01-01": 2, "2024-01-01": 1}
    assert "2023-01-01: 2, 2024-01-01: 1" in looked.as_json()["sentences"][1]
    assert len(audit.recorded(REGISTERED)) == 1


def test_a_bar_changed_after_a_look_says_so_from_then_on(define, audit):
    look(define(), DATES, audit, command="train")

    for _ in range(2):
        looked = look(define(HIGHER), DATES, audit, command="train")
        assert looked.is_bar_changed
    assert looked.as_json()["sentences"][0].startswith("Bar changed after results")
    assert "meeting" not in looked.as_json()["sentences"][0]  # it is said of a bar missed too


def test_a_bar_put_back_as_it_first_was_is_the_one_set_beforehand(define, audit):
    look(define(), DATES, audit, command="train")
    look(define(HIGHER), DATES, audit, command="train")

    assert not look(define(), DATES, audit, command="train").is_bar_changed


def test_a_new_bar_for_dates_nobody_looked_at_is_set_beforehand(define, audit):
    look(define(), DATES[:1], audit, command="train")

    assert not look(define(HIGHER), DATES[1:], audit, command="train").is_bar_changed


def test_looks_of_another_model_count_for_nothing(define, audit):
    look(define(), DATES, audit, command="train")
    other = define().model_copy(update={"model": "other"})

    looked = look(other, DATES, audit, command="train")

    assert set(looked.counts.values()) == {1}


@pytest.mark.parametrize(
    ("changes", "is_same"),
    [
        ({"capacity": {"count": 21}}, False),
        ({"label.window": "6m"}, False),
        ({"success.choose_by": "best_average"}, True),
        ({"title": "Another title"}, True),
    ],
)
def test_the_bar_is_what_a_candidate_is_judged_by(define, changes, is_same):
    before = bar_sha256(define())

    assert (bar_sha256(define(changes)) == before) is is_same


def test_the_record_of_looks_verifies(define, audit):
    look(define(), DATES, audit, command="train")

    assert audit.verify().ok
