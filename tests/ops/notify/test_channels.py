"""Messages arrive at real servers on loopback, signed and readable; what does not arrive is told."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from ops.notify.channel import UndeliveredError
from ops.notify.event import Event, Kind
from ops.notify.mail import Mail, MailServer
from ops.notify.notifier import Notifier
from ops.notify.ping import Ping
from ops.notify.webhook import SIGNATURE, WebHook, signature
from tests.objects.conftest import free_port
from tests.support.mailbox import MailBox

AT = datetime(2026, 11, 21, 4, tzinfo=UTC)


def event(kind: Kind = "failed") -> Event:
    return Event(kind, "daily", AT, "db1", 1, "acme: it holds no row at all")


@dataclass
class Receiver:
    """What came in, and what is answered to the next requests."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def take(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found.requests.append((self.path, dict(self.headers), body))
            self.send_response(found.answers.pop(0) if found.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST = take  # noqa: N815 - the library calls them so

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library calls it so
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5.0) as client:
        yield client


def test_a_web_hook_is_signed(receiver: Receiver, http: httpx.Client) -> None:
    WebHook(f"{receiver.url}/hook", "shared secret", http).send(event())
    path, headers, body = receiver.requests[0]
    assert path == "/hook"
    assert json.loads(body) | {"message": ""} == event().view() | {"message": ""}
    assert headers[SIGNATURE] == signature("shared secret", int(AT.timestamp()), body)
    assert headers[SIGNATURE] != signature("another", int(AT.timestamp()), body)
    assert b"shared secret" not in body


@pytest.mark.parametrize(("answers", "tries"), [([503, 500, 200], 3), ([500, 500, 500], 3), ([403], 1)])
def test_a_web_hook_is_tried_again_where_that_can_help(
    receiver: Receiver, http: httpx.Client, answers: list[int], tries: int
) -> None:
    receiver.answers = [*answers]
    hook = WebHook(receiver.url, None, http)
    if answers[-1] == 200:
        hook.send(event())
    else:
        with pytest.raises(UndeliveredError, match=f"answered {answers[-1]}"):
            hook.send(event())
    assert len(receiver.requests) == tries


def test_the_ping_comes_only_when_all_is_well(receiver: Receiver, http: httpx.Client) -> None:
    ping = Ping(f"{receiver.url}/ok", None, http)
    ping.send(event("failed"))
    assert receiver.requests == []
    ping.send(event("done"))
    ping.send(event("recovered"))
    Ping(f"{receiver.url}/ok", f"{receiver.url}/bad", http).send(event("failed"))
    assert [path for path, _, _ in receiver.requests] == ["/ok", "/ok", "/bad"]


def test_a_lost_ping_is_told(receiver: Receiver, http: httpx.Client) -> None:
    receiver.answers = [500] * 3
    with pytest.raises(UndeliveredError, match="false alarm"):
        Ping(receiver.url, None, http).send(event("done"))


def test_one_channel_that_is_away_stops_no_other(receiver: Receiver, http: httpx.Client) -> None:
    away = WebHook(f"http://127.0.0.1:{free_port()}", None, http)
    here = WebHook(receiver.url, None, http)
    notifier = Notifier([away, here], {"daily": Ping(f"{receiver.url}/ping", None, http)})
    undelivered = notifier.tell(event("recovered"))
    assert len(undelivered) == 1
    assert "was not reached" in undelivered[0]
    assert [path for path, _, _ in receiver.requests] == ["/", "/ping"]
    assert notifier.tell(event("done")) == []
    assert len(receiver.requests) == 3


def test_mail_arrives_with_what_happened() -> None:
    box = MailBox()
    box.start()
    Mail(MailServer("127.0.0.1", box.port, "none"), "ops@example.org", ["a@example.org", "b@example.org"]).send(event())
    box.join()
    text = "\n".join(box.lines)
    assert "Subject: Spectron on db1: daily failed" in text
    assert "To: a@example.org, b@example.org" in text
    assert "acme: it holds no row at all" in text


def test_refused_mail_is_told() -> None:
    box = MailBox(refuse=b"nobody of that name")
    box.start()
    with pytest.raises(UndeliveredError, match="nobody of that name"):
        Mail(MailServer("127.0.0.1", box.port, "none"), "ops@example.org", ["a@example.org"]).send(event())
    box.join()


def test_an_address_that_is_none_is_told() -> None:
    with pytest.raises(UndeliveredError, match="Check"):
        Mail(MailServer("127.0.0.1", free_port(), "none"), "ops@example.org", ["a@example.org\nBcc: b"]).send(event())


def test_a_mail_server_that_is_away_is_told() -> None:
    with pytest.raises(UndeliveredError, match="Check host, port"):
        Mail(MailServer("127.0.0.1", free_port(), "none"), "o@example.org", ["a@example.org"]).send(event())
