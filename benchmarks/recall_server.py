"""A real server on a data directory, asked over one connection."""

import contextlib
import http.client
import json
import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from http_latency import BIN, serving
from recall_data import Question

from server.store.binding import Binding

CONTEXT = "recall"
BINDING = Binding("recall", "bench")


class Server:
    """A server process and a connection to it."""

    def __init__(self, url: str, key: str, process_id: int) -> None:
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc)
        self._headers = {"API-KEY": key, "Content-Type": "application/json"}
        self._statm = Path(f"/proc/{process_id}/statm")

    def create_context(self) -> None:
        self._call(
            "POST", f"/api/v1/contexts/{CONTEXT}", {"namespace": BINDING.namespace, "database": BINDING.database}
        )

    def embed_once(self) -> None:
        """Have the embedding model loaded."""
        self._call("POST", f"/api/v1/{CONTEXT}/query", {"query": "anything", "scope": {"user": "nobody"}})

    def ask(self, question: Question, mode: str, k: int, *, in_scope: bool, expected: str = "") -> float:
        """Milliseconds until the whole answer is there."""
        body: dict[str, Any] = {"query": question.text, "mode": mode, "k": k, "bypass_cache": True}
        if in_scope:
            body["scope"] = {"user": question.user}
        began = time.perf_counter()
        answer = self._call("POST", f"/api/v1/{CONTEXT}/query", body)
        milliseconds = (time.perf_counter() - began) * 1000
        if not answer["hits"] and not expected:
            raise SystemExit(f"nothing was found for {question}")
        if expected and answer["index"] not in {expected, "ready"}:
            raise SystemExit(f"the index is {answer['index']} where it should be {expected}")
        return milliseconds

    def index_progress(self) -> float:
        state = self._call("GET", "/api/v1/ready")["index"]
        return 1.0 if state["state"] == "ready" else float(state["progress"])

    def gauge(self, name: str) -> float:
        found = re.search(rf"^{name} (\S+)$", self._text("GET", "/metrics"), re.MULTILINE)
        if found is None:
            raise SystemExit(f"the metrics lack {name}")
        return float(found[1])

    @property
    def resident_bytes(self) -> int:
        return int(self._statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        return json.loads(self._text(method, path, body))

    def _text(self, method: str, path: str, body: Any = None) -> str:
        self._connection.request(method, path, None if body is None else json.dumps(body), self._headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        if answer.status >= 400:  # noqa: PLR2004  # the first status of an error
            raise SystemExit(f"{method} {path} answered {answer.status}: {text}")
        return text


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Server]:
    """A server on that folder, until the block is left."""
    data = folder / "data"
    command = [str(BIN / "spectrond"), "dev", "start", "--data-dir", str(data), "--bind", "127.0.0.1:0"]
    with serving(command, folder / "spectrond.log") as (url, process_id):
        yield Server(url, (data / "management.key").read_text().strip(), process_id)
