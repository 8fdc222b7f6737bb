"""Structured logs: JSON lines, or colours on a terminal; secrets never reach them."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

SECRET = re.compile(r"\b(mgmt-[a-z0-9]+|sk-[a-z0-9-]+)-[a-z0-9]{20,}\b")
SECRET_NAMES = re.compile(r"secret|password|api_key|authorization|master_key|ciphertext", re.IGNORECASE)
LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(level: str, style: str, stream: TextIO = sys.stderr) -> None:
    """Set up logging for this process; the standard library's loggers go the same way."""
    console = style == "console" or (style == "auto" and stream.isatty())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        redact,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level]),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=stream.isatty()) if console else structlog.processors.JSONRenderer()
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                redact,
                renderer,
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(LEVELS[level])
    for noisy in ("httpx", "websockets", "surrealdb", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(max(LEVELS[level], logging.WARNING))


def redact(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide what looks like a key, and whatever stands under a secret's name."""
    for name, value in event.items():
        if SECRET_NAMES.search(name):
            event[name] = "********"
        elif isinstance(value, str):
            event[name] = SECRET.sub(r"\1-********", value)
    return event
