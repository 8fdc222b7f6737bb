from pathlib import Path

from spectron.generate import TARGET, generated, synchronous


def test_the_synchronous_client_is_current() -> None:
    """After a change in spectron/aio: `python spectron/generate.py`."""
    expected = generated()

    assert set(TARGET.glob("*.py")) == set(expected)
    for path, text in expected.items():
        assert path.read_text("utf-8") == text, f"{path.name} is not what spectron/aio says"


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
    for path in Path(TARGET).glob("*.py"):
        code = path.read_text("utf-8").split("\n", 1)[1]
        for word in ("async", "await", "Async", "Awaitable", "aclose"):
            assert word not in code, f"{word} in {path.name}"
