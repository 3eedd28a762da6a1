"""What the environment, a YAML file or a running `manage.py up` says about this installation."""

from __future__ import annotations

import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Any

import yaml
from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from smartsteps.embedded import running

REPO = Path(__file__).resolve().parent.parent


def _parts(value: Any) -> Any:
    """Text with commas, as environments have it, or YAML's list."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


Networks = Annotated[list[IPv4Network | IPv6Network], NoDecode, BeforeValidator(_parts)]


class RateLimits(BaseModel):
    """`security.rate_limiting` (spec 1, Rate Limiting): `limits` notation such as `20/minute`."""

    model_config = ConfigDict(extra="forbid")

    enabled: bool = True
    default_limit: str = "100/minute"
    per_endpoint: dict[str, str] = {
        "/api/v1/auth/login": "20/minute",
        "/api/v1/auth/password/reset": "10/hour",
    }
    per_user: dict[str, str] = {"default": "1000/minute", "admin": "5000/minute"}
    api_keys: str = "1000/minute"


class Security(BaseModel):
    model_config = ConfigDict(extra="forbid")

    rate_limiting: RateLimits = RateLimits()


class Env(BaseSettings):
    """Every knob of the installation; an unknown key in the YAML file is refused."""

    model_config = SettingsConfigDict(env_nested_delimiter="__", extra="ignore")

    data_dir: Path = Field(REPO / "var", validation_alias="SMARTSTEPS_DATA_DIR")
    debug: bool = Field(False, validation_alias="SMARTSTEPS_DEBUG")
    database_url: SecretStr = Field(validation_alias="DATABASE_URL")
    statement_timeout_ms: int = Field(
        5000, ge=0, validation_alias="SMARTSTEPS_STATEMENT_TIMEOUT_MS"
    )
    redis_url: SecretStr = Field(validation_alias="REDIS_URL")
    secret_key: SecretStr = Field(validation_alias="SMARTSTEPS_SECRET_KEY")
    encryption_keys: SecretStr = Field(validation_alias="SMARTSTEPS_ENCRYPTION_KEYS")
    allowed_hosts: str = Field("localhost,127.0.0.1,[::1]", validation_alias="ALLOWED_HOSTS")
    public_url: str = Field("http://127.0.0.1:8000", validation_alias="SMARTSTEPS_PUBLIC_URL")
    trusted_proxies: int = Field(0, ge=0, validation_alias="SMARTSTEPS_TRUSTED_PROXIES")
    llm_provider: str = Field("", validation_alias="LLM_PROVIDER")
    llm_model: str = Field("gpt-4.1", validation_alias="LLM_MODEL")
    llm_timeout_s: float = Field(30, gt=0, validation_alias="LLM_TIMEOUT_S")
    llm_max_retries: int = Field(2, ge=0, validation_alias="LLM_MAX_RETRIES")
    openai_api_key: SecretStr = Field(SecretStr(""), validation_alias="OPENAI_API_KEY")
    openai_base_url: str = Field("", validation_alias="OPENAI_BASE_URL")
    # Networks in which webhooks may call private addresses, for tests and intranets.
    private_webhooks: Networks = Field([], validation_alias="SMARTSTEPS_ALLOW_PRIVATE_WEBHOOKS")
    email_url: SecretStr = Field(SecretStr(""), validation_alias="EMAIL_URL")
    default_from_email: str = Field("smartsteps@localhost", validation_alias="DEFAULT_FROM_EMAIL")
    on_call_emails: str = Field("", validation_alias="ON_CALL_EMAILS")
    default_country: str = Field("", pattern="^([A-Za-z]{2})?$", validation_alias="DEFAULT_COUNTRY")
    log_level: str = Field("INFO", validation_alias="LOG_LEVEL")
    # Or at the first need of it, which then waits for two seconds: for starts without number.
    load_early: bool = Field(True, validation_alias="SMARTSTEPS_LOAD_EARLY")
    security: Security = Security()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (env_settings, init_settings)


class ConfigError(ImproperlyConfigured):
    """The configuration can't be used; the message says the cure."""


def _known_keys() -> dict[str, str]:
    aliases = {name: str(field.validation_alias) for name, field in Env.model_fields.items()}
    return {**aliases, "security": "security"}


def read_yaml(path: Path) -> dict[str, Any]:
    """The YAML file's keys under the names that Env knows. Raises ConfigError on an unknown key."""
    try:
        content = yaml.safe_load(path.read_text()) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: {error}") from error
    known = _known_keys()
    unknown = set(content) - set(known)
    if unknown:
        raise ConfigError(f"{path}: unknown keys {sorted(unknown)}; known: {sorted(known)}")
    return {known[key]: value for key, value in content.items()}


def read_running_up(data_dir: Path) -> dict[str, Any]:
    """The environment of the `manage.py up` that runs in this data folder, if one does."""
    facts = running.find(data_dir)
    return dict(facts["env"]) if facts else {}


def load() -> Env:
    config = os.environ.get("SMARTSTEPS_CONFIG")
    data_dir = Path(os.environ.get("SMARTSTEPS_DATA_DIR", REPO / "var"))
    values = {**read_running_up(data_dir), **(read_yaml(Path(config)) if config else {})}
    try:
        return Env(**values)
    except ValueError as error:
        raise ConfigError(
            f"{error}\nSet these in the environment, name a YAML file in SMARTSTEPS_CONFIG, "
            "or start everything with `make run`."
        ) from error
