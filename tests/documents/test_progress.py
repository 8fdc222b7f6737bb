"""What lasts is written down, what is over in a moment is not."""

import asyncio

import pytest

from server.core.errors import UnavailableError
from server.documents.progress import MOMENT, Progress
from tests.support.clock import FakeClock


class Notes:
    """Where notes are written, once that is allowed; each takes as long as the test wants."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.clock.short_seconds = 0.0
        self.written: list[str] = []
        self.away = False
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.progress = Progress[str](self._write, self.clock)

    async def _write(self, what: str) -> None:
        await self.go_on.wait()
        if self.away:
            raise UnavailableError("The database is away.")
        self.written.append(what)

    async def later(self) -> None:
        """Let a moment pass, and all that happens in it."""
        await turns()
        self.clock.advance(MOMENT)
        await turns()


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_what_lasts_is_written() -> None:
    notes = Notes()
    notes.progress.note("chunking")
    await turns()
    assert notes.written == []
    await notes.later()
    notes.progress.note("embedding")
    await notes.later()
    assert notes.written == ["chunking", "embedding"]


async def test_of_what_follows_within_a_moment_the_last_is_written() -> None:
    notes = Notes()
    for what in ("chunking", "embedding", "keywording"):
        notes.progress.note(what)
        await turns()
    await notes.later()
    assert notes.written == ["keywording"]


async def test_what_is_noted_while_another_is_written_follows_it() -> None:
    notes = Notes()
    notes.go_on.clear()
    notes.progress.note("chunking")
    await notes.later()
    notes.progress.note("embedding")
    notes.go_on.set()
    await turns()
    assert notes.written == ["chunking"]
    await notes.later()
    assert notes.written == ["chunking", "embedding"]


@pytest.mark.parametrize("begun", [False, True])
async def test_nothing_is_written_after_it_settled(begun: bool) -> None:
    notes = Notes()
    notes.progress.note("chunking")
    if begun:
        await turns()
    await notes.progress.settled()
    await notes.later()
    assert notes.written == []
    notes.progress.note("keywording")
    await notes.later()
    assert notes.written == ["keywording"]


async def test_what_is_being_written_is_waited_for() -> None:
    notes = Notes()
    notes.go_on.clear()
    notes.progress.note("chunking")
    await notes.later()
    settling = asyncio.create_task(notes.progress.settled())
    await turns()
    assert not settling.done()
    notes.go_on.set()
    await settling
    assert notes.written == ["chunking"]


async def test_what_went_wrong_is_raised_where_it_settles_and_not_on_the_way_out() -> None:
    notes = Notes()
    notes.away = True
    notes.progress.note("chunking")
    await notes.later()
    notes.away = False
    notes.progress.note("embedding")
    await notes.later()
    assert notes.written == []
    with pytest.raises(UnavailableError):
        await notes.progress.settled()
    await notes.progress.given_up()
