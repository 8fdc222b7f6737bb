"""The options that make up a Context's configuration."""

import json
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from spectron.ctl.arguments import pairs
from spectron.ctl.files import document
from spectron.terminal.terminal import Terminal

PANEL = "Configuration"
MODEL_OPTION = "model_"


def _model(what: str) -> Any:
    return typer.Option(metavar="PROVIDER/MODEL", help=what, rich_help_panel=PANEL)


@dataclass(frozen=True)
class ConfigOptions:
    """A whole file, single values, provider keys; what is more specific wins."""

    model_extraction: Annotated[str | None, _model("Draws facts from what is said.")] = None
    model_extraction_strong: Annotated[str | None, _model("Is asked again where the first is unsure.")] = None
    model_query_understanding: Annotated[str | None, _model("Is kept; questions are understood by rules.")] = None
    model_response: Annotated[str | None, _model("Writes the replies of chat.")] = None
    model_reflection: Annotated[str | None, _model("Draws evidence together in reflect.")] = None
    model_background: Annotated[str | None, _model("Is kept; work in the background needs no model.")] = None
    model_embedding: Annotated[str | None, _model("Turns text into vectors.")] = None
    token_limit: Annotated[int | None, typer.Option(help="Tokens a month.", rich_help_panel=PANEL)] = None
    retention_days: Annotated[
        int | None, typer.Option(help="Days that memories of the category context live.", rich_help_panel=PANEL)
    ] = None
    provider: Annotated[
        list[str],
        typer.Option(
            metavar="NAME=KEY",
            help="A provider's key. NAME=- reads it from standard input, NAME=env:VARIABLE from the environment.",
            rich_help_panel=PANEL,
        ),
    ] = field(default_factory=list)
    config: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="A YAML or JSON file; - is standard input.", rich_help_panel=PANEL),
    ] = None
    set: Annotated[
        list[str],
        typer.Option("--set", metavar="KEY=VALUE", help="Any one value, by its dotted name.", rich_help_panel=PANEL),
    ] = field(default_factory=list)

    def document(self, terminal: Terminal) -> dict[str, Any]:
        """The configuration these options describe."""
        document = _file(self.config, terminal) if self.config else {}
        for name, value in vars(self).items():
            if name.startswith(MODEL_OPTION) and value is not None:
                put(document, f"models.{name.removeprefix(MODEL_OPTION)}", value)
        for name, limit in (("token_limit", self.token_limit), ("retention_days", self.retention_days)):
            if limit is not None:
                put(document, name, limit)
        for name, key in pairs(self.provider).items():
            put(document, f"providers.{name}", _provider_key(name, key, terminal))
        for name, text in pairs(self.set).items():
            put(document, name, _value(text))
        return document


def put(document: dict[str, Any], name: str, value: Any) -> None:
    """Put a value under its dotted name, making the sections on the way."""
    *sections, last = name.split(".")
    if not all((*sections, last)):
        raise typer.BadParameter(f"{name!r} is not a dotted name, such as models.extraction")
    for section in sections:
        inner = document.setdefault(section, {})
        if not isinstance(inner, dict):
            raise typer.BadParameter(f"{name!r} leads through {section!r}, which holds a value of its own")
        document = inner
    document[last] = value


def _file(source: str, terminal: Terminal) -> dict[str, Any]:
    found = document(source, terminal, hint="--config")
    if not isinstance(found, dict):
        raise typer.BadParameter(f"{source} does not hold names and values", param_hint="--config")
    return found


def _value(text: str) -> Any:
    """What is valid JSON is that; anything else is a text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _provider_key(name: str, key: str, terminal: Terminal) -> str:
    if key == "-":
        key = terminal.ask_secret(f"Key of {name}: ")
    elif key.startswith("env:"):
        key = terminal.environ.get(key.removeprefix("env:"), "")
    if not key:
        raise typer.BadParameter(f"there is no key of {name} there", param_hint="--provider")
    return key
