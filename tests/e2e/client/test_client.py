"""The official client, unmodified, against a real server: every method of it, with every parameter."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.client import table
from tests.e2e.client.caller import Calls
from tests.e2e.client.chapters import CHAPTERS
from tests.e2e.client.surface import CLIENTS, surface_of
from tests.e2e.client.world import World
from tests.support.deployment import Deployment

README = Path(__file__).parents[3] / "README.md"
WRITING = "SPECTRON_WRITE" in os.environ

# The synchronous client leaves the files it opens to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")


class Course:
    """Chapters by kind of client, each gone through once, whichever test asks for it first."""

    def __init__(self, worlds: dict[str, World]) -> None:
        self._worlds = worlds
        self._done: dict[tuple[str, str], Exception | None] = {}

    async def goes_through(self, kind: str, chapter: str) -> None:
        if (kind, chapter) not in self._done:
            try:
                await CHAPTERS[chapter](self._worlds[kind])
                self._done[kind, chapter] = None
            except Exception as error:
                self._done[kind, chapter] = error
                raise
        if failure := self._done[kind, chapter]:
            pytest.fail(f"the chapter {chapter} does not hold for the {kind} client: {failure}")

    async def calls(self, kind: str) -> Calls:
        """What was called in all chapters."""
        for chapter in CHAPTERS:
            await self.goes_through(kind, chapter)
        return self._worlds[kind].calls


@pytest.fixture(scope="module")
def course(shared: Deployment) -> Iterator[Course]:
    with shared.admin as admin:
        worlds = {kind: World(admin, kind, shared.url, Calls()) for kind in CLIENTS}
        for world in worlds.values():
            world.create()
        yield Course(worlds)


@pytest.mark.parametrize("chapter", CHAPTERS)
@pytest.mark.parametrize("kind", CLIENTS)
async def test_the_chapter_holds(course: Course, kind: str, chapter: str) -> None:
    await course.goes_through(kind, chapter)


@pytest.mark.parametrize("kind", CLIENTS)
async def test_every_method_is_called_with_every_parameter(course: Course, kind: str) -> None:
    held = (await course.calls(kind)).held
    missing = {name: sorted(wanted - held.get(name, set())) for name, wanted in surface_of(kind).items()}
    assert {name: left for name, left in missing.items() if left or name not in held} == {}


def test_both_clients_offer_the_same() -> None:
    assert surface_of("sync") == surface_of("async")


async def test_the_table_in_the_readme_is_what_holds(course: Course) -> None:
    rendered = table.rendered({kind: (await course.calls(kind)).held for kind in CLIENTS})
    page = README.read_text()
    if WRITING:
        README.write_text(table.replaced(page, rendered))
    else:
        assert table.replaced(page, rendered) == page, "the table is stale; write it anew with SPECTRON_WRITE=1"


def test_each_note_is_about_a_method_that_there_is() -> None:
    assert set(table.NOTES) <= set(surface_of("sync"))
