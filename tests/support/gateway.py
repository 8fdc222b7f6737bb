"""Something between a program and its server that delays, cuts or changes what passes."""

import http.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from tests.support.http_server import body_of, listening

HOP = {"connection", "transfer-encoding", "content-length", "date", "server", "keep-alive"}
PIECE = 1 << 16
Instead = Callable[[BaseHTTPRequestHandler, str], bool]


@dataclass
class Gateway:
    """How requests pass; every hook does nothing until a test says otherwise."""

    target: str
    instead: Instead = lambda _request, _path: False
    """Answers a request itself, and says so."""
    key: Callable[[str], str] = lambda given: given
    """The API key that goes on."""
    passing: Callable[[str, int], None] = lambda _path, _size: None
    """Is told of every piece of an answer."""
    clock: timedelta = timedelta(0)
    """How far the server's clock seems to be from ours."""
    url: str = ""

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path.removeprefix("/api/v1/")
        body = body_of(request)
        if self.instead(request, path):
            return
        target = urlsplit(self.target)
        connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=120)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in {"host", "api-key"}}
        headers["API-KEY"] = self.key(request.headers.get("API-KEY", ""))
        try:
            connection.request(request.command, request.path, body or None, headers)
            self._pass(request, path, connection.getresponse())
        finally:
            connection.close()

    def _pass(self, request: BaseHTTPRequestHandler, path: str, answer: http.client.HTTPResponse) -> None:
        request.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                request.send_header(name, value)
        request.send_header("Date", format_datetime(datetime.now(UTC) + self.clock, usegmt=True))
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        while piece := answer.read1(PIECE):
            self.passing(path, len(piece))
            request.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        request.wfile.write(b"0\r\n\r\n")


@contextmanager
def between(target: str) -> Iterator[Gateway]:
    """A gateway in front of a server."""
    gateway = Gateway(target)
    with listening(gateway.answer) as url:
        gateway.url = url
        yield gateway
