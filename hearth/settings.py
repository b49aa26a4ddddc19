"""Settings from the environment (`HEARTH_…`) and from `hearth.toml` in the workspace."""

import os
import tomllib
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hearth.errors import Fault, SettingsError
from hearth.plain_faults import plain_faults

_FILE = "hearth.toml"
_PREFIX = "HEARTH_"
_HIDDEN = ("api_key", "api_key_pepper", "records_url", "pseudonyms_url", "store_url", "mlflow_url")
_OAUTH = ("oauth_issuer", "oauth_audience", "oauth_jwks")
_DEVELOPMENT_PEPPER = "development-only-pepper"


class Settings(BaseSettings):
    """Where a workspace keeps its things and how it is served.

    The environment goes before the file, the file before the defaults.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="forbid", frozen=True)

    workspace: Path = Field(default=Path(), description="Folder with features/sources and models.")
    state_dir: Path = Field(default=Path(".hearth"), description="Where artefacts are kept.")
    records_url: str = Field(
        default="", description="Records database; SQLite in state_dir if empty."
    )
    pseudonyms_url: str = Field(
        default="", description="Map of persons' pseudonyms; SQLite in state_dir if empty."
    )
    store_url: str = Field(default="", description="Feature store; SQLite in state_dir if empty.")
    mlflow_url: str = Field(
        default="", description="MLflow tracking; SQLite in state_dir if empty."
    )
    checkpoints_dir: Path = Field(
        default=Path("checkpoints"),
        description="Where signed heads of the audit log are kept; a folder in state_dir if relative.",
    )
    audit_key_file: Path = Field(
        default=Path("audit_key.pem"),
        description="Private key that signs them; a file in state_dir if relative, made if missing.",
    )
    host: str = Field(default="127.0.0.1", description="Address the service listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the service listens on.")
    metrics_port: int = Field(
        default=0,
        ge=0,
        le=65535,
        description="Port for Prometheus, on the same address; 0 for none.",
    )
    trusted_proxies: str = Field(
        default="127.0.0.1",
        description="Addresses or networks, comma-separated, whose X-Forwarded headers are believed.",
    )
    api_key: SecretStr | None = Field(
        default=None,
        description="Key the command line acts with; whoever holds it acts as its owner.",
    )
    api_key_pepper: SecretStr = Field(
        default=SecretStr(_DEVELOPMENT_PEPPER),
        description="Secret mixed into stored API keys and session cookies; set your own in production.",
    )
    oauth_issuer: str = Field(
        default="", description="`iss` of the tokens let in; none are while it is empty."
    )
    oauth_audience: str = Field(
        default="", description="`aud` that a token must name: this service, to the provider."
    )
    oauth_jwks: str = Field(
        default="", description="The provider's signing keys: a JWKS file, or its https address."
    )
    requests_a_minute: int = Field(
        default=600_000,
        ge=1,
        description="Most requests, and rows of batches, that one key or client is answered a minute.",
    )
    failures_a_minute: int = Field(
        default=30,
        ge=1,
        description="Most failed attempts to come in from one network that a minute are told apart.",
    )
    log_level: str = Field(
        default="info", pattern="^(debug|info|warning|error)$", description="Least level logged."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names it
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic names it
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order of the sources: arguments, environment, file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def pepper_is_for_development(self) -> bool:
        """Whether the API-key pepper is still the published default."""
        return self.api_key_pepper.get_secret_value() == _DEVELOPMENT_PEPPER


def load_settings(workspace: Path | None = None, **overrides: Any) -> Settings:
    """Settings of a workspace, with every path absolute and every URL filled.

    Parameters
    ----------
    workspace
        Folder of the workspace; `HEARTH_WORKSPACE` or the current folder if None.
    **overrides
        Settings given by name, before environment and file.

    Raises
    ------
    SettingsError
        If a setting is unknown or wrong; all are reported together.
    """
    given = dict(overrides) if workspace is None else {"workspace": workspace, **overrides}
    try:
        root = Settings(**given).workspace.expanduser().resolve()
        settings = _bound_to(root / _FILE)(**{**given, "workspace": root})
    except ValidationError as error:
        faults = plain_faults(error, Settings, file="settings", hidden=_HIDDEN)
        raise SettingsError("\n".join(map(_named, sorted(set(faults))))) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{_FILE}: is not UTF-8 text; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{_FILE}: is not TOML ({error}); mend it there") from None
    state = (root / settings.state_dir.expanduser()).resolve()
    return Settings.model_construct(
        **{
            **dict(settings),
            "state_dir": state,
            "checkpoints_dir": state / settings.checkpoints_dir.expanduser(),
            "audit_key_file": state / settings.audit_key_file.expanduser(),
            "records_url": settings.records_url or f"sqlite:///{state / 'records.db'}",
            "pseudonyms_url": settings.pseudonyms_url or f"sqlite:///{state / 'pseudonyms.db'}",
            "store_url": settings.store_url or f"sqlite:///{state / 'feature_store.db'}",
            "oauth_jwks": _jwks_in(root, settings.oauth_jwks),
            "mlflow_url": settings.mlflow_url or f"sqlite:///{state / 'mlflow.db'}",
        }
    )


def source_url(variable: str) -> str:
    """URL of the database of a source, from the variable its contract names; empty if it is not set.

    It holds a password: it is never printed, logged or stored.
    """
    return os.environ.get(variable, "")


def keep_mlflow_local() -> None:
    """Set MLflow's own switches: it reports no usage to anybody, reads no pickle, and is quiet."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    os.environ["MLFLOW_ALLOW_PICKLE_DESERIALIZATION"] = "false"
    os.environ.setdefault("MLFLOW_LOGGING_LEVEL", "WARNING")


def count_in(folder: Path) -> None:
    """Let processes started from here keep their metrics in files of a folder, each its own.

    prometheus_client reads the variable when it is first imported.
    """
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _bound_to(file: Path) -> type[Settings]:
    """Settings that look into this file too."""

    class Bound(Settings):
        model_config = SettingsConfigDict(toml_file=file)
        _check = model_validator(mode="after")(_check_oauth)

    return Bound


def _check_oauth(settings: Settings) -> Settings:
    """The settings, if tokens are off or all is said that proves one."""
    given = {name: getattr(settings, name) for name in _OAUTH}
    faults = [
        f"{name}: is empty; set {', '.join(_OAUTH)} together, or none of them"
        for name, value in given.items()
        if not value and any(given.values())
    ]
    if "://" in settings.oauth_jwks and not settings.oauth_jwks.startswith("https://"):
        faults.append("oauth_jwks: is an address without https; give a file or an https:// address")
    if faults:
        raise ValueError("\n".join(faults))
    return settings


def _jwks_in(root: Path, jwks: str) -> str:
    """The provider's keys as they can be found from anywhere: a file of the workspace by its whole path."""
    return jwks if not jwks or "://" in jwks else str(root / Path(jwks).expanduser())


def _named(fault: Fault) -> str:
    """Fault with both places where the setting can stand."""
    return (
        f"{_PREFIX}{fault.place.upper()} or {_FILE}: `{fault.place}` {fault.found}; {fault.remedy}"
    )
