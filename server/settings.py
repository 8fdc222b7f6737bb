"""What is configured: environment over a YAML file over defaults, each value with its source."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator
from pydantic import ValidationError as PydanticError

from server.core.errors import ValidationError
from server.core.naming import suggestion
from server.core.retention import duration, policies

PREFIX = "SPECTRON_"
HIDDEN = "********"
USER_INFO = re.compile(r"://[^/@\s]+@")
DEFAULT_DATA_DIR = Path("~/.local/share/spectron")
# What the environment writes as YAML.
STRUCTURED: tuple[Any, ...] = (dict[str, Any], list[dict[str, Any]])


class Settings(BaseModel):
    """Everything a deployment can set; `name` here is `SPECTRON_NAME` in the environment and `name:` in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    data_dir: Path = Field(DEFAULT_DATA_DIR, description="Where the embedded database, objects and key files live.")
    bind: str = Field("127.0.0.1:9090", description="Address and port of the listener.", pattern=r"^.+:\d{1,5}$")
    database_url: str = Field(
        "embedded",
        description="`embedded`, or the address of a SurrealDB server.",
        pattern=r"^(embedded|memory|wss?://.+)$",
    )
    database_username: str = Field("root", description="Whom to sign in as on a SurrealDB server.")
    database_password: SecretStr = Field(SecretStr(""), description="The password that goes with it.")
    object_store: str | None = Field(
        None,
        description="Where the originals of documents are kept: `file:///folder`, by default `objects` in the data "
        "directory, or `s3://bucket/prefix?endpoint=URL&region=NAME`.",
    )
    extraction_processes: int = Field(2, ge=1, le=64, description="Processes that may read documents at the same time.")
    worker_concurrency: int = Field(4, ge=1, le=256, description="Jobs that one process works on at the same time.")
    master_key: SecretStr | None = Field(
        None,
        description="32 bytes in base64 that encrypt secrets at rest; without it, `master.key` in the data directory.",
    )
    defaults: dict[str, Any] = Field(
        default_factory=dict, description="Context configuration that holds where a Context says nothing."
    )
    provider_urls: dict[str, Any] = Field(
        default_factory=dict,
        description="Addresses of model providers by name, where they are not the public ones; for Ollama or vLLM.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least severe line logged.")
    log_format: Literal["auto", "json", "console"] = Field(
        "auto", description="`auto` is `console` on a terminal and `json` elsewhere."
    )
    trusted_proxies: str = Field(
        "", description="Addresses, with commas between, whose X-Forwarded-For is believed; `*` believes anybody."
    )
    request_timeout_seconds: float = Field(
        60.0, gt=0, description="A request that takes longer, counted from the last byte of it, gets 503."
    )
    max_json_bytes: int = Field(
        4 * 1024 * 1024, ge=1024, description="The largest JSON body; larger ones are answered with 413."
    )
    hash_workers: int = Field(1, ge=1, le=64, description="Threads that may verify Argon2 hashes at the same time.")
    key_recheck_seconds: float = Field(
        4.0, gt=0, le=5, description="How long a verified key is trusted before its row is read again."
    )
    rejected_keys_per_minute: int = Field(
        60, ge=1, description="Wrong keys that one address may send a minute before they are answered with 429."
    )

    retention: list[dict[str, Any]] = Field(
        default_factory=list, description="Retention policies for every Context: scope, memory_category and ttl."
    )
    sweep_interval: str = Field("1h", description="How often what is due is deleted, such as 15m, 1h or 1d.")
    expired_grace: str = Field(
        "30d", description="How long a soft-deleted memory can be reinstated; 0d deletes it with the next sweep."
    )
    trace_retention: str = Field("90d", description="How long decision traces and reports of sweeps are kept.")
    job_retention: str = Field("7d", description="How long jobs that have ended are kept.")

    @field_validator("retention")
    @classmethod
    def _checked_policies(cls, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        policies(given)
        return given

    @field_validator("sweep_interval", "expired_grace", "trace_retention", "job_retention")
    @classmethod
    def _checked_duration(cls, given: str, info: ValidationInfo) -> str:
        least = {"expired_grace": timedelta(0), "sweep_interval": timedelta(minutes=1)}
        duration(given, str(info.field_name), least=least.get(str(info.field_name), timedelta(days=1)))
        return given

    @property
    def host(self) -> str:
        return self.bind.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.bind.rpartition(":")[2])

    @property
    def object_store_url(self) -> str:
        return self.object_store or (self.data_path / "objects").as_uri()

    @property
    def data_path(self) -> Path:
        return self.data_dir.expanduser().absolute()


@dataclass(frozen=True)
class Loaded:
    """Settings in force and where each came from: `environment`, `file`, `argument` or `default`."""

    settings: Settings
    sources: Mapping[str, str]

    def redacted(self) -> dict[str, dict[str, Any]]:
        """Each setting's value and source, secrets hidden."""
        shown: dict[str, dict[str, Any]] = {}
        for name, value in self.settings:
            text = HIDDEN if isinstance(value, SecretStr) and value.get_secret_value() else value
            if isinstance(text, str):
                text = USER_INFO.sub(f"://{HIDDEN}@", text)
            plain = text if isinstance(text, bool | int | float | dict | list) or text is None else str(text)
            shown[name] = {"value": plain, "source": self.sources[name]}
        return shown


def load(
    environment: Mapping[str, str], *, file: Path | None = None, arguments: Mapping[str, Any] | None = None
) -> Loaded:
    """Put the sources on top of each other; a wrong value is named together with where it stands."""
    file = file or (Path(environment["SPECTRON_CONFIG"]) if environment.get("SPECTRON_CONFIG") else None)
    layers = {
        "file": _from_file(file) if file else {},
        "environment": _from_environment(environment),
        "argument": {name: value for name, value in (arguments or {}).items() if value is not None},
    }
    values: dict[str, Any] = {}
    sources = dict.fromkeys(Settings.model_fields, "default")
    for source, layer in layers.items():
        values |= layer
        sources |= dict.fromkeys(layer, source)
    try:
        settings = Settings.model_validate(values)
    except PydanticError as error:
        first = error.errors()[0]
        name = str(first["loc"][0])
        unknown = first["type"] == "extra_forbidden"
        wrong = (
            f"there is no such setting; {suggestion(name, Settings.model_fields)}" if unknown else f"{first['msg']}."
        )
        raise ValidationError(f"Setting {name!r} (from {sources.get(name, 'file')}): {wrong}") from error
    return Loaded(settings, sources)


def _from_file(path: Path) -> dict[str, Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValidationError(f"The configuration file {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ValidationError(f"The configuration file {path} is not YAML in UTF-8: {error}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise ValidationError(f"The configuration file {path} must hold a mapping of setting names to values.")
    return {str(name): value for name, value in document.items()}


def _from_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in Settings.model_fields.items():
        text = environment.get(PREFIX + name.upper())
        if text:
            try:
                found[name] = text if field.annotation not in STRUCTURED else yaml.safe_load(text)
            except yaml.YAMLError as error:
                raise ValidationError(f"{PREFIX}{name.upper()} is not YAML: {error}") from error
    return found
