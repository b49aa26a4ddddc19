"""Keys and clients from the command line: made, listed, changed over, ended."""

from __future__ import annotations

from datetime import datetime


def make(hearth, *options):
    """Id of a new key."""
    made = hearth(
        "keys", "create", "Housing CRM", "--role", "caseworker_system", *options, "--json"
    )
    return made.json["key"].split("_")[1]


def listed(hearth, what="keys"):
    return hearth(what, "list", "--json").json


def moment(text):
    return datetime.fromisoformat(text)


def test_a_key_for_some_areas_is_listed_with_them(hearth):
    make(hearth, "--area", "E05000027", "--area", "E05000026")
    (key,) = listed(hearth)
    assert (key["areas"], key["state"]) == (["E05000026", "E05000027"], "in use")


def test_a_key_without_a_holder_is_refused(hearth):
    made = hearth("keys", "create", " ", "--role", "reviewer")
    assert made.code == 2
    assert "which team or system" in made.err
    assert listed(hearth) == []


def test_a_key_that_could_score_is_warned_of_without_a_purpose(hearth):
    create = ("keys", "create", "Somebody", "--role")
    assert "make one with --purpose" in hearth(*create, "caseworker").err
    assert "--purpose" not in hearth(*create, "administrator").err


def test_a_key_as_json_has_its_id_and_the_warning_of_the_pepper_apart(hearth, monkeypatch):
    monkeypatch.delenv("HEARTH_API_KEY_PEPPER", raising=False)
    made = hearth("keys", "create", "Somebody", "--role", "administrator", "--json")
    assert made.json["key_id"] == listed(hearth)[0]["key_id"]
    assert "HEARTH_API_KEY_PEPPER" in made.err


def test_a_key_is_for_every_area_unless_some_are_named(hearth):
    make(hearth)
    assert listed(hearth)[0]["areas"] is None


def test_rotating_a_key_prints_its_successor_and_says_when_the_old_one_ends(hearth):
    old = make(hearth, "--area", "E05000026")
    made = hearth("keys", "rotate", old, "--grace-days", "14", "--json").json
    by_id = {key["key_id"]: key for key in listed(hearth)}
    new = by_id[made["key"].split("_")[1]]
    lives = moment(by_id[old]["expires_at"]) - moment(new["created_at"])
    assert (by_id[old]["state"], lives.days) == ("replaced", 14)
    assert (new["replaces"], new["areas"], new["state"]) == (old, ["E05000026"], "in use")


def test_a_rotated_key_is_not_rotated_again(hearth):
    old = make(hearth)
    hearth("keys", "rotate", old)
    again = hearth("keys", "rotate", old)
    assert again.code == 1
    assert "is replaced" in again.err


def test_the_table_of_keys_shows_state_and_end(hearth):
    make(hearth, "--days", "30")
    ends = listed(hearth)[0]["expires_at"][:10]
    shown = hearth("keys", "list").out
    assert "in use" in shown
    assert ends in shown


def test_a_client_is_added_listed_and_revoked(hearth):
    given = ("--role", "caseworker_system", "--area", "E05000026")
    assert hearth("clients", "add", "crm", "Housing CRM", *given).code == 0
    (client,) = listed(hearth, "clients")
    assert (client["client_id"], client["areas"], client["revoked_at"]) == (
        "crm",
        ["E05000026"],
        None,
    )
    assert hearth("clients", "revoke", "crm").code == 0
    assert listed(hearth, "clients")[0]["revoked_by"] == "operator"
    assert hearth("clients", "revoke", "crm").code == 1


def test_adding_a_client_says_where_no_token_is_let_in_yet(hearth):
    added = hearth("clients", "add", "crm", "Housing CRM", "--role", "caseworker_system")
    assert "HEARTH_OAUTH_ISSUER" in added.out + added.err
