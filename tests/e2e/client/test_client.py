"""The official client, unmodified, against a real server: every method of it, with every parameter."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.client import table
from tests.e2e.client.caller import Calls
from tests.e2e.client.chapters import CHAPTERS
from tests.e2e.client.surface import CLIENTS, missing, surface_of
from tests.e2e.client.world import World
from tests.support.deployment import Deployment

OTHER = "surrealdb==3.0.0a4"
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
    assert missing(kind, (await course.calls(kind)).held) == {}


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


def test_the_client_holds_under_its_other_name(shared: Deployment, request: pytest.FixtureRequest) -> None:
    folder = request.config.cache.mkdir(OTHER.replace("==", "-")) if request.config.cache else None
    if folder is None or not installed(OTHER, folder):
        pytest.skip(f"{OTHER} is another version of the driver than the server's, and cannot be fetched now")
    done = subprocess.run(
        [sys.executable, "-m", "tests.e2e.client.other_name", shared.url, shared.key],
        env={**os.environ, "PYTHONPATH": str(folder)},
        cwd=README.parent,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert (done.returncode, done.stdout) == (0, "sync: {}\nasync: {}\n"), done.stderr


def installed(wanted: str, folder: Path) -> bool:
    """Whether the package is in that folder, where it is put if need be, apart from the versions that are in use."""
    if (folder / "surrealdb" / "spectron").is_dir():
        return True
    fetching = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), wanted]
    return subprocess.run(fetching, capture_output=True, check=False, timeout=60).returncode == 0
