import pytest

from tests.memory.extraction.heuristic.reading import Reader


@pytest.fixture(scope="session")
def reader() -> Reader:
    return Reader()
