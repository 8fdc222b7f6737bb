"""The wire below the application: what is no HTTP, or too much of it, gets a problem document as well."""

import json

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from server.http.problems import MEDIA_TYPE, TYPE_PREFIX

MAX_HEAD_BYTES = 64 * 1024
UNREADABLE = {
    "type": f"{TYPE_PREFIX}validation-error",
    "title": "The request is not valid",
    "status": 400,
    "detail": f"This is not HTTP/1.1 as it should be, or its header is larger than {MAX_HEAD_BYTES} bytes.",
    "instance": None,
    "request_id": None,
}


class ProblemProtocol(HttpToolsProtocol):
    """HTTP/1.1 with headers of a bounded size."""

    _head_bytes = 0
    _in_head = True

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("")

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True
        self._head_bytes = 0

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002  # the listener's own words are not for strangers
        body = json.dumps(UNREADABLE).encode()
        head = (
            "HTTP/1.1 400 Bad Request\r\n"
            f"content-type: {MEDIA_TYPE}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()
