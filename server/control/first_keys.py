"""The management keys that a deployment begins with, and goes on with when all others are lost."""

from collections.abc import Callable

from server.control.audit import SYSTEM
from server.control.credentials import parse
from server.control.keys import Keys
from server.core.clock import Clock


class FirstKeys:
    """Mints management keys without one; `keep` is given each before it becomes valid."""

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._keys = keys
        self._clock = clock

    async def ensure(self, keep: Callable[[str], None], kept: str | None) -> bool:
        """Mint the first one, or another when the kept one never became valid; True if it did."""
        if kept is None:
            needed = await self._keys.count_management() == 0
        else:
            credential = parse(kept)
            needed = credential is None or await self._keys.find(credential.key_id, management=True) is None
        if needed:
            await self._keys.mint_management(self._name(), SYSTEM, keep=keep)
        return needed

    async def replace(self, keep: Callable[[str], None]) -> None:
        """Mint one; every other one is refused from then on."""
        await self._keys.replace_management(self._name(), SYSTEM, keep=keep)

    def _name(self) -> str:
        return f"bootstrap-{self._clock.now():%Y%m%d%H%M%S}"
