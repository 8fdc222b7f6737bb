"""The server does not start without its master key, and goes on with a new one when it is told to."""

import shutil
from pathlib import Path

from tests.runbooks.conftest import Walking
from tests.runbooks.keeper import QUESTION, Keeper, fill
from tests.runbooks.provider import GOOD_KEY, Provider
from tests.support.deployment import Deployment

CONFIG = {"models": {"reflection": "openai/gpt-4o-mini"}, "providers": {"openai": GOOD_KEY}}


def test_providers_get_their_keys_again(provider: Provider, walking: Walking, tmp_path: Path) -> None:
    with Deployment(tmp_path / "data", tmp_path, environment=provider.settings) as deployment:
        fill(deployment, "acme", tmp_path / "note.md", CONFIG)
        keeper = Keeper(deployment, tmp_path, "acme")
        deployment.stop()
        (tmp_path / "data" / "master.key").unlink()
        with walking("master-key-lost", **keeper.variables | provider.settings) as walk:
            walk.know(QUESTION=QUESTION, PROVIDER="openai", PROVIDER_KEY=GOOD_KEY)
            walk.know(DATA=str(tmp_path / "data"), BIND=deployment.url.removeprefix("http://"))
            walk.follow("How it shows")
            walk.follow("First look")
            assert not (tmp_path / "data" / "master.key").exists()
            minted = walk.follow("Fix", 1)
            safe = str(shutil.copy(tmp_path / "data" / "master.key", tmp_path / "safe.key"))
            walk.know(SPECTRON_API_KEY=minted.split()[-1], MASTER_KEY=safe)
            walk.follow("Fix")
            assert "Maria works at Acme." in walk.follow("Proof that it is over")
