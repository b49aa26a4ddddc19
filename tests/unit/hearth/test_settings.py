"""Settings: where they come from, and what is refused."""

from pathlib import Path
from typing import Any

import pytest

from hearth.errors import SettingsError
from hearth.settings import Settings, load_settings


def _refused(workspace: Path, **overrides: Any) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(workspace, **overrides)
    return str(caught.value)


def test_a_workspace_without_settings_keeps_all_within_itself(workspace: Path) -> None:
    settings = load_settings(workspace)
    assert settings.state_dir == workspace / ".hearth"
    assert settings.records_url == f"sqlite:///{workspace}/.hearth/records.db"
    assert settings.store_url == f"sqlite:///{workspace}/.hearth/feature_store.db"
    assert settings.mlflow_url == f"sqlite:///{workspace}/.hearth/mlflow.db"
    assert (settings.host, settings.port) == ("127.0.0.1", 8000)


def test_the_environment_goes_before_the_file(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (workspace / "hearth.toml").write_text('port = 9000\nlog_level = "debug"\n')
    monkeypatch.setenv("HEARTH_PORT", "9001")
    settings = load_settings(workspace)
    assert (settings.port, settings.log_level) == (9001, "debug")


def test_an_argument_goes_before_the_environment(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTH_PORT", "9001")
    assert load_settings(workspace, port=9002).port == 9002


def test_the_environment_may_name_the_workspace(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTH_WORKSPACE", str(workspace))
    assert load_settings().workspace == workspace.resolve()


def test_a_relative_state_folder_lies_in_the_workspace(workspace: Path) -> None:
    assert load_settings(workspace, state_dir=Path("kept")).state_dir == workspace / "kept"


def test_settings_cannot_be_changed(workspace: Path) -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings(workspace).port = 1


def test_secrets_are_not_shown(workspace: Path) -> None:
    settings = load_settings(workspace, api_key="hearth_1_abc", api_key_pepper="long-secret")
    assert "abc" not in repr(settings)
    assert "long-secret" not in repr(settings)
    assert not settings.pepper_is_for_development


def test_the_published_pepper_is_known_as_such(workspace: Path) -> None:
    assert load_settings(workspace).pepper_is_for_development


def test_all_faults_are_reported_together_with_both_places(workspace: Path) -> None:
    (workspace / "hearth.toml").write_text('port = 70000\nlog_level = "loud"\nprot = 1\n')
    assert _refused(workspace).split("\n") == [
        'HEARTH_LOG_LEVEL or hearth.toml: `log_level` is "loud"; '
        "it must fit ^(debug|info|warning|error)$",
        "HEARTH_PORT or hearth.toml: `port` is 70000; it must be at most 65535",
        "HEARTH_PROT or hearth.toml: `prot` is an unknown key; "
        "write port if that is meant, or remove it",
    ]


def test_a_wrong_value_in_the_environment_is_refused(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HEARTH_PORT", "http")
    assert _refused(workspace) == (
        'HEARTH_PORT or hearth.toml: `port` is "http", not a whole number; '
        "write a whole number, without quotes or a unit"
    )


def test_a_secret_of_the_wrong_type_is_not_repeated(workspace: Path) -> None:
    (workspace / "hearth.toml").write_text("api_key_pepper = 12345\nrecords_url = 67890\n")
    message = _refused(workspace)
    assert "api_key_pepper" in message
    assert "12345" not in message
    assert "67890" not in message


def test_a_file_that_is_not_toml_is_named(workspace: Path) -> None:
    (workspace / "hearth.toml").write_text("port: 9000\n")
    assert _refused(workspace).startswith("hearth.toml: is not TOML (")


def test_a_file_that_is_not_utf8_is_named(workspace: Path) -> None:
    (workspace / "hearth.toml").write_bytes(b'host = "\xff"\n')
    assert _refused(workspace) == "hearth.toml: is not UTF-8 text; save it as UTF-8"


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_settings_of_tokens_go_together(tmp_path):
    with pytest.raises(SettingsError, match="`oauth_jwks` is empty; set oauth_issuer"):
        load_settings(tmp_path, oauth_issuer="https://id.council.example", oauth_audience="hearth")


def test_signing_keys_are_never_fetched_without_tls(tmp_path):
    jwks = "http://id.council.example/keys"
    with pytest.raises(SettingsError, match="without https"):
        load_settings(tmp_path, oauth_issuer="i", oauth_audience="a", oauth_jwks=jwks)


def test_a_file_of_signing_keys_is_found_in_the_workspace(tmp_path):
    given = {"oauth_issuer": "i", "oauth_audience": "a", "oauth_jwks": "keys.json"}
    assert load_settings(tmp_path, **given).oauth_jwks == str(tmp_path.resolve() / "keys.json")
