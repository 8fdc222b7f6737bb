"""Real processes for the tests of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.deployment import Deployment


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.e2e)


@pytest.fixture
def deployment(tmp_path: Path) -> Iterator[Deployment]:
    """A `spectrond` of the test's own, in a folder with a space in its name."""
    with Deployment(tmp_path / "data dir", tmp_path) as running:
        yield running


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """A `spectrond` that the tests of a module share; each uses Contexts of its own."""
    folder = tmp_path_factory.mktemp("shared")
    with Deployment(folder / "data", folder) as running:
        yield running
