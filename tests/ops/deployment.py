"""A server with the few routes that backups need, on loopback, whose answers a test decides."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from blake3 import blake3

from tests.ops.dumps import dump_of, pieces_of

PIECE = 4096


@dataclass
class Deployment:
    """What the server has, and how it fails."""

    contexts: dict[str, bytes] = field(default_factory=dict)
    control: bytes = field(default_factory=lambda: dump_of(None, {"context": ["{}"]}))
    documents: dict[str, dict[str, bytes]] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    """Exports that break off half-way."""
    refused: dict[str, int] = field(default_factory=dict)
    """Paths that are answered by a status."""
    on_bytes: Callable[[int], None] = lambda _: None
    """Is told of every piece before it is sent."""
    url: str = ""
    downloads: list[str] = field(default_factory=list)

    def fill(self, context: str, rows: int) -> None:
        """Let a Context have so many rows."""
        self.contexts[context] = dump_of(
            context, {"turn": [f"{{ id: turn:{number}, text: 'row {number}' }}" for number in range(rows)]}
        )


@contextmanager
def serving() -> Iterator[Deployment]:
    deployment = Deployment()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            try:
                _answer(self, deployment)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library calls it so
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    deployment.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield deployment
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, deployment: Deployment) -> None:
    parts = urlsplit(handler.path)
    path = parts.path.removeprefix("/api/v1/")
    status = deployment.refused.get(path)
    if status is not None:
        _json(handler, {"title": "Refused", "status": status, "detail": "a test wants it so"}, status)
        return
    match [unquote(segment) for segment in path.split("/")]:
        case ["ready"]:
            _json(handler, {"status": "ready"})
        case ["contexts"]:
            named = [{"id": each, "namespace": "n", "database": each} for each in deployment.contexts]
            times = {"state": "active", "created_at": "2026-01-01T00:00:00Z"}
            _json(handler, {"contexts": [each | times for each in named], "next_cursor": None, "has_more": False})
        case ["control", "export"]:
            _stream(handler, deployment, deployment.control, broken="control" in deployment.broken)
        case ["contexts", context, "export"] if context in deployment.contexts:
            _stream(handler, deployment, deployment.contexts[context], broken=context in deployment.broken)
        case [context, "documents"]:
            _documents(
                handler, deployment, context, {name: values[0] for name, values in parse_qs(parts.query).items()}
            )
        case [context, "documents", document, "raw"] if document in deployment.documents[context]:
            deployment.downloads.append(document)
            _stream(handler, deployment, deployment.documents[context][document])
        case _:
            _json(handler, {"title": "Not found", "status": 404, "detail": f"there is no {path}"}, 404)


def _documents(handler: BaseHTTPRequestHandler, deployment: Deployment, context: str, query: dict[str, str]) -> None:
    page, page_size = int(query["page"]), int(query["page_size"])
    found = [
        {"id": name, "content_hash": blake3(data).hexdigest(), "size_bytes": len(data)}
        | {"title": name, "status": "ready", "mime_type": "text/plain", "created_at": "2026-01-01T00:00:00Z"}
        for name, data in deployment.documents.get(context, {}).items()
    ]
    shown = found[(page - 1) * page_size : page * page_size]
    _json(handler, {"documents": shown, "page": page, "page_size": page_size, "total": len(found)})


def _json(handler: BaseHTTPRequestHandler, document: object, status: int = 200) -> None:
    body = json.dumps(document).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def _stream(handler: BaseHTTPRequestHandler, deployment: Deployment, data: bytes, *, broken: bool = False) -> None:
    handler.send_response(200)
    handler.send_header("Content-Type", "application/surrealql")
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    for piece in pieces_of(data[: len(data) // 2] if broken else data, PIECE):
        deployment.on_bytes(len(piece))
        handler.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
    if broken:
        handler.close_connection = True
    else:
        handler.wfile.write(b"0\r\n\r\n")
