"""The command palette."""

from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING, cast

from textual.command import DiscoveryHit, Hit, Hits, Provider

from spectron_tui.actions.action import EVERYWHERE, Action

if TYPE_CHECKING:
    from spectron_tui.app import Dashboard


class Palette(Provider):
    """The actions that work here, by their labels."""

    async def discover(self) -> Hits:
        for action in self._actions():
            yield DiscoveryHit(action.label, self._calling(action), help=action.help)

    async def search(self, query: str) -> Hits:
        matcher = self.matcher(query)
        for action in self._actions():
            score = max(matcher.match(action.label), matcher.match(action.help))
            if score > 0:
                yield Hit(score, matcher.highlight(action.label), self._calling(action), help=action.help)

    def _actions(self) -> Iterator[Action]:
        yield from cast("Dashboard", self.app).actions_here(self.screen)

    def _calling(self, action: Action) -> Callable[[], Awaitable[None]]:
        async def call() -> None:
            target = self.app if action.area in EVERYWHERE else self.screen
            await self.app.run_action(action.method, target)

        return call
