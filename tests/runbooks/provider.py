"""A model provider on loopback that works, refuses keys, or is down, as a test wants it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

WIDTH = 1536
GOOD_KEY = "sk-good"
TOKENS = 40


class Provider:
    """Speaks as OpenAI does; `down` answers 503 to everything, and any key but the good one is refused with 401."""

    def __init__(self) -> None:
        self.down = False
        self.asked = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def settings(self) -> dict[str, str]:
        """What a deployment needs to ask this provider."""
        return {"SPECTRON_PROVIDER_URLS": json.dumps({"openai": self.url})}

    def answer(self, path: str, key: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked += 1
        if self.down:
            return 503, {"error": {"message": "The provider is down."}}
        if key != f"Bearer {GOOD_KEY}":
            return 401, {"error": {"message": "Incorrect API key provided."}}
        usage = {"prompt_tokens": TOKENS, "completion_tokens": 0, "total_tokens": TOKENS}
        if path.endswith("/embeddings"):
            vectors = [{"index": at, "embedding": [1.0] * WIDTH} for at in range(len(body["input"]))]
            return 200, {"data": vectors, "usage": usage}
        message = {"role": "assistant", "content": "Maria works at Acme."}
        return 200, {"choices": [{"message": message, "finish_reason": "stop"}], "usage": usage}


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status, answer = provider.answer(self.path, self.headers.get("Authorization", ""), asked)
            content = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """A test's output is for what went wrong."""

    return Handler
