"""Answers and bodies that go piece by piece, over connections that break."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from blake3 import blake3

from spectron import (
    ArgumentError,
    AsyncSpectronManagement,
    ResponseError,
    SpectronError,
    TransportError,
    UnauthorizedError,
    UnavailableError,
    WaitingError,
)
from tests.spectron.exchange import Exchange, answer, problem
from tests.spectron.memories import DOCUMENT, LOADED, REPLY, UPLOAD

BYTES = b"0123456789"
CUT = httpx.ReadError("Connection reset")
REFUSED = httpx.ConnectError("Connection refused")


class Body(httpx.AsyncByteStream):
    """A body that comes in pieces and may break off."""

    def __init__(self, *pieces: bytes | Exception) -> None:
        self._pieces = pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            if isinstance(piece, Exception):
                raise piece
            yield piece


def stream(*pieces: bytes | Exception, status: int = 200) -> httpx.Response:
    return httpx.Response(status, stream=Body(*pieces))


def event(number: int, kind: str = "job", **data: Any) -> bytes:
    return f"id: e-{number}\nevent: {kind}\ndata: {json.dumps(data)}\n\n".encode()


class Harness:
    """A client whose waits are noted instead of waited."""

    def __init__(self, *script: httpx.Response | Exception) -> None:
        self.waits: list[float] = []
        self.exchange = Exchange(*script)
        self.admin = AsyncSpectronManagement(
            "http://server.test", "k", transport=self.exchange.transport, sleep=self._sleep, random=lambda: 1.0
        )
        self.acme = self.admin.contexts("acme")

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)

    def sent(self, header: str) -> list[str | None]:
        return [request.headers.get(header) for request in self.exchange.requests]


async def test_raw_bytes_are_taken_up_again_where_they_broke_off() -> None:
    harness = Harness(
        stream(BYTES[:4], CUT), REFUSED, stream(BYTES[4:7], CUT, status=206), stream(BYTES[7:], status=206)
    )

    assert await harness.acme.documents.fetch_raw("d1") == BYTES
    assert harness.sent("range") == [None, "bytes=4-", "bytes=4-", "bytes=7-"]


async def test_a_part_is_asked_for_by_its_range_and_goes_on_inside_it() -> None:
    harness = Harness(stream(BYTES[2:3], CUT, status=206), stream(BYTES[3:5], status=206))

    assert b"".join([piece async for piece in harness.acme.documents.raw("d1", start=2, end=5)]) == BYTES[2:5]
    assert harness.sent("range") == ["bytes=2-4", "bytes=3-4"]


async def test_a_connection_that_brings_nothing_is_given_up() -> None:
    harness = Harness(*[stream(CUT) for _ in range(4)])

    with pytest.raises(TransportError, match="broke off"):
        await harness.acme.documents.fetch_raw("d1")
    assert harness.waits == [0.2, 0.4, 0.8]


async def test_a_server_that_ignores_the_range_does_not_repeat_bytes() -> None:
    harness = Harness(stream(BYTES[:4], CUT), stream(BYTES))

    with pytest.raises(ResponseError, match="asked part"):
        await harness.acme.documents.fetch_raw("d1")


@pytest.mark.parametrize(("start", "end"), [(-1, None), (3, 3), (0, 0)])
async def test_no_range_is_no_request(start: int, end: int | None) -> None:
    with pytest.raises(ArgumentError, match="no range"):
        async for _ in Harness().acme.documents.raw("d1", start=start, end=end):
            pass


async def test_a_download_is_verified_and_reports_its_progress(tmp_path: Path) -> None:
    described = DOCUMENT | {"size_bytes": len(BYTES), "content_hash": blake3(BYTES).hexdigest()}
    harness = Harness(
        answer(200, described),
        stream(BYTES[:6], CUT),
        *[stream(CUT, status=206) for _ in range(3)],
        answer(200, described),
        stream(BYTES[6:], status=206),
    )
    told: list[int] = []

    with pytest.raises(TransportError):
        await harness.acme.documents.download("d1", tmp_path / "a", progress=lambda done, _: told.append(done))
    document = await harness.acme.documents.download("d1", tmp_path / "a", progress=lambda done, _: told.append(done))

    assert (document.id, told, (tmp_path / "a").read_bytes()) == ("d1", [6, 10], BYTES)
    assert harness.sent("range")[-1] == "bytes=6-"


async def test_an_upload_is_a_form_with_its_fields() -> None:
    harness = Harness(answer(202, UPLOAD))

    await harness.acme.documents.upload(
        b"hello", filename="a b.md", title="T", scope={"org": "acme"}, metadata={"n": 1}
    )

    sent = harness.exchange.last
    assert sent.headers["content-type"].startswith("multipart/form-data; boundary=")
    for part in (b'name="title"\r\n\r\nT\r\n', b'{"org": "acme"}', b'{"n": 1}', b'filename="a b.md"', b"\r\nhello\r\n"):
        assert part in sent.content


async def test_a_field_that_is_no_text_is_refused_before_anything_is_sent() -> None:
    harness = Harness()

    with pytest.raises(ArgumentError, match="not text that can be sent"):
        await harness.acme.documents.upload(b"x", title="\udcff")


@pytest.mark.parametrize("failure", [CUT, REFUSED, problem(503, "unavailable")], ids=["cut", "refused", "503"])
async def test_an_upload_that_can_be_read_again_is_sent_again(failure: httpx.Response | Exception) -> None:
    harness = Harness(failure, answer(202, UPLOAD))

    assert (await harness.acme.documents.upload(b"hello")).id == "d1"

    assert harness.exchange.requests[0].content == harness.exchange.requests[1].content


class Pipe(io.RawIOBase):
    """Bytes that come only once."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        piece, self._content = self._content[:size], self._content[size:]
        return piece


