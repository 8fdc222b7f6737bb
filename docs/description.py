"""What a server says of itself, asked once from one in memory."""

import asyncio
import base64
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prometheus_client.core import Metric

from server.app import Server
from server.settings import Settings

MASTER_KEY = base64.b64encode(bytes(32)).decode()


@dataclass(frozen=True)
class Description:
    """Its routes and its metrics."""

    openapi: dict[str, Any]
    metrics: Sequence[Metric]


def described() -> Description:
    """Start a server in memory and ask it."""
    return asyncio.run(_described())


async def _described() -> Description:
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings.model_validate(
            {"database_url": "memory", "data_dir": Path(folder), "master_key": MASTER_KEY}
        )
        server = Server(settings)
        await server.start()
        try:
            return Description(server.openapi(), list(server.metrics.collect()))
        finally:
            await server.stop()
