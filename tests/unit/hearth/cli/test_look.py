"""Looking at a household: who may, and what stays on record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hearth.cli import context
from hearth.identity import subject_reference
from hearth.storage.engine import reading, writing
from hearth.storage.schema import audit_entries, audit_payloads

LOOK = ("household", "100", "--as-of", "2021-09-01", "--purpose", "early_help")


@pytest.fixture
def council(small_council):
    small_council.ingest()
    return small_council


@pytest.fixture
def key(hearth, monkeypatch):
    """Acts with a new key of a role and purpose."""

    def of(role="caseworker", purpose="early_help"):
        made = hearth("keys", "create", "Team", "--role", role, "--purpose", purpose)
        monkeypatch.setenv("HEARTH_API_KEY", made.out.splitlines()[0])

    return of


def _looks(council):
    """Actions, subjects and details of the audit log."""
    ledger = context.Context(council.settings)
    joined = audit_entries.join(
        audit_payloads, audit_entries.c.sequence == audit_payloads.c.sequence
    )
    query = select(audit_entries.c.action, audit_payloads.c.subject, audit_payloads.c.details)
    with reading(ledger.records) as connection:
        rows = connection.execute(query.select_from(joined)).all()
    return [row for row in rows if not row.action.startswith("api_key")]


def test_a_household_is_shown_to_a_caseworker(hearth, council, key):
    key()
    told = hearth(*LOOK)
    assert told.code == 0
    assert "Ann Ash" in told.out
    assert "Kind of home: family" in told.out


@pytest.mark.parametrize("uprn", ["0", "0100", "1234567890123", "12 High St", "１００", ""])
def test_what_cannot_be_a_uprn_is_called_so(hearth, uprn):
    told = hearth(*LOOK[:1], uprn, *LOOK[2:])
    assert told.code == 2
    assert "is no UPRN: write 1 to 12 digits" in told.err


def test_json_holds_the_whole_view(hearth, council, key):
    key()
    view = hearth(*LOOK, "--json").json
    assert [r["person_id"] for r in view["residents"]] == ["p1", "p2", "p3", "p4"]
    assert view["records"][0]["happened"] == "2021-08-20"


def test_a_data_scientist_sees_numbers_and_no_names(hearth, council, key):
    key("data_scientist")
    told = hearth(*LOOK)
    assert "p1" in told.out
    assert "Ann" not in told.out


def test_each_look_is_on_record_without_the_uprn(hearth, council, key):
    key()
    hearth(*LOOK)
    (look,) = _looks(council)
    assert look.action == "household.viewed"
    assert "residents" in look.details
    assert "early_help" in look.details
    assert "100" not in look.details
    assert len(look.subject) == 32


@pytest.mark.parametrize(
    ("role", "purpose", "told"),
    [
        ("board_member", "early_help", "may not `household:read`"),
        ("caseworker_system", "early_help", "may not `household:read`"),
        ("caseworker", "housing_standards", "not for `early_help`"),
    ],
)
def test_a_key_that_may_not_is_refused_on_record(hearth, council, key, role, purpose, told):
    key(role, purpose)
    ended = hearth(*LOOK)
    assert (ended.code, ended.out) == (1, "")
    assert told in ended.err
    assert '"refused"' in _looks(council)[0].details


def test_without_a_key_nothing_is_shown(hearth, council):
    ended = hearth(*LOOK)
    assert ended.code == 1
    assert "HEARTH_API_KEY" in ended.err


def test_a_look_that_finds_nothing_is_on_record(hearth, council, key):
    key()
    ended = hearth("household", "777", *LOOK[2:])
    assert ended.code == 1
    assert "no source held for early_help knows" in ended.err
    assert "not_found" in _looks(council)[0].details


@pytest.mark.parametrize(
    ("day", "told"), [("2026-11-03", "lies ahead of today"), ("1 May", "is no date")]
)
def test_a_date_that_has_not_come_or_is_none_is_wrong_usage(hearth, council, key, day, told):
    key()
    ended = hearth("household", "100", "--as-of", day, "--purpose", "early_help")
    assert ended.code == 2
    assert told in ended.err


WHY = ("why", "readiness", "100", "--as-of", "2021-09-01")


def test_why_shows_the_rows_behind_a_feature(hearth, council, key):
    key()
    told = hearth(*WHY, "--feature", "noise_count_12m")
    assert told.code == 0
    assert "c1" in told.out
    assert "no: learned on or after the as-of date" in told.out


def test_why_as_json_holds_every_feature(hearth, council, key):
    key("data_scientist")
    found = hearth(*WHY, "--json").json
    names = [f["name"] for group in found["groups"] for f in group["features"]]
    assert names == [f.name for f in council.catalogue.features("readiness")]


def test_a_trace_is_on_record_as_serving_names_the_subject(hearth, council, key):
    key()
    hearth(*WHY)
    (look,) = _looks(council)
    with writing(context.Context(council.settings).records) as connection:
        reference = subject_reference(connection, "readiness", "100", context.utc_now())
    assert (look.action, look.subject) == ("features.traced", reference)


def test_why_needs_the_purpose_of_the_model(hearth, council, key):
    key(purpose="housing_standards")
    ended = hearth(*WHY)
    assert ended.code == 1
    assert "not for `early_help`" in ended.err


@pytest.fixture
def for_areas(council):
    """Says of the model of early help that its results are released for areas."""
    path = council.root / "models" / "readiness" / "model.yaml"
    path.write_text(path.read_text() + "release_level: output_area\n")


@pytest.mark.parametrize("command", [WHY, LOOK])
def test_nothing_of_one_household_is_shown_where_results_are_for_areas(
    hearth, council, key, for_areas, command
):
    key()
    ended = hearth(*command)
    assert ended.code == 1
    assert "released for areas" in ended.err
    assert _looks(council) == []
