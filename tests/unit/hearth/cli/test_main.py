"""Help, exit codes and JSON of every command."""

from __future__ import annotations

import pytest
import typer
from sqlalchemy import create_engine, text

from hearth.cli.main import app


def _commands(group=None, words=()):
    group = typer.main.get_command(app) if group is None else group
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _commands(command, (*words, name))
        else:
            yield (*words, name), command


COMMANDS = dict(_commands())


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_says_what_the_command_does_and_names_every_option(hearth, words):
    ended = hearth(*words, "--help")
    assert ended.code == 0
    options = [o for p in COMMANDS[words].params for o in p.opts if o.startswith("--")]
    assert [option for option in options if option not in ended.out] == []
    assert COMMANDS[words].help.split(".")[0].split(":")[0] in ended.out


def test_without_a_command_the_steps_are_listed(hearth):
    ended = hearth()
    told = ended.out + ended.err
    assert all(step in told for step in ("ingest", "train", "approve", "serve", "demo"))


def test_the_exit_codes_are_told(hearth):
    assert "3 the model did not meet its bar" in hearth("--help").out


def test_the_version_is_printed(hearth):
    assert hearth("--version").out.startswith("hearth ")


def test_what_is_done_ends_with_0(hearth, made):
    assert hearth("check").code == 0


def test_what_is_refused_ends_with_1_and_one_message_on_standard_error(hearth, made):
    ended = hearth("build", "no_such_model")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err == "no model is called no_such_model; there are: noisy_homes\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("check", "--no-such-option"),
        ("train", "--workspace"),
        ("keys", "create", "A team", "--role", "king"),
        ("synthesise", "--households", "-1"),
        ("synthesise", "--bias", "nonsense"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(hearth, made, arguments):
    ended = hearth(*arguments)
    assert ended.code == 2
    assert "Traceback" not in ended.err


def test_a_folder_that_is_no_workspace_is_refused_with_what_makes_one(hearth):
    ended = hearth("check")
    assert ended.code == 1
    assert "features/sources/*.yaml" in ended.err


def test_another_workspace_can_be_named(hearth, made, tmp_path, monkeypatch):
    monkeypatch.chdir("/")
    assert hearth("--workspace", str(made.root), "check").code == 0


def test_a_checked_workspace_is_told_to_a_machine(hearth, made):
    ended = hearth("check", "--json")
    assert ended.json["sources"] == ["complaints", "register"]
    assert ended.json["models"]["noisy_homes"] > 0
    assert "in order" in ended.err


def test_the_register_of_sources_is_told_to_a_machine(hearth, made):
    names = [source["source"] for source in hearth("sources", "--json").json]
    assert names == ["complaints", "register"]


def test_a_key_is_told_once_and_listed_without_its_secret(hearth, made):
    key = hearth("keys", "create", "Housing team", "--role", "caseworker", "--json").json["key"]
    (listed,) = hearth("keys", "list", "--json").json
    assert listed["name"] == "Housing team"
    assert key not in hearth("keys", "list", "--json").out
    assert key.rpartition("_")[2] not in hearth("keys", "list").out


def test_a_key_is_printed_alone_so_that_a_shell_can_take_it(hearth, made):
    ended = hearth("keys", "create", "Housing team", "--role", "caseworker")
    assert ended.out.startswith("hearth_")
    assert len(ended.out.split()) == 1


def test_a_key_for_a_purpose_that_nothing_has_is_refused_with_those_there_are(hearth, made):
    told = hearth("keys", "create", "A team", "--role", "caseworker", "--purpose", "earlyhelp")
    assert (told.code, told.out) == (1, "")
    assert "no model or source is for earlyhelp; there are: housing_standards" in told.err
    assert hearth("keys", "list", "--json").json == []


def test_a_revoked_key_opens_nothing(hearth, made, monkeypatch):
    key = hearth("keys", "create", "A scientist", "--role", "data_scientist", "--json").json["key"]
    (listed,) = hearth("keys", "list", "--json").json
    assert hearth("keys", "revoke", listed["key_id"]).code == 0
    monkeypatch.setenv("HEARTH_API_KEY", key)
    (made.root / "rows.csv").write_text("entity_id\n1\n")
    ended = hearth("score", "noisy_homes", "rows.csv", "scores.csv")
    assert ended.code == 1
    assert key not in ended.err


def test_an_audit_log_that_holds_says_what_it_cannot_see(hearth, made):
    hearth("keys", "create", "A team", "--role", "caseworker")
    found = hearth("audit", "verify", "--json").json
    assert (found["ok"], found["rows"]) == (True, 1)
    assert "What this cannot see" in hearth("audit", "verify").out


def test_an_edited_audit_log_is_refused_with_the_entry(hearth, made):
    hearth("keys", "create", "A team", "--role", "caseworker")
    engine = create_engine(f"sqlite:///{made.root / '.hearth' / 'records.db'}")
    with engine.begin() as connection:
        connection.execute(text("drop trigger audit_entries_are_never_changed"))
        connection.execute(text("update audit_entries set actor = 'somebody'"))
    engine.dispose()
    ended = hearth("audit", "verify")
    assert ended.code == 1
    assert "broken at entry 1" in ended.err
