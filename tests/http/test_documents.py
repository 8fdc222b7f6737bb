"""The routes of documents: upload, list, read, process again, delete, each within the caller's scope."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import httpx
import pytest

from server.core.scope import parse
from server.core.visibility import visible
from server.observe.events import Wanted
from tests.support.app import App, running

TEXT = b"# Tides\n\n" + b"The tidal barrage turns the ebb into electric power. " * 300
BASE = "/api/v1/acme/documents"


@pytest.fixture
async def app(tmp_path: Path) -> AsyncIterator[App]:
    async with running(tmp_path, works=True) as made:
        await made.context()
        yield made


async def upload(
    client: httpx.AsyncClient, content: bytes = TEXT, name: str = "tides.md", **fields: str
) -> dict[str, Any]:
    answer = await client.post(BASE, files={"file": (name, content)}, data=fields)
    assert answer.status_code == 202, answer.text
    document: dict[str, Any] = answer.json()
    return document


async def finished(app: App, document_id: str, client: httpx.AsyncClient | None = None) -> dict[str, Any]:
    """The document once its processing has come to an end."""
    ended = asyncio.Event()
    app.server.queue.changes.listen(lambda job: ended.set() if job.finished else None)
    while True:
        answer = await (client or app.http).get(f"{BASE}/{document_id}")
        assert answer.status_code == 200, answer.text
        document: dict[str, Any] = answer.json()
        if document["status"] in {"ready", "failed"}:
            return document
        await ended.wait()
        ended.clear()


async def statuses(app: App, context: str = "acme") -> AsyncIterator[dict[str, Any]]:
    """What is told of documents from now on."""
    async with aclosing(app.server.events.follow(Wanted(context, frozenset({"document"})))) as events:
        async for event in events:
            if event:
                yield dict(event.data)


async def test_each_status_is_told_as_an_event(app: App) -> None:
    told: list[dict[str, Any]] = []

    async def listen() -> None:
        async for one in statuses(app):
            told.append(one)
            if one["status"] in {"ready", "failed"}:
                return

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    sent = await upload(app.http)
    async with asyncio.timeout(60):
        await listening
    assert {one["id"] for one in told} == {sent["id"]}
    order = list(dict.fromkeys(one["status"] for one in told))
    assert order == ["queued", "extracting", "chunking", "embedding", "keywording", "ready"]
    document = await finished(app, sent["id"])
    count = document["chunk_count"]
    assert told[-1]["progress"] == {"done": count, "total": count}

    failing = asyncio.create_task(listen())
    await asyncio.sleep(0)
    broken = await upload(app.http, b"%PDF-1.4 nothing more", "scan.pdf")
    async with asyncio.timeout(60):
        await failing
    assert (told[-1]["id"], told[-1]["status"]) == (broken["id"], "failed")
    assert told[-1]["error"] == (await finished(app, broken["id"]))["error"] is not None


async def test_a_deletion_is_told_in_its_scope_and_says_nothing_of_the_content(app: App) -> None:
    sent = await upload(app.http, scope="user=alice", title="On tides")
    await finished(app, sent["id"])
    of = {who: Wanted("acme", frozenset({"document"}), visible(parse({"user": who}))) for who in ("alice", "bob")}
    async with (
        aclosing(app.server.events.follow(of["alice"], "")) as alices,
        aclosing(app.server.events.follow(of["bob"], "")) as bobs,
    ):
        assert [(await anext(one)).kind for one in (alices, bobs)] == ["reset", "reset"]  # type: ignore[union-attr]  # no heartbeat
        assert (await app.http.delete(f"{BASE}/{sent['id']}")).status_code == 200
        other = await upload(app.http, scope="user=bob", content=TEXT[::-1])
        told = await anext(alices)
        heard = await anext(bobs)
    assert told is not None
    assert told.data == {
        "id": sent["id"],
        "status": "deleted",
        "progress": {"done": None, "total": None},
        "error": None,
        "job_id": None,
    }
    assert heard is not None
    assert heard.data["id"] == other["id"]


async def test_nothing_is_told_of_a_document_after_its_deletion(app: App) -> None:
    told: dict[str, list[str]] = {}

    async def listen() -> None:
        async for one in statuses(app):
            told.setdefault(one["id"], []).append(one["status"])

    listening = asyncio.create_task(listen())
    await asyncio.sleep(0)
    ended = asyncio.Event()
    app.server.queue.changes.listen(lambda job: ended.set() if job.finished else None)
    sent = await upload(app.http, TEXT * 20)
    assert (await app.http.delete(f"{BASE}/{sent['id']}")).status_code == 200
    async with asyncio.timeout(60):
        await ended.wait()
    await finished(app, (await upload(app.http))["id"])
    listening.cancel()
    assert told[sent["id"]].index("deleted") == len(told[sent["id"]]) - 1


async def test_a_document_from_upload_to_deletion(app: App) -> None:
    sent = await upload(app.http, scope="org=acme", title="On tides", metadata='{"shelf": 4}')
    assert (sent["status"], sent["deduplicated"], len(sent["content_hash"])) == ("queued", False, 64)
    document = await finished(app, sent["id"])
    assert (document["status"], document["title"], document["language"]) == ("ready", "On tides", "en")
    assert (document["scope"], document["metadata"], document["version"]) == ({"org": "acme"}, {"shelf": 4}, 1)
    assert document["size_bytes"] == len(TEXT)
    assert document["processing_started_at"] <= document["processing_completed_at"]

    listed = (await app.http.get(BASE, params={"status": "ready", "mime_type": "text/markdown"})).json()
    assert (listed["total"], [one["id"] for one in listed["documents"]]) == (1, [sent["id"]])
    assert (await app.http.get(BASE, params={"status": "failed"})).json()["total"] == 0

    text = TEXT.decode()
    pages = [
        (await app.http.get(f"{BASE}/{sent['id']}/chunks", params={"page": page, "page_size": 2})).json()
        for page in (1, 2, 3)
    ]
    chunks = [chunk for page in pages for chunk in page["chunks"]]
    assert {page["total"] for page in pages} == {document["chunk_count"]}
    assert [chunk["position"] for chunk in chunks] == list(range(len(chunks)))
    assert all(text[chunk["char_start"] : chunk["char_end"]] == chunk["text"] for chunk in chunks)
    assert chunks[0]["section"] == "Tides"

    keywords = (await app.http.get(f"{BASE}/{sent['id']}/keywords")).json()["keywords"]
    assert len(keywords) == document["keyword_count"] > 0
    assert {"id", "normalised", "text", "score"} == set(keywords[0])

    assert (await app.http.delete(f"{BASE}/{sent['id']}")).status_code == 200
    for path in ("", "/raw", "/chunks", "/keywords"):
        assert (await app.http.get(f"{BASE}/{sent['id']}{path}")).status_code == 404
    assert (await app.http.get(f"{BASE}/keywords")).json()["total"] == 0
    dry = (await app.http.delete("/api/v1/contexts/acme", params={"dry_run": True})).json()
    assert (dry["objects"], dry["jobs"]) == (0, 1)


async def test_the_same_file_twice_is_one_document(app: App) -> None:
    first = await upload(app.http)
    await finished(app, first["id"])
    second = await upload(app.http, name="other.md")
    assert (second["id"], second["deduplicated"], second["status"]) == (first["id"], True, "ready")


async def test_processing_again_bumps_the_version(app: App) -> None:
    sent = await upload(app.http)
    await finished(app, sent["id"])
    again = await app.http.put(f"{BASE}/{sent['id']}")
    assert (again.status_code, again.json()["status"]) == (202, "queued")
    assert (await finished(app, sent["id"]))["version"] == 2


async def test_a_file_that_cannot_be_read_says_why(app: App) -> None:
    sent = await upload(app.http, b"\x89PNG\r\n\x1a\n", "picture.png")
    document = await finished(app, sent["id"])
    assert document["status"] == "failed"
    assert "Upload plain text" in document["error"]


@pytest.mark.parametrize(
    ("wanted", "status", "part"),
    [
        (None, 200, slice(None)),
        ("bytes=0-9", 206, slice(0, 10)),
        ("bytes=10-", 206, slice(10, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5-999999", 206, slice(5, None)),
        ("bytes=-999999", 206, slice(None)),
        ("bytes=0-1,4-5", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=-", 200, slice(None)),
        ("bytes=999999-", 416, None),
        ("bytes=9-3", 416, None),
        ("bytes=-0", 416, None),
    ],
)
async def test_ranges_of_the_original(app: App, wanted: str | None, status: int, part: slice | None) -> None:
    sent = await upload(app.http)
    headers = {"range": wanted} if wanted else {}
    answer = await app.http.get(f"{BASE}/{sent['id']}/raw", headers=headers)
    head = await app.http.head(f"{BASE}/{sent['id']}/raw", headers=headers)
    assert (answer.status_code, head.status_code) == (status, status)
    if part is None:
        assert answer.json()["type"].endswith("/range-not-satisfiable")
        assert answer.headers["content-range"] == head.headers["content-range"] == f"bytes */{len(TEXT)}"
        return
    assert answer.content == TEXT[part]
    assert head.content == b""
    assert head.headers["content-length"] == answer.headers["content-length"] == str(len(TEXT[part]))
    assert answer.headers["accept-ranges"] == "bytes"
    assert answer.headers["etag"] == f'"{sent["content_hash"]}"'
    if status == 206:
        start, stop, _ = part.indices(len(TEXT))
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(TEXT)}"


async def test_a_part_is_given_of_the_content_that_it_is_wanted_of(app: App) -> None:
    raw = f"{BASE}/{(await upload(app.http))['id']}/raw"
    etag = (await app.http.head(raw)).headers["etag"]
    same = await app.http.get(raw, headers={"range": "bytes=0-9", "if-range": etag})
    other = await app.http.get(raw, headers={"range": "bytes=0-9", "if-range": '"other"'})
    assert [(one.status_code, one.content) for one in (same, other)] == [(206, TEXT[:10]), (200, TEXT)]
    known = await app.http.get(raw, headers={"if-none-match": f'"other", {etag}'})
    assert (known.status_code, known.content, known.headers["etag"]) == (304, b"", etag)
    assert (await app.http.get(raw, headers={"if-none-match": '"other"'})).content == TEXT


async def test_nobody_sees_beyond_his_scope(app: App) -> None:
    acme, beta = await app.agent(scope_floor={"org": "acme"}), await app.agent(scope_floor={"org": "beta"})
    mine, theirs = await upload(acme), await upload(beta)
    assert mine["id"] != theirs["id"]
    general = await upload(app.http, b"The tidal barrage is for all.", "all.txt")
    for sent in (mine, theirs, general):
        await finished(app, sent["id"])

    assert {one["id"] for one in (await acme.get(BASE)).json()["documents"]} == {mine["id"], general["id"]}
    for method, path in (
        ("GET", ""),
        ("GET", "/raw"),
        ("HEAD", "/raw"),
        ("GET", "/chunks"),
        ("GET", "/keywords"),
        ("PUT", ""),
        ("DELETE", ""),
    ):
        answer = await acme.request(method, f"{BASE}/{theirs['id']}{path}")
        assert answer.status_code == 404, (method, path)
    assert (await acme.delete(f"{BASE}/{general['id']}")).status_code == 403
    assert (await acme.put(f"{BASE}/{general['id']}")).status_code == 403

    detail = (await acme.get(f"{BASE}/keywords/tidal barrage turns")).json()
    assert [one["id"] for one in detail["documents"]] == [mine["id"]]
    assert detail["document_count"] == 1
    listed = (await acme.get(f"{BASE}/keywords")).json()
    assert all(one["document_count"] == 1 for one in listed["keywords"])
    near = (await acme.post(f"{BASE}/keywords/search", json={"query": "tidal power", "k": 50})).json()["results"]
    assert {one["id"] for one in near} == {one["id"] for one in listed["keywords"]}
    assert (await acme.post(BASE, files={"file": ("a.txt", b"x")}, data={"scope": "org=beta"})).status_code == 403

    assert (await beta.delete(f"{BASE}/{theirs['id']}")).status_code == 200
    assert (await acme.get(f"{BASE}/{mine['id']}/raw")).content == TEXT


async def test_keywords_are_listed_counted_and_found(app: App) -> None:
    for name, text in (("a", "solar panel. heat pump."), ("b", "solar panel. wind turbine.")):
        await finished(app, (await upload(app.http, text.encode(), f"{name}.txt"))["id"])
    listed = (await app.http.get(f"{BASE}/keywords")).json()
    assert [(one["normalised"], one["document_count"]) for one in listed["keywords"]] == [
        ("solar panel", 2),
        ("heat pump", 1),
        ("wind turbine", 1),
    ]
    page = (await app.http.get(f"{BASE}/keywords", params={"page": 2, "page_size": 2, "sort": "name"})).json()
    assert ([one["id"] for one in page["keywords"]], page["total"]) == (["wind turbine"], 3)
    assert (await app.http.get(f"{BASE}/keywords", params={"q": "PUMP"})).json()["total"] == 1
    assert (await app.http.get(f"{BASE}/keywords", params={"minDocumentCount": 2})).json()["total"] == 1
    found = (await app.http.post(f"{BASE}/keywords/search", json={"query": "windmill", "k": 1})).json()["results"]
    assert [one["normalised"] for one in found] == ["wind turbine"]
    none = await app.http.post(f"{BASE}/keywords/search", json={"query": "windmill", "threshold": 1.0})
    assert none.json()["results"] == []
    assert (await app.http.get(f"{BASE}/keywords/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "says"),
    [
        ({"json": {}}, 415, "multipart/form-data"),
        ({"files": {"other": ("a.txt", b"x")}}, 400, "no part named `file`"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"metadata": "[1]"}}, 400, "JSON object"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"scope": "org"}}, 400, "is not a scope"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"scope": "{"}}, 400, "neither JSON"),
        ({"files": {"file": ("a.txt", b"x")}, "data": {"title": "t" * 1025}}, 400, "at most 1024"),
        ({"content": b"nonsense", "headers": {"content-type": "multipart/form-data; boundary=x"}}, 400, "form"),
        ({"content": b"nonsense", "headers": {"content-type": "multipart/form-data"}}, 400, "form"),
        ({"files": {"file": ("a.txt", b"x" * 1024 * 1024 + b"x" * 70_000)}}, 413, "at most 1 MB"),
    ],
)
async def test_uploads_that_are_refused(app: App, sent: dict[str, Any], status: int, says: str) -> None:
    await app.http.patch("/api/v1/contexts/acme", json={"config": {"ingestion": {"max_upload_mb": 1}}})
    answer = await app.http.post(BASE, **sent)
    assert (answer.status_code, says in answer.json()["detail"]) == (status, True), answer.text
    assert (await app.http.get(BASE)).json()["total"] == 0
    assert [found async for found in app.server.documents.library.objects.list()] == []


async def test_a_file_without_a_name_is_a_file(app: App) -> None:
    content = bytes(range(256)) * 8192
    named = (await app.http.post(BASE, files={"file": ("a.bin", content, "text/plain")})).json()
    head = '--part\r\nContent-Disposition: form-data; name="file"\r\n\r\n'
    body = head.encode() + content + b"\r\n--part--\r\n"
    sent = await app.http.post(BASE, content=body, headers={"content-type": "multipart/form-data; boundary=part"})
    assert (sent.status_code, sent.json()["id"], sent.json()["deduplicated"]) == (202, named["id"], True)


async def test_a_status_is_asked_for_in_any_case(app: App) -> None:
    sent = await upload(app.http)
    await finished(app, sent["id"])
    assert (await app.http.get(BASE, params={"status": "Ready"})).json()["total"] == 1
    assert (await app.http.get(BASE, params={"status": "FAILED"})).json()["total"] == 0


async def test_paging_is_checked(app: App) -> None:
    for params in ({"page": 0}, {"page_size": 501}, {"status": "unknown"}):
        assert (await app.http.get(BASE, params=params)).status_code == 400


async def slowly(head: bytes, parts: int, pause: float, tail: bytes) -> AsyncIterator[bytes]:
    yield head
    for number in range(parts):
        await asyncio.sleep(pause)
        yield f"line {number}\n".encode()
    yield tail


@pytest.mark.parametrize(("parts", "pause", "status"), [(6, 0.6, 202), (1, 30.0, 503)])
async def test_an_upload_may_take_long_while_bytes_arrive(
    tmp_path: Path, parts: int, pause: float, status: int
) -> None:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="slow.txt"\r\n\r\n'
    async with running(tmp_path, request_timeout_seconds=3.0) as app:
        await app.context()
        answer = await app.http.post(
            BASE,
            content=slowly(head, parts, pause, b"\r\n--b--\r\n"),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
        assert answer.status_code == status, answer.text
        assert (await app.http.get(BASE)).json()["total"] == (status == 202)