async def test_a_pipe_is_sent_once_unless_nothing_was_sent() -> None:
    refused = Harness(problem(503, "unavailable"))
    with pytest.raises(UnavailableError):
        await refused.acme.documents.upload(Pipe(b"hello"))  # type: ignore[arg-type]
    unsent = Harness(REFUSED, answer(202, UPLOAD))

    await unsent.acme.documents.upload(Pipe(b"hello"))  # type: ignore[arg-type]

    assert b"\r\nhello\r\n" in unsent.exchange.last.content
    assert unsent.exchange.last.headers["transfer-encoding"] == "chunked"


async def test_waiting_shows_each_status_and_ends_with_the_processing() -> None:
    statuses = ["queued", "embedding", "failed"]
    harness = Harness(*[answer(200, DOCUMENT | {"status": status}) for status in statuses])
    seen: list[str] = []

    document = await harness.acme.documents.wait("d1", seen=lambda one: seen.append(one.status), clock=lambda: 0.0)

    assert (document.status, seen, len(harness.waits)) == ("failed", statuses, 2)


async def test_waiting_too_long_is_an_error_of_its_own() -> None:
    times = iter(range(100))
    harness = Harness(*[answer(200, DOCUMENT | {"status": "queued"}) for _ in range(9)])

    with pytest.raises(WaitingError, match="still queued after 4 s") as caught:
        await harness.acme.documents.wait("d1", within=4, clock=lambda: float(next(times)))
    assert isinstance(caught.value, TimeoutError)


async def test_events_are_followed_over_breaks_from_the_last_one_on() -> None:
    harness = Harness(
        stream(b"retry: 2000\n\n", event(1, state="queued"), b": still here\n\n", event(2, state="done"), CUT),
        *[REFUSED] * 12,
        stream(event(3, "document", at="2026-11-20T23:56:49Z", context_id="acme")),
    )
    told: list[str] = []

    follow = harness.admin.events.follow(
        context="acme",
        kinds=["job", "document"],
        connected=lambda: told.append("connected"),
        lost=lambda error: told.append(type(error).__name__),
    )
    events = [await anext(follow) for _ in range(3)]

    assert [(one.id, one.kind, one.data.get("state")) for one in events] == [
        ("e-1", "job", "queued"),
        ("e-2", "job", "done"),
        ("e-3", "document", None),
    ]
    assert events[2].context_id == "acme"
    assert harness.sent("last-event-id")[0] is None
    assert set(harness.sent("last-event-id")[1:]) == {"e-2"}
    assert harness.exchange.lines[0] == "GET /api/v1/events?context=acme&kind=job&kind=document"
    assert (told[0], told[-1], set(told[1:-1])) == ("connected", "connected", {"TransportError"})
    assert harness.waits[0] == 2.0


