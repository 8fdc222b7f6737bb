"""Web hooks, signed so that the receiver knows who calls and that it is no repetition."""

import hmac
import json
from hashlib import sha256

import httpx

from ops.notify.channel import UndeliveredError
from ops.notify.event import Event

SIGNATURE = "X-Spectron-Signature"


class WebHook:
    """Posts the event as JSON; the signature is `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`."""

    def __init__(self, url: str, secret: str | None, http: httpx.Client, *, attempts: int = 3) -> None:
        self.name = f"web hook {httpx.URL(url).host}"
        self._url = url
        self._secret = secret
        self._http = http
        self._attempts = attempts

    def send(self, event: Event) -> None:
        body = json.dumps(event.view()).encode()
        headers = {"Content-Type": "application/json"}
        if self._secret:
            headers[SIGNATURE] = signature(self._secret, int(event.at.timestamp()), body)
        reason = ""
        for _ in range(self._attempts):
            try:
                answer = self._http.post(self._url, content=body, headers=headers)
            except httpx.HTTPError as error:
                reason = str(error) or type(error).__name__
                continue
            if answer.is_success:
                return
            reason = f"it answered {answer.status_code}"
            if answer.is_client_error:
                break
        raise UndeliveredError(f"The {self.name} was not reached: {reason}. Check its URL and what listens there.")


def signature(secret: str, seconds: int, body: bytes) -> str:
    """What a receiver computes, too, and compares."""
    mac = hmac.new(secret.encode(), f"{seconds}.".encode() + body, sha256).hexdigest()
    return f"t={seconds},v1={mac}"
