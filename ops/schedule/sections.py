"""The parts of the schedule's file that say who is told, and where figures go."""

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

import httpx
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from ops.schedule.timing import duration
from spectron.errors import ArgumentError


def _address(value: str) -> str:
    try:
        address = httpx.URL(value)
    except httpx.InvalidURL as error:
        raise ValueError(f"is no URL: {error}") from error
    if address.scheme not in {"http", "https"} or not address.host:
        raise ValueError("is no URL that can be called; write for example https://chat.example/hook")
    return value


def _beside(value: Path, info: ValidationInfo) -> Path:
    """A relative path is meant from the folder of the file."""
    folder = (info.context or {}).get("folder")
    return value if folder is None else Path(os.path.normpath(folder / value))


Address = Annotated[str, AfterValidator(_address)]
Duration = Annotated[timedelta, BeforeValidator(lambda value: duration(value) if isinstance(value, str) else value)]
Location = Annotated[Path, AfterValidator(_beside)]


class Section(BaseModel):
    """A part of the file; a name that means nothing is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Secret(Section):
    """A secret that stands elsewhere: in a file or in the environment."""

    file: Location | None = Field(None, description="The file that holds it.")
    env: str | None = Field(None, description="The environment variable that holds it.")

    @model_validator(mode="after")
    def _one(self) -> "Secret":
        if bool(self.file) == bool(self.env):
            raise ValueError("write either `file: PATH` or `env: NAME`")
        return self

    def read(self, environ: Mapping[str, str]) -> str:
        if self.env:
            value = environ.get(self.env, "")
        else:
            try:
                value = Path(str(self.file)).read_text("utf-8")
            except OSError as error:
                raise ArgumentError(f"Can't read the secret in {self.file}: {error.strerror}.") from error
        if not value.strip():
            raise ArgumentError(f"There is no secret in {self.env or self.file}.")
        return value.strip()


class WebHookSection(Section):
    """A URL that is told what has failed or works again."""

    url: Address = Field(description="Where the message is posted, as JSON.")
    secret: Secret | None = Field(None, description="What it is signed with: `{env: NAME}` or `{file: PATH}`.")


class MailSection(Section):
    """Who is written to, by which server."""

    host: str = Field(description="The mail server.")
    port: int = Field(587, description="Its port.")
    security: Literal["starttls", "tls", "none"] = Field("starttls", description="`starttls`, `tls` or `none`.")
    username: str | None = Field(None, description="Who signs in there; nobody if left out.")
    password: Secret | None = Field(None, description="The password: `{env: NAME}` or `{file: PATH}`.")
    sender: str = Field(description="Whom the mail is from.")
    to: list[str] = Field(min_length=1, description="Everybody whom it goes to.")


class NotifySection(Section):
    """Everybody who is told."""

    webhooks: list[WebHookSection] = Field([], description="URLs that are told of failures and of their end.")
    mail: MailSection | None = Field(None, description="Mail that says the same.")
    timeout: Duration = Field(timedelta(seconds=30), description="How long each attempt to reach somebody may take.")


class MetricsSection(Section):
    """Where figures are left for Prometheus."""

    textfile: Location | None = Field(None, description="A file for the node exporter, written after each run.")
    listen: str | None = Field(None, description="HOST:PORT at which `schedule run` answers `/metrics`.")
