"""What a subject may ask for, from the command line: by whom, with a reason, and on record."""

from __future__ import annotations

import json
import sys

import pytest
from sqlalchemy import select

from hearth.cli.main import main
from hearth.storage.engine import reading
from hearth.storage.schema import audit_entries

MODEL, OURS = "school_readiness", "100012345678"
WHY = ("--reason", "request 31")


@pytest.fixture
def hearth(council, monkeypatch, capsys):
    """Runs a command in the council's workspace as the holder of a role; what it said, and its exit code."""
    monkeypatch.chdir(council.settings.workspace)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("HEARTH_API_KEY_PEPPER", "a-pepper-for-tests-only")

    def run(*arguments, role="information_governance"):
        monkeypatch.setenv("HEARTH_API_KEY", council.keys[role])
        monkeypatch.setattr(sys, "argv", ["hearth", *arguments])
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as end:
            code = end.code or 0
        return code, capsys.readouterr()

    return run


def actions(council):
    with reading(council.engine) as connection:
        return list(connection.scalars(select(audit_entries.c.action)))


COMMANDS = {
    "rectify": ("--model", MODEL, "--feature", "arrears_count_12m", "--stated", "0"),
    "object": (),
    "restrict": ("--model", MODEL),
    "erase": (),
}
SAYS = {"rectify": "flagged", "object": "in force", "restrict": "in force", "erase": "Erased"}


@pytest.mark.parametrize("name", COMMANDS)
def test_who_sees_to_rights_may_and_is_told_what_happened(hearth, name):
    code, said = hearth("subject", name, OURS, *COMMANDS[name], *WHY)
    assert (code, said.err) == (0, "")
    assert SAYS[name] in said.out
    assert OURS not in said.out


@pytest.mark.parametrize("name", [*COMMANDS, "lift", "export"])
@pytest.mark.parametrize("role", ["caseworker", "data_scientist", "board_member"])
def test_no_other_role_may_and_nothing_is_recorded(hearth, council, name, role):
    before = actions(council)
    options = {"export": ("--to", "out")}.get(name, COMMANDS.get(name, ()))
    code, said = hearth("subject", name, OURS, *options, *WHY, role=role)
    assert code == 1
    assert "role is one of" in said.err
    assert actions(council) == before


@pytest.mark.parametrize("name", COMMANDS)
def test_a_reason_that_says_nothing_is_refused(hearth, council, name):
    before = actions(council)
    code, _ = hearth("subject", name, OURS, *COMMANDS[name], "--reason", "asked")
    assert code == 2
    assert actions(council) == before


def test_a_lift_names_what_is_still_in_force_and_how_to_end_it(hearth):
    hearth("subject", "object", OURS, "--model", MODEL, *WHY)
    hearth("subject", "restrict", OURS, *WHY)
    _, said = hearth("subject", "lift", OURS, *WHY)
    assert "may be scored again" not in said.out
    assert f"objection to {MODEL}: `hearth subject lift` with --model {MODEL}" in said.out
    _, said = hearth("subject", "lift", OURS, "--model", MODEL, *WHY)
    assert "Ended: 1. The subject may be scored again." in said.out


@pytest.mark.parametrize("role", ["information_governance", "administrator"])
def test_an_export_is_on_record_and_counts_what_it_holds(hearth, council, role):
    code, said = hearth("subject", "export", OURS, "--to", "out", *WHY, "--json", role=role)
    assert code == 0
    assert json.loads(said.out)["counts"]["inputs"] == 1
    assert "subject.exported" in actions(council)


def test_a_dispute_is_settled_by_the_same_command(hearth):
    options = ("subject", "rectify", OURS, *COMMANDS["rectify"][:4], *WHY)
    assert hearth(*options)[0] == 0
    code, said = hearth(*options, "--close", "upheld")
    assert code == 0
    assert "mended at its source" in said.out


def test_a_stated_number_that_is_none_is_refused_without_repeating_it(hearth):
    options = ("subject", "rectify", OURS, *COMMANDS["rectify"][:4], *WHY)
    code, said = hearth(*options, "--stated", "several")
    assert code == 2
    assert "several" not in said.err


def test_a_purge_counts_first_and_then_certifies(hearth, council):
    with council.client() as client:
        client.post(f"/v1/models/{MODEL}/scores", json={"subject": OURS})
    options = ("purge", MODEL, "--older-than", "1d")
    code, said = hearth(*options, "--dry-run", "--json")
    assert code == 0
    assert json.loads(said.out)["erased"][MODEL]["inputs"] == 2
    assert "records.purged" not in actions(council)
    code, said = hearth(*options)
    assert "Certificate: .hearth/certificates/purge-" in said.out
    assert list((council.settings.state_dir / "certificates").glob("*.txt"))


def test_a_hold_is_set_listed_and_lifted(hearth):
    _, made = hearth("hold", "set", "--model", MODEL, *WHY)
    _, listed = hearth("hold", "list", "--json")
    assert [one["hold_id"] for one in json.loads(listed.out)] == [made.out.strip()]
    assert hearth("hold", "lift", made.out.strip())[0] == 0
    assert json.loads(hearth("hold", "list", "--json")[1].out) == []


@pytest.mark.parametrize("age", ["soon", "all", "0d"])
def test_an_age_that_is_none_is_refused(hearth, age):
    assert hearth("purge", MODEL, "--older-than", age)[0] == 2
