"""A key is in a stranger's hands, who tries how far it reaches; rotated, then revoked, it reaches nothing."""

import pytest

from spectron import SpectronManagement
from spectron.errors import SpectronError
from tests.runbooks.conftest import Walking
from tests.support.deployment import Deployment

CONTEXT = "leaky"
SCOPE = {"user": "maria"}


def test_a_leaked_key_is_closed(deployment: Deployment, walking: Walking) -> None:
    with deployment.admin as admin:
        admin.contexts.create(id=CONTEXT, namespace=CONTEXT, database="prod")
        key = admin.contexts(CONTEXT).keys.create(name="app", scope_floor=SCOPE)
    with SpectronManagement(deployment.url, key.secret) as stranger:
        stranger.contexts(CONTEXT).memory.remember("Maria Silva works at Evil Corp.")
        with pytest.raises(SpectronError):
            stranger.contexts(CONTEXT).memory.recall("Where does Bob live?", scope={"user": "bob"})
    with walking("key-leaked", SPECTRON_URL=deployment.url, SPECTRON_API_KEY=deployment.key) as walk:
        walk.know(CONTEXT=CONTEXT, KEY=key.id, SINCE="2026-01-01", LEAKED=key.secret, NAME="app-2", SCOPE="user=maria")
        walk.follow("How it shows")
        assert "remember" in walk.follow("First look")
        rotated = walk.follow("Fix", 1).split()[-1]
        walk.follow("Fix", 2)
        walk.know(DATA=str(deployment.data_dir), BIND=deployment.url.removeprefix("http://"))
        deployment.stop()
        minted = walk.follow("Fix", 1)
        walk.follow("Fix")
        walk.know(SPECTRON_API_KEY=minted.split()[-1])
        assert "Evil Corp" in walk.follow("Proof that it is over")
        assert rotated != key.secret
