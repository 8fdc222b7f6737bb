"""A ping that somebody elsewhere waits for: when it stays away, they sound the alarm."""

import httpx

from ops.notify.channel import UndeliveredError
from ops.notify.event import Event


class Ping:
    """Calls a URL after every run that went well, and another after one that did not, if there is one."""

    def __init__(self, url: str, fail_url: str | None, http: httpx.Client, *, attempts: int = 3) -> None:
        self.name = f"ping to {httpx.URL(url).host}"
        self._url = url
        self._fail_url = fail_url
        self._http = http
        self._attempts = attempts

    def send(self, event: Event) -> None:
        url = self._url if event.is_good else self._fail_url
        if url is None:
            return
        reason = ""
        for _ in range(self._attempts):
            try:
                answer = self._http.get(url)
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
                continue
            if answer.is_success:
                return
            reason = f"it answered {answer.status_code}"
        raise UndeliveredError(
            f"The {self.name} was lost: {reason}. Who waits for it will sound a false alarm: check its URL."
        )
