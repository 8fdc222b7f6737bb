"""What a server of this version takes and answers, without one that runs."""

import base64
import tempfile
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from server.app import Server
from server.settings import Settings

MASTER_KEY = base64.b64encode(bytes(32)).decode()


async def openapi_document() -> dict[str, Any]:
    """The OpenAPI document, the same for every deployment."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Settings(database_url="memory", data_dir=Path(folder), master_key=SecretStr(MASTER_KEY)))
        try:
            return server.openapi()
        finally:
            await server.stop()
