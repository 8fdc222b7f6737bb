"""Word from the server that what a screen shows has changed."""

from collections.abc import Awaitable, Callable, Sequence

from spectron.aio.client import AsyncSpectronManagement
from spectron.errors import SpectronError
from spectron_tui.feed.poll import Pace

RETRY = 2.0


class News:
    """The server's events; a stream that can't be had is tried again, ever more rarely, and polls go on meanwhile."""

    def __init__(self, kinds: Sequence[str], sleep: Callable[[float], Awaitable[None]]) -> None:
        self.heard = False
        """Whether events come in, so that polls can be rare."""
        self._kinds = tuple(kinds)
        self._sleep = sleep

    async def follow(self, admin: AsyncSpectronManagement, told: Callable[[], None]) -> None:
        """Call `told` at each event, and when the stream comes or goes, for as long as this is awaited."""

        def connected() -> None:
            self.heard = True
            told()

        def lost(_: SpectronError) -> None:
            if self.heard:
                self.heard = False
                told()

        pace = Pace(RETRY)
        while True:
            try:
                async for _ in admin.events.follow(kinds=self._kinds, connected=connected, lost=lost):
                    told()
            except SpectronError as error:
                lost(error)
            finally:
                self.heard = False
            pace = pace.after(failed=True)
            await self._sleep(pace.pause)
