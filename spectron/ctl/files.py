"""Files that commands read."""

from typing import Any

import typer
import yaml

from spectron.terminal.terminal import Terminal


def document(source: str, terminal: Terminal, *, hint: str) -> Any:
    """What a YAML or JSON file holds; - is standard input."""
    try:
        text = terminal.stdin.read() if source == "-" else (terminal.directory / source).read_text("utf-8")
        return yaml.safe_load(text)
    except OSError as error:
        raise typer.BadParameter(f"can't read {source}: {error.strerror}", param_hint=hint) from error
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        raise typer.BadParameter(f"{source} is neither YAML nor JSON: {error}", param_hint=hint) from error
