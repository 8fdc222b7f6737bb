"""Structured logs: JSON lines, or colours on a terminal; secrets never reach them."""

import logging
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog

HIDDEN = "********"
# Our own keys, and those of model providers that look alike.
KEY = re.compile(r"(?<![A-Za-z0-9])(mgmt|sk)-[A-Za-z0-9_-]{20,}")
USER_INFO = re.compile(r"://[^/@\s\"']+@")
SECRET_NAMES = re.compile(r"secret|password|api[_-]?key|authorization|master[_-]?key|ciphertext", re.IGNORECASE)
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str, style: str, stream: TextIO | None = None) -> None:
    """Set up logging for this process; the standard library's loggers go the same way."""
    stream = stream or sys.stderr
    console = style == "console" or (style == "auto" and stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    renderer: structlog.typing.Processor = structlog.processors.JSONRenderer()
    if console:
        renderer = structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _redacting(renderer),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(LEVELS[level])
    for noisy in ("httpx", "websockets", "surrealdb", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(LEVELS[level], logging.WARNING))


def redacted(text: str) -> str:
    """A text without anything that looks like a key or a password in an address."""
    return USER_INFO.sub(f"://{HIDDEN}@", KEY.sub(rf"\1-{HIDDEN}", text))


def without_secrets(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide whatever stands under a secret's name, however deep."""
    for name, value in event.items():
        event[name] = HIDDEN if SECRET_NAMES.search(name) else _hidden_inside(value)
    return event


def _hidden_inside(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            name: HIDDEN if SECRET_NAMES.search(str(name)) else _hidden_inside(inner) for name, inner in value.items()
        }
    return [_hidden_inside(inner) for inner in value] if isinstance(value, list | tuple) else value


def _redacting(renderer: structlog.typing.Processor) -> structlog.typing.Processor:
    """The last step: whatever was made into text on the way is text by now."""

    def rendered(logger: Any, method: str, event: MutableMapping[str, Any]) -> str:
        return redacted(str(renderer(logger, method, event)))

    return rendered
