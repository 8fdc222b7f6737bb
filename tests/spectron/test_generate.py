from pathlib import Path

from spectron.generate import SOURCE, TARGET, generated, synchronous, write


def test_the_synchronous_client_is_current() -> None:
    """After a change in spectron/aio: `python spectron/generate.py`."""
    assert {path.name: path.read_text("utf-8") for path in TARGET.glob("*.py")} == generated()


def test_writing_removes_what_has_no_source_any_more(tmp_path: Path) -> None:
    (tmp_path / "gone.py").touch()

    write(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in SOURCE.glob("*.py")}


def test_every_asynchronous_word_has_its_twin() -> None:
    source = """
async def walk(fetch: Callable[[str], Awaitable[Page[T]]], client: httpx.AsyncClient) -> AsyncIterator[T]:
    async with client as open, open.stream() as answer:
        async for item in answer:
            await asyncio.sleep(await fetch(item))
            yield item
    await client.aclose()
async def __aenter__(self) -> AsyncThing: ...
"""
    assert (
        synchronous(source)
        == """
def walk(fetch: Callable[[str], Page[T]], client: httpx.Client) -> Iterator[T]:
    with client as open, open.stream() as answer:
        for item in answer:
            time.sleep(fetch(item))
            yield item
    client.close()
def __enter__(self) -> Thing: ...
"""
    )


def test_nothing_asynchronous_is_left() -> None:
    for path in TARGET.glob("*.py"):
        code = path.read_text("utf-8").split("\n", 1)[1]
        for word in ("async", "await", "Async", "Awaitable", "aclose"):
            assert word not in code, f"{word} in {path.name}"
