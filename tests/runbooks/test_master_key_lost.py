"""The server was started without its master key, and made itself another."""

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
        deployment.stop()
        (tmp_path / "data" / "master.key").unlink()
        deployment.start()
        keeper = Keeper(deployment, tmp_path, "acme")
        safe = str(shutil.copy(tmp_path / "data" / "master.key", tmp_path / "safe.key"))
        with walking("master-key-lost", **keeper.variables | provider.settings | {"MASTER_KEY": safe}) as walk:
            walk.know(QUESTION=QUESTION, PROVIDER="openai", PROVIDER_KEY=GOOD_KEY)
            walk.follow("How it shows")
            walk.follow("First look")
            walk.follow("Fix", 1)
            walk.know(DATA=str(tmp_path / "data"), BIND=deployment.url.removeprefix("http://"))
            deployment.stop()
            minted = walk.follow("Fix", 1)
            walk.know(SPECTRON_API_KEY=minted.split()[-1])
            walk.follow("Fix")
            assert "Maria works at Acme." in walk.follow("Proof that it is over")