async def test_events_that_never_began_fail_like_any_request() -> None:
    with pytest.raises(TransportError, match="Cannot connect"):
        await anext(Harness(*[REFUSED] * 4).admin.events.follow())


async def test_events_end_with_the_key() -> None:
    harness = Harness(stream(event(1)), problem(401, "unauthorized"))

    with pytest.raises(UnauthorizedError):
        async for _ in harness.admin.events.follow():
            pass


async def test_an_event_that_is_not_json_is_said_to_be_so() -> None:
    with pytest.raises(ResponseError, match="not JSON"):
        await anext(Harness(stream(b"data: x\n\n")).admin.events.follow())


async def test_a_reply_comes_in_parts_and_ends_with_what_it_was() -> None:
    done = json.dumps(REPLY | {"done": True})
    started = b'event: start\ndata: {"session_id": "s1"}\n\n'
    pieces = [b'data: {"delta": "Ro"}\n\n', b'data: {"delta": "me."}\n\n', f"data: {done}\n\n".encode()]
    harness = Harness(stream(started, *pieces))

    parts = [part async for part in harness.acme.memory.chat_stream("Where?", session_id="s1")]

    assert "".join(part.delta for part in parts) == "Rome."
    assert (parts[0].session_id, parts[0].delta) == ("s1", "")
    assert parts[-1].done
    assert parts[-1].whole
    assert (parts[-1].whole.reply, parts[-1].whole.evidence[0].cite) == (REPLY["reply"], 1)
    assert harness.exchange.body() == {"message": "Where?", "stream": True, "session_id": "s1"}
    assert harness.sent("accept") == ["text/event-stream"]


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ([stream(b'data: {"delta": "Ro"}\n\n')], ResponseError),
        ([stream(b'data: {"delta": "Ro"}\n\n', CUT)], TransportError),
        ([CUT], TransportError),
    ],
    ids=["ends early", "breaks off", "no answer"],
)
async def test_a_reply_that_may_have_been_begun_is_not_asked_for_again(
    script: list[httpx.Response | Exception], error: type[SpectronError]
) -> None:
    harness = Harness(*script)

    with pytest.raises(error):
        async for _ in harness.acme.memory.chat_stream("Where?"):
            pass
    assert len(harness.exchange.requests) == 1


async def test_a_reply_that_the_server_breaks_off_says_why() -> None:
    broken = json.dumps({"type": "https://spectron.dev/errors/unavailable", "status": 503, "detail": "The model left."})
    harness = Harness(stream(b'data: {"delta": "Ro"}\n\n', f"event: error\ndata: {broken}\n\n".encode()))

    with pytest.raises(UnavailableError, match=r"The model left\."):
        async for _ in harness.acme.memory.chat_stream("Where?"):
            pass


async def test_a_reply_that_was_refused_is_asked_for_again() -> None:
    harness = Harness(problem(429, "rate-limited"), REFUSED, stream(b"data: [DONE]\n\n"))

    assert [part.done async for part in harness.acme.memory.chat_stream("Where?")] == [True]


async def test_a_dump_goes_out_and_in_piece_by_piece() -> None:
    harness = Harness(stream(b"OPTION ", b"IMPORT;"), answer(200, LOADED), answer(200, LOADED))

    async def dump() -> AsyncIterator[bytes]:
        yield b"OPTION "
        yield b"IMPORT;"

    assert [piece async for piece in harness.acme.export(form="literals")] == [b"OPTION ", b"IMPORT;"]
    assert (await harness.acme.import_(dump())).rows == 3
    assert (await harness.admin.control.import_(dump())).schema_version == 1
    assert harness.exchange.lines == [
        "GET /api/v1/contexts/acme/export?format=literals",
        "POST /api/v1/contexts/acme/import",
        "POST /api/v1/control/import",
    ]
    assert harness.exchange.last.content == b"OPTION IMPORT;"
    assert harness.sent("content-type")[1:] == ["application/surrealql"] * 2


async def test_a_dump_that_breaks_off_is_no_dump() -> None:
    harness = Harness(stream(b"OPTION ", CUT))

    with pytest.raises(TransportError, match="broke off"):
        async for _ in harness.admin.control.export():
            pass
    assert len(harness.exchange.requests) == 1
