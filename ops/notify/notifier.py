"""Every channel, each on its own."""

from collections.abc import Mapping, Sequence

from ops.notify.channel import Channel, UndeliveredError
from ops.notify.event import Event


class Notifier:
    """Sends an event wherever it belongs; a channel that fails stops no other."""

    def __init__(self, news: Sequence[Channel] = (), pings: Mapping[str, Channel] | None = None) -> None:
        self._news = news
        self._pings = pings or {}

    @property
    def reaches_anybody(self) -> bool:
        return bool(self._news)

    def tell(self, event: Event) -> list[str]:
        """Send it; answers what did not arrive, and why."""
        channels = list(self._news) if event.is_news else []
        if event.job in self._pings and event.kind != "test":
            channels.append(self._pings[event.job])
        undelivered = []
        for channel in channels:
            try:
                channel.send(event)
            except UndeliveredError as error:
                undelivered.append(str(error))
        return undelivered
