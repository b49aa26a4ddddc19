"""The map of pseudonyms: one role opens it, and every look is on record."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from hearth.cli import context
from hearth.pseudonyms import PseudonymMap
from hearth.settings import load_settings
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries, audit_payloads

WHY = ("--reason", "request 31")


@pytest.fixture
def here(workspace):
    """The workspace's map, which knows one person, and its records."""
    return context.Context(load_settings(workspace))


@pytest.fixture
def person(here):
    with PseudonymMap.opened(here.settings) as pairs:
        return pairs.assign(["7001"])["7001"]


@pytest.fixture
def key(hearth, monkeypatch):
    def of(role="information_governance"):
        made = hearth("keys", "create", "Records team", "--role", role)
        monkeypatch.setenv("HEARTH_API_KEY", made.out.splitlines()[0])

    return of


def _looks(here):
    joined = audit_entries.join(
        audit_payloads, audit_entries.c.sequence == audit_payloads.c.sequence
    )
    query = select(audit_entries.c.action, audit_payloads.c.subject, audit_payloads.c.details)
    with reading(here.records) as connection:
        rows = connection.execute(query.select_from(joined)).all()
    return [row for row in rows if row.action.startswith("pseudonym")]


def test_information_governance_opens_and_finds_and_it_is_recorded(hearth, here, key, person):
    key()
    assert hearth("pseudonym", "open", person, *WHY).out == "7001\n"
    assert hearth("pseudonym", "find", "7001", *WHY, "--json").json == {"pseudonym": person}
    opened, found = _looks(here)
    assert (opened.action, found.action) == ("pseudonym.opened", "pseudonym.found")
    assert opened.subject == found.subject
    assert "7001" not in str(opened.details) + str(found.details)


@pytest.mark.parametrize("role", ["data_scientist", "board_member", "caseworker", "administrator"])
def test_no_other_role_opens_the_map(hearth, here, key, person, role):
    key(role)
    for command in (("open", person), ("find", "7001"), ("erase", person)):
        told = hearth("pseudonym", *command, *WHY)
        assert told.code == 1
        assert "use a key whose role is one of: information_governance" in told.err
    assert _looks(here) == []
    with PseudonymMap.opened(here.settings) as pairs:
        assert pairs.number_of(person) == "7001"


@pytest.mark.parametrize("reason", ["", "because", " " * 12])
def test_a_reason_that_says_nothing_is_refused(hearth, here, key, person, reason):
    key()
    for command in (("open", person), ("find", "7001"), ("erase", person)):
        told = hearth("pseudonym", *command, "--reason", reason)
        assert (told.code, told.out) == (2, "")
        assert "says too little" in told.err
    assert _looks(here) == []


def test_an_erased_pair_is_gone_and_what_that_means_is_said(hearth, here, key, person):
    key()
    told = hearth("pseudonym", "erase", person, *WHY)
    assert told.code == 0
    assert "under a new pseudonym" in told.out
    gone = hearth("pseudonym", "open", person, *WHY)
    assert (gone.code, gone.out) == (1, "")
    assert [look.action for look in _looks(here)] == ["pseudonym.erased", "pseudonym.opened"]


def test_an_erasure_that_finds_nothing_is_not_recorded_as_done(hearth, here, key):
    key()
    assert hearth("pseudonym", "erase", "0" * 32, *WHY).code == 1
    assert _looks(here) == []


def test_the_map_has_a_database_of_its_own(hearth, key, monkeypatch, workspace, person):
    key()
    url = load_settings(workspace).records_url
    monkeypatch.setenv("HEARTH_PSEUDONYMS_URL", url)
    told = hearth("pseudonym", "open", person, *WHY)
    assert told.code == 1
    assert "the map needs one of its own" in told.err
