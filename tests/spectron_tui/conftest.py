"""A dashboard in front of a whole server in this process."""

from pathlib import Path

import httpx
import pytest

from spectron_tui.app import Dashboard
from tests.spectron_tui.surroundings import Sent, surroundings
from tests.support.app import App


@pytest.fixture
def sent(acme: App) -> Sent:
    return Sent(httpx.ASGITransport(acme.server.api, client=("127.0.0.1", 40_000)))


@pytest.fixture
def looking(acme: App, sent: Sent, tmp_path: Path) -> Dashboard:
    """One that may only look."""
    return Dashboard(surroundings(sent, key=acme.key, now=acme.clock.now, exports=tmp_path))


@pytest.fixture
def writing(acme: App, sent: Sent, tmp_path: Path) -> Dashboard:
    """One that may change things."""
    return Dashboard(surroundings(sent, key=acme.key, writes=True, now=acme.clock.now, exports=tmp_path))
